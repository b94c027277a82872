// What plates look like at named moments, against pictures that are kept in `looks/`.

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { launch, visit } from '../lib/browser.js';
import { compare, freeze, picture, updating } from '../lib/looks.js';
import { mount } from '../lib/plate.js';
import { pages, serve } from '../lib/site.js';
import { sizes } from '../lib/sizes.js';

const opening = async () => {};

/** Each state, in each of its sizes, is a picture. The steps begin at the lab's opening moment. */
const states = [
  { name: 'two-leaders', page: pages.lesson, lab: 'two-leaders', steps: opening, at: ['1440-light', '390-dark'] },
];

describe('plates look as they did', () => {
  let site, browser;
  before(async () => { [site, browser] = await Promise.all([serve(), launch()]); });
  after(async () => { await browser?.close(); await site?.close(); });

  /** The lab in that state, standing still. */
  async function shown({ page: path, lab, steps }, { options }) {
    const visited = await visit(browser, site.at(path), { ...options, deviceScaleFactor: 1, reducedMotion: 'reduce' });
    await freeze(visited.page);
    const plate = await mount(visited.page, lab);
    await steps(plate);
    return { ...visited, plate };
  }

  const cases = states.flatMap((state) => sizes.filter(({ name }) => state.at.includes(name)).map((size) => ({ state, size, name: `${state.name}-${size.name}` })));

  for (const { state, size, name } of cases) {
    test(name, async (t) => {
      const { page, context, plate } = await shown(state, size);
      const { share } = compare(name, await picture(page, plate.root));
      t.diagnostic(updating ? 'kept' : `${(share * 100).toFixed(3)} % of the pixels differ`);
      await context.close();
    });
  }

  test('a picture without its state is not kept', () => {
    const kept = readdirSync(new URL('../looks', import.meta.url)).filter((file) => file.endsWith('.png'));
    assert.deepEqual(kept.filter((file) => !cases.some(({ name }) => file === `${name}.png`)), []);
  });

  test('a node that is gone, and a picture that is missing, are noticed', { skip: updating && 'pictures are being kept' }, async () => {
    const [{ state, size, name }] = cases;
    const { page, context, plate } = await shown(state, size);
    await page.evaluate(() => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync('[data-node="A"] { visibility: hidden; }');
      document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    });
    const without = await picture(page, plate.root);
    assert.throws(() => compare(name, without), /does not look as before: .*\.actual\.png\ndifference .*\.diff\.png/s);
    assert.throws(() => compare('no-such-state', without), /UPDATE_LOOKS=1/);
    await context.close();
  });
});
