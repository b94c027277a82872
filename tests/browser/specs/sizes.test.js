// One plate in every size: tiny, small, full, on the whole screen, for a projector, on a phone.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { standIn } from '../bench/stand-in.js';
import { findings } from '../lib/axe.js';
import { launch, until, visit } from '../lib/browser.js';
import { having, mount, mountAll } from '../lib/plate.js';
import { pages, serve } from '../lib/site.js';
import { fits as fitsAll, sizes, smallTargets } from '../lib/sizes.js';

describe('a plate', () => {
  let site, browser;
  before(async () => { [site, browser] = await Promise.all([serve(), launch()]); });
  after(async () => { await browser?.close(); await site?.close(); });

  const of = (...names) => sizes.filter(({ name }) => names.includes(name));
  const phones = of('390-light', '390-dark');

  async function open(lab, options = {}) {
    const visited = await visit(browser, site.at(pages.lesson), options);
    return { ...visited, plate: await mount(visited.page, lab) };
  }

  /** The lesson with the tiny lab in it. */
  async function tiny(options = {}) {
    const visited = await visit(browser, 'about:blank', options);
    await standIn(visited.page, 'tiny.toml', 'first-election');
    await visited.page.goto(site.at(pages.lesson));
    return { ...visited, plate: await mount(visited.page, 'bench-tiny') };
  }

  /** What can be pressed and is in sight, by what it does. */
  const controls = (plate, within = '') => plate.root.locator(`${within} button[data-do]`)
    .evaluateAll((all) => all.filter((one) => one.checkVisibility()).map(({ dataset }) => dataset.do));
  const panels = (plate) => plate.root.locator('[data-panel]').evaluateAll((all) => all.filter((one) => one.checkVisibility()).map(({ dataset }) => dataset.panel));
  /** What is too small to be pressed: the links of the stage, and all the rest. */
  const isLink = (line) => /^g “\w+-\w+”/.test(line);
  const tooSmall = async (root, touch) => (await smallTargets(root, touch)).filter((line) => !isLink(line));
  const pressable = async (root, touch) => assert.deepEqual(await tooSmall(root, touch), [], 'too small to press');
  /** Asserts that nothing is too wide. A drawing within a drawing clips itself, but its box is that of all it holds. */
  const fits = (root) => fitsAll(root).catch((error) => {
    if (!Array.isArray(error.actual)) throw error;
    assert.deepEqual(error.actual.filter((line) => !line.startsWith('svg.veil-box')), [], 'too wide');
  });
  const box = (plate, selector) => plate.root.locator(selector).first().evaluate((one) => one.getBoundingClientRect().toJSON());

  for (const size of of('1440-light', '390-dark')) {
    test(`that is tiny is a drawing, Play and one control, and works, at ${size.name}`, async () => {
      const { plate, page, context, record } = await tiny(size.options);
      assert.deepEqual(await panels(plate), []);
      assert.deepEqual(await controls(plate, '.tools'), ['crash', 'restart'], 'one control, and what takes it back');
      assert.deepEqual(await controls(plate, '.transport'), ['play']);
      const { height } = await box(plate, '.stage-svg');
      assert.ok((await plate.root.boundingBox()).height < height + 300, 'little stands around the drawing');
      const [leader] = having(await plate.state(), 'leader');
      if (size.touch) await plate.node(leader).tap(); else await plate.node(leader).click();
      if (await plate.root.locator('.menu').count() > 0) await page.keyboard.press('Escape');
      if (size.touch) await plate.button('crash').tap(); else await plate.press('crash');
      assert.equal((await plate.state()).nodes[leader].role, 'down');
      await plate.press('play');
      await plate.until('another leader', (state) => having(state, 'leader').some((name) => name !== leader));
      await fits(plate.root);
      await pressable(plate.root, size.touch);
      assert.deepEqual([await findings(page), record.errors, record.breaches], [[], [], []]);
      await context.close();
    });
  }

  const named = {
    'first-election': { panels: ['timeline'], shown: ['crash', 'restart'], hidden: ['cut', 'heal', 'pause', 'isolate', 'write', 'luck', 'dials', 'compare'] },
    'two-leaders': { panels: ['inspector', 'timeline', 'diagram', 'logs', 'safety'], shown: ['cut', 'heal', 'crash', 'restart', 'pause', 'isolate', 'write', 'read'], hidden: ['luck', 'dials', 'compare'] },
  };
  for (const [lab, wanted] of Object.entries(named)) {
    for (const how of ['the button', 'A']) {
      test(`${lab} shows every panel and control by ${how}, and by a second press only those of the lesson`, async () => {
        const { plate, page, context } = await open(lab);
        const press = async () => {
          if (how === 'A') { await plate.root.focus(); await page.keyboard.press('a'); } else await plate.press('all');
        };
        const own = { panels: await panels(plate), tools: await controls(plate, '.tools') };
        assert.deepEqual(own.panels, wanted.panels);
        for (const name of wanted.shown) assert.ok(own.tools.includes(name), `${name} is one of the lesson's: ${own.tools}`);
        for (const name of wanted.hidden) assert.ok(!own.tools.includes(name), `${name} is none of the lesson's: ${own.tools}`);
        await press();
        assert.equal(await plate.button('all').getAttribute('aria-pressed'), 'true');
        assert.deepEqual((await panels(plate)).sort(), ['clients', 'diagram', 'inspector', 'logs', 'safety', 'timeline']);
        const all = await controls(plate, '.tools');
        for (const name of [...wanted.shown, ...wanted.hidden]) assert.ok(all.includes(name), `${name} is missing: ${all}`);
        await fits(plate.root);
        await press();
        assert.deepEqual({ panels: await panels(plate), tools: await controls(plate, '.tools') }, own);
        await context.close();
      });
    }
  }

  const isWhole = (page) => page.evaluate(() => document.fullscreenElement?.dataset.plate ?? null);
  for (const size of of('1440-light', '1440-dark', '1024-light')) {
    for (const how of ['the button', 'F']) {
      test(`fills the screen by ${how} at ${size.name}: stage left, inspector right, playback docked`, async () => {
        const { plate, page, context } = await open('two-leaders', size.options);
        const { width, height } = page.viewportSize();
        const press = async () => {
          if (how === 'F') { await plate.root.focus(); await page.keyboard.press('f'); } else await plate.press('full-screen');
        };
        await press();
        await until('the whole screen', () => isWhole(page), (lab) => lab === 'two-leaders');
        const [root, stage, inspector] = [await box(plate, ':scope'), await box(plate, '.stage'), await box(plate, '.inspector')];
        assert.deepEqual([root.left, root.top, root.width, root.height], [0, 0, width, height]);
        assert.ok(stage.left < width / 4 && stage.right <= inspector.left && inspector.right <= width, JSON.stringify([stage, inspector]));
        assert.ok(inspector.top < stage.bottom && Math.abs(inspector.top - stage.top) < 60, 'side by side');
        const drawing = await box(plate, '.stage-svg:not([hidden])');
        assert.ok(drawing.height > height / 3 && drawing.bottom <= height, 'the whole drawing can be seen');
        const docked = async (when) => {
          const dock = await box(plate, '.transport');
          assert.ok(Math.abs(dock.bottom - height) < 1 && dock.top > height * 0.8, `${when}: ${JSON.stringify(dock)}`);
        };
        await docked('at first');
        await fits(plate.root);
        await pressable(plate.root, false);
        await plate.press('all');
        await fits(plate.root);
        await plate.root.evaluate((plateRoot) => { plateRoot.scrollTop = plateRoot.scrollHeight; });
        await docked('scrolled to the end');
        const last = await box(plate, 'figcaption');
        assert.ok(last.bottom <= (await box(plate, '.transport')).top + 1, 'playback hides nothing of the end');
        assert.deepEqual(await findings(page), []);
        await press();
        await until('the page', () => isWhole(page), (lab) => lab === null);
        await context.close();
      });
    }
  }

  test('leaves the whole screen by Escape', async () => {
    // A browser with a window of its own does so by itself; one without leaves it to the plate.
    const { plate, page, context } = await open('two-leaders');
    await plate.press('full-screen');
    await until('the whole screen', () => isWhole(page), (lab) => lab === 'two-leaders');
    await page.keyboard.press('Escape');
    await until('the page', () => isWhole(page), (lab) => lab === null, 3_000);
    await context.close();
  });

  const look = (plate) => plate.root.evaluate((root) => {
    const channels = (colour) => colour.match(/[\d.]+/g).slice(0, 3).map(Number);
    const light = (colour) => channels(colour).map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
      .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
    const ratio = (...colours) => { const [a, b] = colours.map(light).sort((x, y) => y - x); return (a + 0.05) / (b + 0.05); };
    const css = getComputedStyle(root);
    const quiet = getComputedStyle(root.querySelector('figcaption'));
    return { on: document.documentElement.classList.contains('is-projector'), type: parseFloat(css.fontSize), caption: ratio(quiet.color, css.backgroundColor), words: ratio(css.color, css.backgroundColor) };
  });
  for (const size of of('1440-light', '1440-dark', '1024-light', '1024-dark')) {
    for (const how of ['the button', 'J']) {
      test(`is larger and has more contrast for a projector, by ${how} at ${size.name}, and still after a reload`, async () => {
        const { plate, page, context } = await open('two-leaders', size.options);
        const press = async (one) => {
          if (how === 'J') { await one.root.focus(); await page.keyboard.press('j'); } else await one.root.locator('button[data-projector]').click();
        };
        const plain = await look(plate);
        await press(plate);
        const shown = await look(plate);
        assert.ok(!plain.on && shown.on);
        assert.ok(shown.type >= plain.type * 1.1, JSON.stringify([plain, shown]));
        assert.ok(shown.words > plain.words && shown.caption > plain.caption, JSON.stringify([plain, shown]));
        assert.equal(await plate.root.locator('button[data-projector]').getAttribute('aria-pressed'), 'true');
        await page.reload();
        const again = await mount(page, 'two-leaders');
        assert.deepEqual(await look(again), shown, 'as it was left');
        assert.equal(await again.root.locator('button[data-projector]').getAttribute('aria-pressed'), 'true');
        for (const each of await mountAll(page)) {
          await fits(each.root);
          await pressable(each.root, false);
        }
        assert.deepEqual(await findings(page), []);
        await press(again);
        assert.deepEqual(await look(again), plain);
        assert.equal(await page.evaluate(() => localStorage.getItem('cutset.projector')), null, 'nothing is kept of it');
        await context.close();
      });
    }
  }

  for (const size of [...phones, ...of('1440-light', '1024-light')]) {
    test(`fits and can be pressed at ${size.name}, as the lesson shows it and with all that there is`, async () => {
      const small = new Map();
      for (const path of [pages.lesson, pages.home]) {
        const { page, context } = await visit(browser, site.at(path), size.options);
        for (const plate of await mountAll(page)) {
          const look = async (what) => {
            await fits(plate.root);
            for (const line of await tooSmall(plate.root, size.touch)) if (!small.has(line)) small.set(line, what);
          };
          const lab = await plate.root.getAttribute('data-plate');
          await look(lab);
          await plate.root.locator('details.alt > summary').click();
          await look(`${lab} in words`);
          if (await plate.button('all').count() === 0) continue;
          await plate.button('all').click();
          await look(`${lab} with all`);
        }
        await context.close();
      }
      assert.deepEqual([...small].map(([line, where]) => `${where}: ${line}`), [], 'too small to press');
    });
  }

  for (const size of of('1440-light', '390-light')) {
    test(`has links that can be hit at ${size.name}`, async () => {
      for (const lab of ['two-leaders', 'hold-two-leaders']) {
        const { plate, context } = await open(lab, size.options);
        const links = (await smallTargets(plate.root, size.touch)).filter(isLink);
        assert.deepEqual(links, [], lab);
        await context.close();
      }
    });
  }

  for (const size of phones) {
    test(`loses nothing on a phone at ${size.name}: what a desk shows can be reached there too`, async () => {
      for (const lab of ['two-leaders', 'first-election']) {
        const desk = await open(lab);
        const phone = await open(lab, size.options);
        const shown = [];
        for (const { plate } of [desk, phone]) {
          await plate.press('all');
          shown.push({ panels: (await panels(plate)).sort(), controls: new Set(await controls(plate)) });
        }
        assert.deepEqual(shown[1].panels, shown[0].panels);
        // One button goes through the speeds, a drag or a key to both ends of the run.
        const others = ['speed', 'start', 'end'];
        assert.deepEqual([...shown[0].controls].filter((name) => !shown[1].controls.has(name) && !others.includes(name)), []);
        assert.ok(shown[1].controls.has('cycle'));
        await desk.context.close();
        await phone.context.close();
      }
    });
  }
});
