// The site under test: the release build, served by the project's own `cutset serve`.
//
//   CUTSET_DIST  the built site; `dist/` of the project unless set
//   CUTSET   the `cutset` command; the newest of target/{release,debug}/cutset unless set

import { spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const fromRoot = (path) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

/** The folder that holds the built site. */
export const dist = process.env.CUTSET_DIST ?? fromRoot('dist');

/** Pages by name, as paths below the base. */
export const pages = { home: '', lesson: 'agreement/electing-a-leader/' };

/** The lesson's labs, in the order of the page. */
export const labs = ['first-election', 'all-alike', 'two-leaders', 'hold-two-leaders'];

/** The `cutset` command to serve with. */
export function binary() {
  if (process.env.CUTSET) return process.env.CUTSET;
  const target = process.env.CARGO_TARGET_DIR ?? fromRoot('target');
  const built = [`${target}/release/cutset`, `${target}/debug/cutset`].filter(existsSync);
  if (built.length === 0) throw new Error('no `cutset` binary: run `cargo build -p cutset`, or set CUTSET');
  return built.sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)[0];
}

/**
 * Serves the site below `base` on a free port.
 * Resolves once the server has said where it listens, to its address and a way to stop it.
 */
export async function serve(base = '/') {
  if (!existsSync(`${dist}/index.html`)) throw new Error(`no built site in ${dist}: run \`cargo xtask build\`, or set CUTSET_DIST`);
  const child = spawn(binary(), ['serve', dist, '--port', '0', '--base', base], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  const url = await new Promise((resolve, reject) => {
    const listen = (chunk) => {
      said += chunk;
      const address = /http:\/\/\S+?:\d+\/\S*/.exec(said);
      if (address) resolve(new URL(address[0]));
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`cutset serve ended with ${code}: ${said}`)));
  });
  url.pathname = base;
  return {
    /** The address of a page, such as `pages.lesson`. */
    at: (path = '') => new URL(path, url).href,
    origin: url.origin,
    close: () => new Promise((done) => {
      child.removeAllListeners('exit');
      child.once('exit', done);
      child.kill('SIGTERM');
    }),
  };
}
