import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { launch, narrow, phone, until, visit, wide } from '../lib/browser.js';
import { pages, serve } from '../lib/site.js';
import { mount } from '../lib/plate.js';

describe('the space-time diagram', () => {
  let site, browser;
  before(async () => { [site, browser] = await Promise.all([serve(), launch()]); });
  after(async () => { await browser?.close(); await site?.close(); });

  async function open(options = {}) {
    const visited = await visit(browser, site.at(pages.lesson), options);
    const plate = await mount(visited.page, 'two-leaders');
    await plate.showAll();
    const drawing = plate.root.locator('[data-diagram]');
    await drawing.scrollIntoViewIfNeeded();
    return { ...visited, plate, drawing };
  }

  const span = (drawing) => drawing.evaluate(({ dataset }) => ({ from: Number(dataset.fromUs), to: Number(dataset.toUs), arrows: Number(dataset.arrows) }));
  const length = ({ from, to }) => to - from;
  const picked = (drawing) => drawing.locator('[data-picked-event]').getAttribute('data-picked-event');

  /** The page's coordinates of the ends of a message's line. */
  const ends = (drawing, selector) => drawing.locator(selector).first().evaluate((path) => {
    const [, ...numbers] = /M(\S+) (\S+)L(\S+?) (\S+?)(?:M|$)/.exec(path.getAttribute('d'));
    const [x, y, x2, y2] = numbers.map(Number);
    return [[x, y], [x2, y2]].map(([left, top]) => {
      const at = new DOMPoint(left, top).matrixTransform(path.getScreenCTM());
      return [at.x, at.y];
    });
  });

  for (const [width, viewport] of [['1440', wide], ['390', narrow]]) {
    test(`zooms by buttons, keys and the wheel at ${width} px, down to single messages and out to the run`, async () => {
      const { plate, page, drawing, context, record } = await open({ viewport });
      const first = await span(drawing);
      await plate.press('zoom-in');
      const nearer = await span(drawing);
      assert.equal(length(nearer), length(first) / 2);
      await drawing.focus();
      await page.keyboard.press('-');
      assert.equal(length(await span(drawing)), length(first));
      for (let i = 0; i < 12; i += 1) await page.keyboard.press('+');
      assert.equal(length(await span(drawing)), 5_000);
      const box = await drawing.boundingBox();
      await page.mouse.move(box.x + box.width / 2, box.y + Math.min(box.height / 2, 100));
      await page.keyboard.down('Control');
      await page.mouse.wheel(0, 100);
      await page.keyboard.up('Control');
      await until('a wider span', () => span(drawing), (now) => length(now) > 5_000);
      for (let i = 0; i < 16; i += 1) await plate.press('zoom-out');
      assert.ok(length(await span(drawing)) > 1_000_000, 'the whole run');
      assert.deepEqual(record.errors, []);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth), 'nothing scrolls sideways');
      await context.close();
    });
  }

  test('a click on the end of a message selects that event, and its chain of causes is told', async () => {
    const { plate, page, drawing, context } = await open();
    const [[x, y]] = await ends(drawing, '.ml:not(.is-past)');
    await page.mouse.click(x, y);
    const event = await picked(drawing);
    assert.equal(await plate.root.locator('[data-why]').getAttribute('data-why'), event);
    assert.ok(await drawing.locator('.select').count() === 1, 'in brackets');
    await context.close();
  });

  test('arrows go from event to event, and Enter to the moment of the selected one', async () => {
    const { plate, page, drawing, context } = await open();
    await drawing.focus();
    await page.keyboard.press('ArrowLeft');
    const first = await picked(drawing);
    await page.keyboard.press('ArrowLeft');
    const second = await picked(drawing);
    assert.ok(Number(second) < Number(first));
    await page.keyboard.press('ArrowRight');
    assert.equal(await picked(drawing), first);
    const { us } = await plate.state();
    await page.keyboard.press('Enter');
    assert.ok((await plate.state()).us <= us);
    await context.close();
  });

  test('what led to the selected event is heavy', async () => {
    const { drawing, context } = await open();
    assert.ok(await drawing.locator('.ml.is-past').count() > 0);
    await context.close();
  });

  test('dragging its ground moves the span', async () => {
    const { page, drawing, context } = await open();
    const first = await span(drawing);
    const box = await drawing.boundingBox();
    const [x, y] = [box.x + box.width / 2, box.y + box.height * 0.62];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + 120, y, { steps: 6 });
    await page.mouse.up();
    const moved = await span(drawing);
    assert.ok(moved.from < first.from);
    assert.equal(length(moved), length(first));
    await context.close();
  });

  test('on a phone the lanes are columns and time runs down', async () => {
    const { drawing, context } = await open(phone);
    const box = await drawing.boundingBox();
    assert.ok(box.height > box.width);
    await context.close();
  });
});
