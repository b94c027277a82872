// A page that the site's readers do not get: one lab that is made to be measured, with the site's own files and under
// its own policy.

import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { binary, pages, serve } from '../lib/site.js';

const plate = async (file) => {
  const path = fileURLToPath(new URL(file, import.meta.url));
  return (await promisify(execFile)(binary(), ['poster', path], { maxBuffer: 1 << 26 })).stdout;
};

/**
 * Serves the built site, and beside it a page `/bench/NAME/` for each lab file `NAME.toml` here: the lesson's head
 * with that lab as its body.
 */
export async function serveBench(names) {
  const site = await serve();
  const lesson = await (await fetch(site.at(pages.lesson))).text();
  const head = lesson.slice(0, lesson.indexOf('<body')).replaceAll('="../../', '="/');
  const made = {};
  for (const name of names) {
    made[`/bench/${name}/`] = `${head}<body><main class="lesson"><h1>${name}</h1><div class="place is-full">${await plate(`${name}.toml`)}</div></main></body></html>`;
  }
  const policy = (await fetch(site.at(''))).headers.get('content-security-policy');
  const server = createServer(async (request, response) => {
    const html = made[request.url];
    if (html) {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy });
      response.end(html);
      return;
    }
    const answer = await fetch(site.at(request.url));
    const kept = ['content-type', 'content-security-policy', 'cache-control'].map((name) => [name, answer.headers.get(name)]).filter(([, value]) => value);
    response.writeHead(answer.status, Object.fromEntries(kept));
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address();
  return {
    at: (name) => `http://127.0.0.1:${port}/bench/${name}/`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
      await site.close();
    },
  };
}
