import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { launch, visit } from '../lib/browser.js';
import { pages, serve } from '../lib/site.js';
import { mountAll } from '../lib/plate.js';

describe('a session over both pages with every lab mounted and played', () => {
  let site, browser, record, page;
  before(async () => {
    [site, browser] = await Promise.all([serve(), launch()]);
    ({ page, record } = await visit(browser, site.at(pages.home)));
    await playAll();
    await page.locator('main').getByRole('link', { name: /Electing a leader/ }).first().click();
    await page.waitForURL((url) => url.pathname.includes('electing-a-leader'));
    await playAll();
    await page.locator('[data-theme-toggle]').first().click();
    await page.waitForLoadState('networkidle');
  });
  after(async () => { await browser?.close(); await site?.close(); });

  async function playAll() {
    for (const plate of await mountAll(page)) {
      const { us } = await plate.state();
      const label = () => plate.button('play').getAttribute('aria-label');
      if (await label() === 'Play') await plate.press('play');
      await plate.until('time to pass', (state) => state.us !== us);
      if (await label() === 'Pause') await plate.press('play');
    }
  }

  test('asks no other origin for anything', () => {
    assert.ok(record.requests.length > 5, 'the record saw the visit');
    const foreign = record.requests.filter((url) => !url.startsWith(`${site.origin}/`) && !url.startsWith('data:'));
    assert.deepEqual(foreign, []);
  });

  test('finds everything that it asks for', () => assert.deepEqual(record.failed, []));

  test('writes no error and no warning to the console', () => {
    assert.deepEqual(record.console.filter(({ type }) => type === 'error' || type === 'warning'), []);
    assert.deepEqual(record.errors, []);
  });

  test('runs under a policy that allows no inline script and no foreign source, and breaks it nowhere', () => {
    assert.equal(record.policies.length, 2);
    for (const policy of record.policies) {
      assert.match(policy, /default-src 'none'/);
      assert.match(policy, /script-src 'self' 'wasm-unsafe-eval'(;|$)/);
      assert.doesNotMatch(policy, /unsafe-inline|'unsafe-eval'|https?:|\*/);
    }
    assert.deepEqual(record.breaches, []);
  });

  test('keeps nothing but what the reader chose, in this browser only', async () => {
    assert.deepEqual(await page.context().cookies(), []);
    const keys = await page.evaluate(() => Object.keys(localStorage));
    assert.deepEqual(keys.filter((key) => !key.startsWith('cutset.')), []);
  });
});
