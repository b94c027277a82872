import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { launch, narrow, visit, wide } from '../lib/browser.js';
import { pages, serve } from '../lib/site.js';
import { mount } from '../lib/plate.js';

describe('why', () => {
  let site, browser;
  before(async () => { [site, browser] = await Promise.all([serve(), launch()]); });
  after(async () => { await browser?.close(); await site?.close(); });

  for (const [width, viewport] of [['1440', wide], ['390', narrow]]) {
    test(`each cause leads to its moment and is selected there, at ${width} px`, async () => {
      const { page, context, record } = await visit(browser, site.at(pages.lesson), { viewport });
      const plate = await mount(page, 'two-leaders');
      await plate.node('D').click();
      const causes = plate.root.locator('.why [data-do="cause"]:visible');
      assert.ok(await causes.count() > 1, 'D has a reason to be what it is');
      const [at, event] = await causes.nth(1).evaluate(({ dataset }) => [Number(dataset.us), dataset.cause]);
      await causes.nth(1).click();
      assert.equal((await plate.state()).us, at);
      assert.equal(await plate.root.locator('[data-why]').getAttribute('data-why'), event);
      assert.deepEqual(record.errors, []);
      await context.close();
    });
  }

  test('by keys alone: the causes between open, and Enter goes to one', async () => {
    const { page, context } = await visit(browser, site.at(pages.lesson));
    const plate = await mount(page, 'two-leaders');
    await plate.node('D').focus();
    await page.keyboard.press('Space');
    const between = plate.root.locator('.why summary');
    if (await between.count()) {
      await between.focus();
      await page.keyboard.press('Enter');
      assert.ok(await plate.root.locator('.why details [data-do="cause"]').first().isVisible());
    }
    const last = plate.root.locator('.why [data-do="cause"]').last();
    const at = Number(await last.getAttribute('data-us'));
    await last.focus();
    await page.keyboard.press('Enter');
    assert.equal((await plate.state()).us, at);
    await context.close();
  });
});
