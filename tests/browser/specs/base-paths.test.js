import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { launch, visit } from '../lib/browser.js';
import { pages, serve } from '../lib/site.js';
import { mountAll } from '../lib/plate.js';

for (const base of ['/', '/a/', '/a/b/']) {
  describe(`the same build served under ${base}`, () => {
    let site, browser;
    before(async () => { [site, browser] = await Promise.all([serve(base), launch()]); });
    after(async () => { await browser?.close(); await site?.close(); });

    test('loads both pages whole, mounts their labs, and its links lead back and forth', async () => {
      const { page, record, context } = await visit(browser, site.at(pages.home));
      assert.equal((await mountAll(page)).length, 1);
      await page.locator('main').getByRole('link', { name: /Electing a leader/ }).first().click();
      await page.waitForURL(site.at(pages.lesson));
      assert.equal((await mountAll(page)).length, 4);
      await page.locator('header').getByRole('link', { name: /Cutset|Contents/i }).first().click();
      await page.waitForURL((url) => url.pathname === base);
      assert.deepEqual(record.failed, []);
      assert.deepEqual(record.errors, []);
      const outside = record.requests.filter((url) => !new URL(url).pathname.startsWith(base));
      assert.deepEqual(outside, [], 'nothing is asked for outside the base');
      await context.close();
    });

    test('every link and every file that a page names is there', async () => {
      const { page, context } = await visit(browser, site.at(pages.lesson));
      const named = await page.evaluate(() => [...document.querySelectorAll('a[href], link[href], script[src], img[src]')].map((one) => one.href || one.src));
      const own = [...new Set(named.map((url) => url.split('#')[0]))].filter((url) => url.startsWith(`${site.origin}/`));
      assert.ok(own.length > 5);
      for (const url of own) assert.equal((await page.request.get(url)).status(), 200, url);
      await context.close();
    });

    test('an address that does not exist says so, in the site’s own page, and leads home', async () => {
      const { page, response, context } = await visit(browser, site.at('no/such/lesson/'));
      assert.equal(response.status(), 404);
      assert.ok(await page.locator('h1').isVisible());
      const ground = await page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--paper'));
      assert.notEqual(ground.trim(), '', 'the stylesheet has arrived, however deep the address');
      await page.locator('main').getByRole('link').first().click();
      await page.waitForURL((url) => url.pathname === base);
      await context.close();
    });
  });
}
