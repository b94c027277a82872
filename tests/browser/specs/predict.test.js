import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { launch, visit } from '../lib/browser.js';
import { pages, serve } from '../lib/site.js';

describe('a prediction', () => {
  let site, browser;
  before(async () => { [site, browser] = await Promise.all([serve(), launch()]); });
  after(async () => { await browser?.close(); await site?.close(); });

  const form = (page) => page.locator('.predict').first();

  test('hides its answer until it is made, and is still kept after a reload', async () => {
    const { page, context } = await visit(browser, site.at(pages.lesson));
    const because = page.getByText('The three elect a leader in a new term').first();
    assert.equal(await because.isVisible(), false, 'the answer waits');

    await form(page).locator('input[value="b"]').check();
    await form(page).locator('button[value="keep"]').click();
    assert.equal(await form(page).getAttribute('data-state'), 'kept');
    assert.ok(await because.isVisible(), 'the answer is open once a choice is kept');
    assert.match(await page.locator('.recall').first().innerText(), /You predicted b\./);

    await page.reload();
    assert.equal(await form(page).getAttribute('data-state'), 'kept');
    assert.ok(await form(page).locator('input[value="b"]').isChecked());
    assert.match(await page.locator('.recall').first().innerText(), /You predicted b\./);
    await context.close();
  });

  test('asks for a choice when there is none to keep', async () => {
    const { page, context } = await visit(browser, site.at(pages.lesson));
    await form(page).locator('button[value="keep"]').click();
    assert.equal(await form(page).locator('output').innerText(), 'Choose one first.');
    assert.notEqual(await form(page).getAttribute('data-state'), 'kept');
    await context.close();
  });
});
