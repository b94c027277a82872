// Labs come and go, and rest while nobody looks: what they take of the browser, and when they take it.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { launch, until, visit } from '../lib/browser.js';
import { mount, mountAll } from '../lib/plate.js';
import { labs, pages, serve } from '../lib/site.js';

/** So often each lab is mounted; what the first ones leave behind is kept for those to come. */
const MOUNTS = 200;
const WARM_UP = 20;
/** How much more script memory may be in use at the end, in bytes: less than what one lab takes. */
const HEAP_SLACK = 512 * 1024;

describe('labs', () => {
  let site, browser;
  before(async () => { [site, browser] = await Promise.all([serve(), launch()]); });
  after(async () => { await browser?.close(); await site?.close(); });

  /** Counts every animation frame that is asked for, and every callback in a frame, from the start of the page. */
  const countFrames = () => {
    window.asked = 0;
    window.called = new Map();
    const request = window.requestAnimationFrame.bind(window);
    window.requestAnimationFrame = (callback) => {
      window.asked += 1;
      return request((at) => {
        window.called.set(at, (window.called.get(at) ?? 0) + 1);
        callback(at);
      });
    };
    window.plainFrame = request;
  };

  /** The lesson, so tall a window that several plates are in sight if `height` is. */
  async function open(height = 900) {
    const visited = await visit(browser, 'about:blank', { viewport: { width: 1440, height } });
    await visited.page.addInitScript(countFrames);
    await visited.page.goto(site.at(pages.lesson));
    return visited;
  }

  /** Waits for so many frames of the browser's, which are not counted. */
  const frames = (page, n) => page.evaluate(async (count) => {
    for (let i = 0; i < count; i += 1) await new Promise((drawn) => window.plainFrame(drawn));
  }, n);
  const us = (plate) => plate.root.locator('[data-clock]').evaluate((clock) => Number(clock.dataset.us));
  const isPlaying = async (plate) => await plate.button('play').getAttribute('aria-label') === 'Pause';
  /** Waits until the page asks for no more frames. */
  async function rest(page) {
    let last;
    await until('the frames to end', async () => {
      const before_ = last;
      await frames(page, 3);
      last = await page.evaluate(() => window.asked);
      return last === before_;
    }, Boolean);
    return last;
  }

  for (const lab of ['first-election', 'two-leaders', 'hold-two-leaders']) {
    test(`${lab} is mounted, played and unmounted ${MOUNTS} times, and nothing is left`, async (t) => {
      const { page, context, record } = await open();
      const plate = await mount(page, lab);
      const client = await context.newCDPSession(page);
      await client.send('Performance.enable');
      await client.send('HeapProfiler.enable');
      const again = (times) => page.evaluate(async ([id, count]) => {
        const address = (name) => new URL(document.querySelector(`meta[name="${name}"]`).content, document.baseURI).href;
        const app = await import(address('app-js'));
        const wasm = await app.default({ module_or_path: address('app-wasm') });
        const figure = document.querySelector(`figure.plate[data-plate="${id}"]`);
        for (let i = 0; i < count; i += 1) {
          app.mount_lab(figure);
          for (const name of ['step-on', 'all', 'play']) figure.querySelector(`[data-do="${name}"]`).click();
          await new Promise((drawn) => window.plainFrame(drawn));
          figure.querySelector('[data-do="play"]').click();
          app.unmount_lab(figure);
          if (figure.hasAttribute('data-mounted')) throw new Error('it is still mounted');
        }
        return wasm.memory.buffer.byteLength;
      }, [lab, times]);
      const measured = async (times) => {
        const memory = await again(times);
        await rest(page);
        await client.send('HeapProfiler.collectGarbage');
        await client.send('HeapProfiler.collectGarbage');
        const all = Object.fromEntries((await client.send('Performance.getMetrics')).metrics.map(({ name, value }) => [name, value]));
        return { memory, nodes: all.Nodes, listeners: all.JSEventListeners, heap: all.JSHeapUsedSize };
      };
      const first = await measured(WARM_UP);
      const last = await measured(MOUNTS - WARM_UP);
      t.diagnostic(`${JSON.stringify(first)} ${JSON.stringify(last)}`);
      assert.equal(last.memory, first.memory, 'the memory of the module, in bytes');
      assert.ok(last.nodes <= first.nodes + 50, `nodes: ${first.nodes}, then ${last.nodes}`);
      assert.ok(last.listeners <= first.listeners, `listeners: ${first.listeners}, then ${last.listeners}`);
      assert.ok(last.heap <= first.heap + HEAP_SLACK, `script memory: ${first.heap}, then ${last.heap} bytes`);
      assert.deepEqual([record.errors, record.breaches], [[], []]);

      await page.evaluate(async ([id]) => {
        const app = await import(new URL(document.querySelector('meta[name="app-js"]').content, document.baseURI).href);
        app.mount_lab(document.querySelector(`figure.plate[data-plate="${id}"]`));
      }, [lab]);
      const before_ = await us(plate);
      await plate.press('step-on');
      await until('a step of the last one', () => us(plate), (now) => now > before_);
      await context.close();
    });
  }

  test('that are unmounted while they play ask for no more frames and hear no more keys', async () => {
    const { page, context, record } = await open();
    const plate = await mount(page, 'hold-two-leaders');
    const start = await us(plate);
    await plate.press('play');
    await until('the lab to play', () => us(plate), (now) => now > start);
    await page.evaluate(async () => {
      const app = await import(new URL(document.querySelector('meta[name="app-js"]').content, document.baseURI).href);
      app.unmount_lab(document.querySelector('figure.plate[data-plate="hold-two-leaders"]'));
    });
    const stopped = await us(plate);
    const asked = await rest(page);
    await plate.press('step-on');
    await plate.root.press('ArrowRight');
    await frames(page, 5);
    assert.equal(await us(plate), stopped);
    assert.equal(await page.evaluate(() => window.asked), asked);
    assert.deepEqual(record.errors, []);
    await context.close();
  });

  test('of a page share one module, one fetch of each of its halves and one loop', async () => {
    const { page, context, record } = await open(4_500);
    const plates = await mountAll(page);
    assert.equal(plates.length, labs.length);
    await page.locator('figure.plate[data-complete]').last().waitFor();
    assert.deepEqual(record.requests.filter((url) => url.endsWith('.wasm')).map((url) => /\/(app|more)-/.exec(url)[1]).sort(), ['app', 'more']);
    const [one, two] = [await mount(page, 'first-election'), await mount(page, 'all-alike')];
    const starts = [await us(one), await us(two)];
    await one.press('play');
    await two.press('play');
    await until('both to play', async () => [await us(one) > starts[0], await us(two) > starts[1]], (both) => both.every(Boolean));
    await page.evaluate(() => window.called.clear());
    await frames(page, 30);
    const calls = await page.evaluate(() => [...window.called.values()]);
    assert.ok(calls.length >= 20, `it played through ${calls.length} of 30 frames`);
    assert.deepEqual(calls.filter((n) => n !== 1), [], 'one callback in each frame');
    await context.close();
  });

  test('ask for no frame at all while none plays', async () => {
    const { page, context } = await open(4_500);
    const plates = await mountAll(page);
    let asked = await rest(page);
    await frames(page, 30);
    assert.equal(await page.evaluate(() => window.asked), asked, 'after mounting');
    for (const plate of plates) {
      await plate.press('play');
      await plate.press('play');
    }
    asked = await rest(page);
    await frames(page, 30);
    assert.equal(await page.evaluate(() => window.asked), asked, 'after playing');
    await context.close();
  });

  test('that are scrolled out of sight stand still, and go on when they are back', async () => {
    const { page, context } = await open();
    const plate = await mount(page, 'first-election');
    const start = await us(plate);
    await plate.press('play');
    await until('the lab to play', () => us(plate), (now) => now > start);
    await page.evaluate(() => window.scrollTo({ top: 0, behavior: 'instant' }));
    const asked = await rest(page);
    const there = await us(plate);
    await frames(page, 30);
    assert.equal(await us(plate), there, 'its clock stands');
    assert.equal(await page.evaluate(() => window.asked), asked, 'and no frame is asked for');
    assert.equal(await isPlaying(plate), true, 'though it plays on');
    await plate.root.locator('.stage').scrollIntoViewIfNeeded();
    const later = await until('it to go on', () => us(plate), (now) => now > there);
    assert.ok(later - there < 2_000_000, `it has not leapt: ${later - there} µs`);
    await context.close();
  });

  test('in a hidden tab stand still, and go on from there when it is looked at again', async () => {
    const { page, context } = await open();
    const plate = await mount(page, 'first-election');
    const start = await us(plate);
    await plate.press('play');
    await until('the lab to play', () => us(plate), (now) => now > start);
    // The browser without a window hides no tab, so the page is told what it would see; its frames go on meanwhile.
    const show = (state) => page.evaluate((visibility) => {
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => visibility === 'hidden' });
      Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => visibility });
      document.dispatchEvent(new Event('visibilitychange'));
    }, state);
    await show('hidden');
    const asked = await rest(page);
    const there = await us(plate);
    await frames(page, 30);
    assert.equal(await us(plate), there);
    assert.equal(await page.evaluate(() => window.asked), asked);
    assert.equal(await isPlaying(plate), true);
    await show('visible');
    await until('it to go on', () => us(plate), (now) => now > there);
    await context.close();
  });
});
