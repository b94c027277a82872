import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { launch, narrow, until, visit } from '../lib/browser.js';
import { labs, pages, serve } from '../lib/site.js';
import { mount, mountAll } from '../lib/plate.js';

describe('a lab', () => {
  let site, browser;
  before(async () => { [site, browser] = await Promise.all([serve(), launch()]); });
  after(async () => { await browser?.close(); await site?.close(); });

  /** What of the simulator has been fetched: the two halves of its WASM, and the glue. */
  const fetched = async (page, record) => {
    const glue = await page.locator('meta[name="app-js"]').getAttribute('content');
    const address = new URL(glue, page.url()).href;
    return record.requests.filter((url) => url.endsWith('.wasm') || url === address);
  };

  test('fetches nothing of the simulator until it nears the viewport, then mounts', async () => {
    const { page, record, context } = await visit(browser, site.at(pages.lesson), { viewport: narrow });
    const first = page.locator(`figure.plate[data-plate="${labs[0]}"]`);
    assert.ok((await first.boundingBox()).y > narrow.height * 2, 'the first lab lies far below the fold');
    await page.waitForLoadState('networkidle');
    assert.deepEqual(await fetched(page, record), [], 'nothing at the top of the page');
    await page.mouse.wheel(0, 300);
    await until('the scroll', () => page.evaluate(() => window.scrollY), (y) => y > 200);
    await page.waitForLoadState('networkidle');
    assert.deepEqual(await fetched(page, record), [], 'nothing after a little reading');
    await mount(page, labs[0]);
    assert.equal((await fetched(page, record)).length, 3, 'the halves of the WASM and the glue, once each');
    await mountAll(page);
    assert.equal((await fetched(page, record)).length, 3, 'and no second time for the other labs');
    await context.close();
  });

  for (const [name, viewport] of [['1440', { width: 1440, height: 900 }], ['390', narrow]]) {
    test(`takes its poster's place without moving the page, ${name} pixels wide`, async () => {
      const { page, context } = await visit(browser, site.at(pages.lesson), { viewport });
      await page.evaluate(() => document.fonts.ready);
      await page.evaluate(() => {
        window.shifts = [];
        new PerformanceObserver((list) => {
          for (const shift of list.getEntries()) window.shifts.push({ value: shift.value, of: shift.sources.map(({ node }) => node?.nodeName + '.' + (node?.className?.baseVal ?? node?.className)) });
        }).observe({ type: 'layout-shift', buffered: false });
      });
      const heights = () => page.locator('figure.plate[data-plate]').evaluateAll((all) => all.map((one) => Math.round(one.getBoundingClientRect().height)));
      const posters = await heights();
      await mountAll(page);
      await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
      const shifts = await page.evaluate(() => window.shifts);
      const sum = shifts.reduce((all, one) => all + one.value, 0);
      assert.ok(sum < 0.01, `layout shift ${sum}: ${JSON.stringify(shifts)}`);
      assert.deepEqual(await heights(), posters, 'each plate is exactly as high as its poster was');
      await context.close();
    });
  }

  test('opens at the very moment that its poster shows', async () => {
    const { page, context } = await visit(browser, site.at(pages.lesson), { viewport: narrow });
    const look = () => page.locator('figure.plate[data-plate]').evaluateAll((plates) => plates.map((plate) => [
      plate.dataset.plate,
      [...plate.querySelectorAll('[data-node]')].filter((node) => node.checkVisibility()).map(({ dataset }) => `${dataset.node} ${dataset.role} ${dataset.term}`),
    ]));
    const posters = await look();
    await mountAll(page);
    assert.deepEqual(await look(), posters);
    await context.close();
  });

  test('plays only when it is asked to, and stops when asked again', async () => {
    const { page, context } = await visit(browser, site.at(pages.lesson));
    const plate = await mount(page, 'first-election');
    const opened = await plate.state();
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
    assert.deepEqual(await plate.state(), opened, 'paused at first');
    await plate.press('play');
    const later = await plate.until('time to pass', (state) => state.us > opened.us);
    await plate.press('play');
    const stopped = await plate.state();
    assert.ok(stopped.us >= later.us);
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
    assert.equal((await plate.state()).us, stopped.us, 'paused again');
    await context.close();
  });

  test('that cannot be fetched leaves its drawing in place, and says so', async () => {
    const { page, context } = await visit(browser, 'about:blank');
    await page.route('**/*.wasm', (route) => route.abort());
    await page.goto(site.at(pages.lesson));
    const plate = page.locator(`figure.plate[data-plate="${labs[0]}"]`);
    await plate.scrollIntoViewIfNeeded();
    const note = plate.locator('.plate-note[role="alert"]');
    await note.waitFor();
    assert.match(await note.innerText(), /could not be started/);
    assert.equal(await plate.getAttribute('data-mounted'), null);
    assert.ok(await plate.locator('svg [data-node="A"]:visible').isVisible(), 'the poster is still there');
    await context.close();
  });
});
