import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { findings } from '../lib/axe.js';
import { launch, narrow, until, visit, wide } from '../lib/browser.js';
import { pages, serve } from '../lib/site.js';
import { mount } from '../lib/plate.js';

describe('the timeline', () => {
  let site, browser;
  before(async () => { [site, browser] = await Promise.all([serve(), launch()]); });
  after(async () => { await browser?.close(); await site?.close(); });

  /** A plate with every panel and control, at the moment at which it opens. */
  async function open(options = {}) {
    const visited = await visit(browser, site.at(pages.lesson), options);
    const plate = await mount(visited.page, 'two-leaders');
    await plate.showAll();
    await plate.root.locator('[data-grip="from"]').waitFor();
    return { ...visited, plate };
  }

  const us = async (plate) => (await plate.state()).us;
  const span = (plate) => plate.root.locator('[data-diagram]').evaluate(({ dataset }) => ({ from: Number(dataset.fromUs), to: Number(dataset.toUs) }));
  const length = ({ from, to }) => to - from;

  test('a click on a lane goes to that moment, a click on a mark to its very moment', async () => {
    const { plate, context } = await open();
    const stack = plate.root.locator('[data-timeline]');
    const { width } = await stack.boundingBox();
    await stack.click({ position: { x: width * 0.2, y: 60 } });
    const early = await us(plate);
    await stack.click({ position: { x: width * 0.3, y: 60 } });
    assert.ok(await us(plate) > early && early > 0);
    await plate.press('start');
    const named = await plate.root.locator('[data-mark]:has(text)').evaluateAll((all) => all.map((mark) => mark.dataset.atUs));
    assert.ok(named.length > 0);
    for (const at of named) {
      // The flag hides the labels near to it.
      await plate.press('start');
      await plate.root.locator(`[data-mark][data-at-us="${at}"] text`).first().click();
      assert.equal(await us(plate), Number(at));
    }
    await context.close();
  });

  test('buttons and keys jump to faults, elections and commits, and say what is there', async () => {
    const { plate, page, context } = await open();
    const faults = await plate.root.locator('[data-mark]:has(.fault-stem)').evaluateAll((all) => [...new Set(all.map((mark) => Number(mark.dataset.atUs)))]);
    assert.ok(faults.length > 0, 'the lesson breaks something');
    await plate.press('start');
    for (const at of faults) {
      await plate.press('next-fault');
      assert.equal(await us(plate), at);
    }
    await plate.playhead().focus();
    for (const at of faults.slice(0, -1).reverse()) {
      await page.keyboard.press('Shift+V');
      assert.equal(await us(plate), at);
    }
    await plate.press('start');
    await plate.playhead().focus();
    await page.keyboard.press('e');
    assert.match(await plate.root.locator('[role="log"]').innerText(), /asks to lead in term 1/);
    const election = await us(plate);
    await page.keyboard.press('c');
    assert.match(await plate.root.locator('[role="log"]').innerText(), /commits/);
    assert.ok(await us(plate) > election);
    await page.keyboard.press('Shift+C');
    assert.match(await plate.root.locator('[data-part="now"]').innerText(), /no commit before this moment/);
    await context.close();
  });

  for (const [width, viewport] of [['1440', wide], ['390', narrow]]) {
    test(`the enlarged span is moved and widened by its grips at ${width} px, by hand and by keys`, async () => {
      const { plate, page, context, record } = await open({ viewport });
      const grip = plate.root.locator('[data-grip="from"]');
      await grip.scrollIntoViewIfNeeded();
      const first = await span(plate);
      const box = await grip.boundingBox();
      const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
      await page.mouse.move(x, y);
      await page.mouse.down();
      await page.mouse.move(x - 30, y, { steps: 5 });
      await page.mouse.up();
      const wider = await span(plate);
      assert.ok(wider.from < first.from && wider.to === first.to, JSON.stringify([first, wider]));
      assert.equal(await plate.button('follow').getAttribute('aria-pressed'), 'false');
      await grip.focus();
      await page.keyboard.press('ArrowRight');
      const moved = await span(plate);
      assert.ok(moved.from > wider.from && moved.to === wider.to);
      assert.equal(Number(await grip.getAttribute('aria-valuenow')), Math.floor(moved.from / 1000));
      const lens = await plate.root.locator('[data-lens]').boundingBox();
      await page.mouse.move(lens.x + lens.width / 4, lens.y + 20);
      await page.mouse.down();
      await page.mouse.move(lens.x + lens.width / 4 - 40, lens.y + 20, { steps: 5 });
      await page.mouse.up();
      const shifted = await span(plate);
      assert.ok(shifted.from < moved.from);
      assert.equal(length(shifted), length(moved), 'as long as before');
      await plate.press('follow');
      assert.deepEqual(await span(plate), first);
      assert.deepEqual(record.errors, []);
      await context.close();
    });
  }

  test('acting in the past begins a run, which can be looked at, named and deleted', async () => {
    const { plate, page, context } = await open();
    await plate.press('what-if');
    const before = await us(plate);
    assert.match(await plate.root.locator('[data-part="now"]').innerText(), /begins another run/);
    await plate.node('C').click();
    await plate.press(await plate.button('crash').isEnabled() ? 'crash' : 'restart');
    const rows = plate.root.locator('.runs li');
    await until('a second run', () => rows.count(), (count) => count === 2);
    assert.equal(await us(plate), before);
    const runB = rows.nth(1);
    assert.equal(await runB.locator('[data-do="look"]').getAttribute('aria-pressed'), 'true');
    await runB.locator('input').fill('crash C');
    await runB.locator('input').press('Tab');
    await until('the name in the tree', () => plate.root.locator('.runs-tree').textContent(), (text) => text.includes('run b: crash C'));
    await rows.nth(0).locator('[data-do="look"]').click();
    assert.equal(await rows.nth(0).locator('[data-do="look"]').getAttribute('aria-pressed'), 'true');
    await plate.playhead().focus();
    await page.keyboard.press('Shift+B');
    assert.equal(await runB.locator('[data-do="look"]').getAttribute('aria-pressed'), 'true');
    await page.keyboard.press('Shift+B');
    await runB.locator('[data-do="delete-run"]').click();
    await until('one run', () => rows.count(), (count) => count === 0);
    await context.close();
  });

  for (const colorScheme of ['light', 'dark']) {
    test(`axe finds nothing with every panel shown, ${colorScheme}`, async () => {
      const { page, context, record } = await open({ colorScheme });
      assert.deepEqual(await findings(page), []);
      assert.deepEqual(record.breaches, []);
      await context.close();
    });
  }
});
