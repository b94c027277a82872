// A lab that meets a fault of its own stops, says so and can be reset; the other labs go on.
//
// The fault is a real one: a WASM trap (`unreachable`), from a module of a few bytes that the page's drawing runs into
// while it writes to one plate. It ends the app's call as a trap of the app's own would.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { launch, until, visit } from '../lib/browser.js';
import { mount } from '../lib/plate.js';
import { pages, serve } from '../lib/site.js';

describe('a lab that meets a fault of its own', () => {
  let site, browser, page, context, record, plate, other;
  const [faulty, sound] = ['first-election', 'all-alike'];
  const note = () => plate.root.locator('.plate-note[role=alert]');

  before(async () => {
    [site, browser] = await Promise.all([serve(), launch()]);
    // Tall enough for both plates: what is out of sight sleeps.
    ({ page, context, record } = await visit(browser, site.at(pages.lesson), { viewport: { width: 1440, height: 4_000 } }));
    other = await mount(page, sound);
    plate = await mount(page, faulty);
  });
  after(async () => { await context?.close(); await browser?.close(); await site?.close(); });

  /** From now on, or no longer, whatever writes a text into the plate runs into a trap. */
  const arm = (on) => page.evaluate(([id, armed]) => {
    window.armed = armed;
    if (window.trapped !== undefined) return;
    window.trapped = 0;
    // (module (func (export "trap") unreachable))
    const bytes = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 8, 1, 4, 116, 114, 97, 112, 0, 0, 10, 5, 1, 3, 0, 0, 11];
    const { trap } = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(bytes))).exports;
    const text = Object.getOwnPropertyDescriptor(Node.prototype, 'nodeValue');
    Object.defineProperty(Node.prototype, 'nodeValue', {
      ...text,
      set(value) {
        if (window.armed && this.parentElement?.closest(`figure.plate[data-plate="${id}"]`)) {
          window.trapped += 1;
          trap();
        }
        text.set.call(this, value);
      },
    });
  }, [faulty, on]);

  test('says that it has stopped, with a way back and a link to report', async () => {
    for (const lab of [other, plate]) await lab.press('play');
    const { us } = await plate.state();
    await plate.until('the lab to play', (state) => state.us > us);
    await arm(true);
    await note().waitFor();
    assert.equal(await note().count(), 1);
    assert.equal(await page.locator('.plate-note').count(), 1, 'no other lab says so');
    assert.ok(await page.evaluate(() => window.trapped) > 0);
    assert.ok(record.errors.some((error) => /unreachable/.test(error)), record.errors.join('\n'));
    await note().locator('[data-do=revive]').waitFor();
    const field = note().locator('.share-url');
    await field.focus();
    await page.keyboard.press('ControlOrMeta+A');
    const picked = await field.evaluate((input) => input.value.slice(input.selectionStart, input.selectionEnd));
    assert.equal(picked, await field.inputValue(), 'the whole link can be selected');
  });

  test('leaves the other labs running', async () => {
    await other.root.scrollIntoViewIfNeeded(); // out of sight it sleeps
    const { us } = await other.state();
    await other.until('the other lab to play on', (state) => state.us > us);
    await other.press('play');
    const stopped = (await other.state()).us;
    await other.press('step-on');
    await other.until('a step', (state) => state.us > stopped);
  });

  test('stops for good: it is not called again', async () => {
    const met = await page.evaluate(() => window.trapped);
    const { us } = await plate.state();
    const there = await other.state();
    await other.press('step-on');
    await other.until('another step', (state) => state.us > there.us);
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
    assert.equal((await plate.state()).us, us);
    assert.equal(await page.evaluate(() => window.trapped), met);
  });

  test('holds a link to the run that met it', async () => {
    const link = await note().locator('.share-url').inputValue();
    assert.ok(link.startsWith(site.at(pages.lesson)), link);
  });

  test('comes back when it is reset', async () => {
    await arm(false);
    await note().locator('[data-do=revive]').click();
    await plate.root.and(page.locator('[data-mounted]')).waitFor();
    assert.equal(await note().count(), 0);
    const { us } = await plate.state();
    await plate.press('step-on');
    await until('a step', () => plate.state(), (state) => state.us > us);
  });
});
