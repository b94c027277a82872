// axe-core, run inside the page. Its source goes in over the debugging protocol, so the page's policy stays in force.

import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What axe finds wrong with the page as it stands: one line for each rule, with the first elements that break it. */
export async function findings(page) {
  await page.evaluate(source);
  const { violations } = await page.evaluate((values) => window.axe.run(document, {
    runOnly: { type: 'tag', values },
    resultTypes: ['violations'],
  }), tags);
  return violations.map(({ id, help, nodes }) => {
    const why = [nodes[0].any, nodes[0].all, nodes[0].none].flat()[0]?.message ?? '';
    const where = nodes.slice(0, 3).map(({ target }) => target.join(' ')).join(' | ');
    return `${id}, ${nodes.length} times: ${help}. ${why} ${where}`;
  });
}
