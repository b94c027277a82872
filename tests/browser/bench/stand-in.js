// A page of the site with a lab that its readers do not get: that lab stands in the place of one of the page's own,
// with all that belongs to a page around it.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { binary } from '../lib/site.js';

/**
 * From now on this browser finds the lab of `file` (in this folder) in every page that has the plate `lab`, in its
 * place. The figure alone is changed: a challenge's section around it stays as it is written, and becomes live.
 */
export async function standIn(page, file, lab) {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const { stdout } = await promisify(execFile)(binary(), ['poster', path], { maxBuffer: 1 << 26 });
  const figure = /<figure.*<\/figure>/s.exec(stdout)[0];
  const own = new RegExp(`<figure[^>]*data-plate="${lab}".*?</figure>`, 's');
  await page.route('**/*', async (route) => {
    if (route.request().resourceType() !== 'document') return route.fallback();
    const response = await route.fetch();
    const html = await response.text();
    if (!own.test(html)) throw new Error(`${route.request().url()} has no plate ${lab}`);
    return route.fulfill({ response, body: html.replace(own, () => figure) });
  });
}
