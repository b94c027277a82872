// What a reader has done is kept in this browser only: counted, taken away as a file, brought back, erased.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { findings } from '../lib/axe.js';
import { launch, narrow, until, visit, wide } from '../lib/browser.js';
import { mount } from '../lib/plate.js';
import { pages, serve } from '../lib/site.js';
import { themes } from '../lib/sizes.js';

const some = {
  version: 1,
  read: { 'electing-a-leader': true },
  predicted: { 'electing-a-leader/who-leads': 'c' },
  passed: { 'electing-a-leader/hold-two-leaders': true },
};

describe('progress', () => {
  let site, browser;
  before(async () => { [site, browser] = await Promise.all([serve(), launch()]); });
  after(async () => { await browser?.close(); await site?.close(); });

  const part = (page, name) => page.locator(`[data-progress-${name}]`);
  const act = (page, name) => page.locator(`[data-progress-do="${name}"]`);
  const count = (page) => part(page, 'count').innerText();
  const kept = (page) => page.evaluate(() => JSON.parse(localStorage.getItem('cutset.progress')));

  /** The home page for a reader who has done this much. */
  async function home(progress, options = {}) {
    const visited = await visit(browser, site.at(pages.home), options);
    if (progress !== undefined) {
      await visited.page.evaluate((text) => localStorage.setItem('cutset.progress', text), JSON.stringify(progress));
      await visited.page.reload();
    }
    return visited;
  }

  /** Loads a file of this content, by the button that a reader presses, and waits for what is said of it. */
  async function load(page, text, name = 'cutset-progress.json') {
    const asked = page.waitForEvent('filechooser');
    await act(page, 'load').click();
    const chooser = await asked;
    await chooser.setFiles({ name, mimeType: 'application/json', buffer: Buffer.from(text) });
    return until('an answer', () => part(page, 'said').innerText(), (said) => said !== '');
  }

  test('counts what was read, predicted and passed, as the reader goes on', async () => {
    const { page, context } = await home();
    assert.equal(await count(page), 'Nothing is kept yet.');
    for (const name of ['save', 'erase']) assert.equal(await act(page, name).isDisabled(), true, `${name}: there is nothing`);
    await page.goto(site.at(pages.lesson));
    await page.locator('.predict input[value="b"]').check();
    await page.locator('.predict button[value="keep"]').click();
    await page.locator('.turn').scrollIntoViewIfNeeded();
    await until('the end to be noticed', () => kept(page), (all) => all?.read['electing-a-leader'] === true);
    await page.goto(site.at(pages.home));
    assert.equal(await count(page), '1 lesson read, 1 prediction made, 0 challenges passed.');
    const lesson = page.locator('a[data-lesson="electing-a-leader"]').first();
    assert.match(await lesson.getAttribute('class'), /is-done/);
    assert.equal(await page.locator('a[data-lesson] [data-done]:visible').count(), 1, 'and no other lesson is done');
    await context.close();
  });

  for (const [how, viewport] of [['mouse', wide], ['keyboard', wide], ['touch', narrow]]) {
    test(`is saved as a file, which brings it back in a browser that knows nothing, by ${how}`, async () => {
      const touch = how === 'touch';
      const press = { mouse: (one) => one.click(), keyboard: (one) => one.press('Enter'), touch: (one) => one.tap() }[how];
      const first = await home(some, { viewport, hasTouch: touch, isMobile: touch });
      assert.equal(await count(first.page), '1 lesson read, 1 prediction made, 1 challenge passed.');
      const saving = first.page.waitForEvent('download');
      await press(act(first.page, 'save'));
      const file = await saving;
      assert.equal(file.suggestedFilename(), 'cutset-progress.json');
      const text = await readFile(await file.path(), 'utf8');
      assert.deepEqual(JSON.parse(text), some);
      assert.match(await part(first.page, 'said').innerText(), /Saved as cutset-progress\.json/);
      await first.context.close();

      const other = await home(undefined, { viewport, hasTouch: touch, isMobile: touch });
      const asked = other.page.waitForEvent('filechooser');
      await press(act(other.page, 'load'));
      await (await asked).setFiles({ name: 'any-name.json', mimeType: 'application/json', buffer: Buffer.from(text) });
      await until('the count', () => count(other.page), (words) => words === '1 lesson read, 1 prediction made, 1 challenge passed.');
      assert.match(await part(other.page, 'said').innerText(), /^Loaded\./);
      assert.deepEqual(await kept(other.page), some);
      await other.page.goto(site.at(pages.lesson));
      await mount(other.page, 'hold-two-leaders');
      assert.equal(await other.page.locator('[data-was-passed]').isVisible(), true);
      assert.ok(await other.page.locator('.predict input[value="c"]').isChecked());
      assert.deepEqual([other.record.errors, other.record.breaches], [[], []]);
      await other.context.close();
    });
  }

  test('that is loaded is added to what is there, and takes nothing away', async () => {
    const { page, context } = await home({ ...some, read: { 'another-lesson': true }, passed: {} });
    assert.match(await load(page, JSON.stringify(some)), /What was here already is kept too/);
    assert.deepEqual(await kept(page), { ...some, read: { 'another-lesson': true, 'electing-a-leader': true } });
    await context.close();
  });

  const refused = {
    'is no JSON': '{"version":1,"read":{"electing-a-leader":tr',
    'is empty': '',
    'is of a version to come': JSON.stringify({ ...some, version: 2 }),
    'is a list': '[1, 2, 3]',
    'is nothing': 'null',
    'is too large': JSON.stringify({ ...some, more: 'x'.repeat(200_001) }),
    'is a picture': '\u0089PNG\r\n\u001a\n\u0000\u0000',
  };
  for (const [what, text] of Object.entries(refused)) {
    test(`is left as it is by a file that ${what}, with words`, async () => {
      const { page, context, record } = await home(some);
      assert.equal(await load(page, text), 'This file holds no progress that this version can read. Nothing was changed.');
      assert.deepEqual(await kept(page), some);
      assert.equal(await count(page), '1 lesson read, 1 prediction made, 1 challenge passed.');
      assert.match(await load(page, JSON.stringify(some)), /^Loaded\./, 'the next file is read');
      assert.deepEqual(record.errors, []);
      await context.close();
    });
  }

  test('takes from a hostile file only what is progress', async () => {
    const { page, context, record } = await home();
    const text = `{"version":1,"read":{"__proto__":true,"constructor":true,"<img src=x onerror=alert(1)>":true,"a/b/c":true,"${'x'.repeat(65)}":true,"good":true,"odd":"yes"},
      "predicted":{"q":"<b>","r":"abc","s":"b"},"passed":[true],"theme":"dark","__proto__":{"polluted":true}}`;
    await load(page, text);
    const all = await kept(page);
    assert.deepEqual(all, { version: 1, read: { constructor: true, good: true }, predicted: { s: 'b' }, passed: {} });
    assert.equal(await page.evaluate(() => ({}).polluted), undefined);
    assert.equal(await page.locator('[data-progress] img').count(), 0);
    assert.deepEqual(await page.evaluate(() => Object.keys(localStorage)), ['cutset.progress'], 'nothing else is written');
    assert.deepEqual([record.errors, record.breaches], [[], []]);
    await context.close();
  });

  test('says that nothing was changed when a file holds nothing that is progress', async () => {
    const { page, context } = await home(some);
    const said = await load(page, '{"version":1,"read":{"UPPER CASE":true},"predicted":7}');
    assert.match(said, /Nothing was changed/);
    assert.deepEqual(await kept(page), some);
    await context.close();
  });

  for (const how of ['mouse', 'keyboard']) {
    test(`is erased only by who has said so twice, by ${how}`, async () => {
      const { page, context } = await home(some);
      const press = async (name) => {
        if (how === 'mouse') return act(page, name).click();
        assert.equal(await act(page, name).evaluate((one) => one === document.activeElement), true, `the focus is on ${name}`);
        return page.keyboard.press('Enter');
      };
      await act(page, 'erase').focus();
      await press('erase');
      assert.match(await part(page, 'sure').innerText(), /Erase all of it\? This can’t be undone\./);
      assert.deepEqual(await kept(page), some, 'not yet');
      await press('keep');
      assert.equal(await part(page, 'sure').isVisible(), false);
      assert.deepEqual(await kept(page), some, 'nor now');
      await act(page, 'erase').focus();
      await press('erase');
      if (how === 'keyboard') await page.keyboard.press('Tab');
      await press('gone');
      assert.equal(await kept(page), null);
      assert.equal(await count(page), 'Nothing is kept yet.');
      assert.equal(await part(page, 'said').innerText(), 'Erased.');
      assert.equal(await page.locator('a.is-done').count(), 0, 'the list of lessons forgets too');
      await context.close();
    });
  }

  for (const colorScheme of themes) {
    test(`and its question pass axe, ${colorScheme}`, async () => {
      const { page, context } = await home(some, { colorScheme });
      await act(page, 'erase').click();
      assert.deepEqual(await findings(page), []);
      await context.close();
    });
  }

  test('costs nothing where the browser keeps nothing: pages, labs and predictions work', async () => {
    const { page, context, record } = await visit(browser, 'about:blank');
    await page.addInitScript(() => {
      Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('storage is off', 'SecurityError'); } });
    });
    await page.goto(site.at(pages.home));
    assert.equal(await count(page), 'Nothing is kept yet.');
    await page.goto(site.at(pages.lesson));
    await page.locator('.predict input[value="b"]').check();
    await page.locator('.predict button[value="keep"]').click();
    assert.equal(await page.locator('.predict').first().getAttribute('data-state'), 'kept');
    const plate = await mount(page, 'two-leaders');
    const { us } = await plate.state();
    await plate.press('step-on');
    await plate.until('a step', (state) => state.us > us);
    await plate.root.locator('button[data-projector]').click();
    assert.equal(await page.evaluate(() => document.documentElement.classList.contains('is-projector')), true);
    assert.deepEqual([record.errors, record.console.filter(({ type }) => type === 'error')], [[], []]);
    await context.close();
  });

  test('says so when what is loaded can not be kept', async () => {
    const { page, context } = await home();
    await page.evaluate(() => { Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }; });
    const said = await load(page, JSON.stringify(some));
    assert.doesNotMatch(said, /^Loaded/);
    assert.equal(await count(page), 'Nothing is kept yet.');
    await context.close();
  });
});
