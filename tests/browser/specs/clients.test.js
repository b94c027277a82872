import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { findings } from '../lib/axe.js';
import { launch, phone, until, visit, wide } from '../lib/browser.js';
import { pages, serve } from '../lib/site.js';
import { mount } from '../lib/plate.js';

const places = [['1440 px, light, by hand', { viewport: wide, colorScheme: 'light' }, false], ['390 px, dark, by touch', { ...phone, colorScheme: 'dark' }, false], ['1440 px, dark, by keys', { viewport: wide, colorScheme: 'dark' }, true]];

describe('the clients', () => {
  let site, browser;
  before(async () => { [site, browser] = await Promise.all([serve(), launch()]); });
  after(async () => { await browser?.close(); await site?.close(); });

  /** The lab of two leaders with every panel. `press` presses a control as this reader does. */
  async function open(options, keys) {
    const visited = await visit(browser, site.at(pages.lesson), options);
    const plate = await mount(visited.page, 'two-leaders');
    const press = (control) => (keys ? control.press('Enter') : options.hasTouch ? control.tap() : control.click());
    await press(plate.button('all'));
    const panel = plate.root.locator('[data-part="clients"]');
    await panel.waitFor();
    return { ...visited, plate, press, panel };
  }

  /** The latest operations in words, newest first: when, whose, what, and what became of it. */
  const told = (panel) => panel.locator('.clients-told > div:first-child .ops li').evaluateAll((all) => all.map((li) => {
    const op = li.querySelector('code').textContent;
    const [client, outcome] = li.querySelector('span').textContent.split(` ${op}: `);
    return { at: Number(li.querySelector('time').textContent), client, op, outcome };
  }));
  const served = (panel) => panel.locator('[data-gaps]').innerText();

  /** Selects a client, and opens its menu. */
  async function openClient(plate, name, press) {
    await press(plate.root.locator('.tools [data-do="menu"]'));
    const menu = plate.root.locator('.menu');
    await press(menu.locator('[data-do="menu-network"]'));
    const choice = menu.locator('[name="client"]');
    await choice.selectOption({ label: name });
    await press(menu.locator('form:has([name="client"])').getByRole('button', { name: 'Open' }));
    await menu.locator('[data-fill="title"]', { hasText: name }).waitFor();
    return menu;
  }

  for (const [where, options, keys] of places) {
    test(`a dial sets how often each client acts: ${where}`, async () => {
      const { page, plate, press, panel, context, record } = await open(options, keys);
      const rate = async (client, name) => {
        await press(plate.root.locator('.tools [data-do="dials"]'));
        const button = plate.root.locator(`[data-key="clients.${client}.write_every"]`).getByRole('button', { name, exact: true });
        await press(button);
        assert.equal(await button.getAttribute('aria-pressed'), 'true');
        await page.keyboard.press('Escape');
      };
      await rate('c2', 'none');
      await rate('c1', '5');
      await plate.goTo(690);
      assert.deepEqual((await told(panel)).map(({ at, client }) => [at, client]), [[600, 'c1'], [400, 'c1'], [200, 'c1']]);
      await rate('c1', '1');
      assert.equal((await plate.state()).us, 690_000);
      assert.match(await panel.innerText(), /No client has asked for anything up to now/);
      await plate.goTo(1_010);
      assert.deepEqual((await told(panel)).map(({ at, client }) => [at, client]), [[1_000, 'c1']]);
      assert.deepEqual(record.errors, []);
      await context.close();
    });

    test(`a write and a read go through the chosen client and show in its lane: ${where}`, async () => {
      const { page, plate, press, panel, context } = await open(options, keys);
      await plate.goTo(1_450);
      if (keys) {
        await openClient(plate, 'c2', press);
        await page.keyboard.press('Escape');
      } else {
        await press(plate.root.locator('[data-client="c2"]'));
      }
      assert.match(await plate.root.locator('[data-part="client-name"]').textContent(), /c2/);
      if (keys) {
        await plate.playhead().focus();
        await page.keyboard.press('w');
      } else {
        await press(plate.root.locator('.tools [data-do="write"]'));
      }
      const [write] = await told(panel);
      assert.deepEqual([write.at, write.client, write.outcome], [1_450, 'c2', 'waits, for 0 ms so far']);
      const value = /^x = (\d+)$/.exec(write.op)[1];
      await plate.goTo(1_560);
      assert.match((await told(panel))[0].outcome, /^done after \d+ ms$/);
      if (keys) {
        await plate.playhead().focus();
        await page.keyboard.press('q');
      } else {
        await press(plate.root.locator('.tools [data-do="read"]'));
      }
      await plate.goTo(1_900);
      const read = (await told(panel)).find(({ op }) => op === 'read x');
      assert.equal(read?.client, 'c2');
      assert.match(read.outcome, new RegExp(`^answered ${value} after \\d+ ms$`), 'what was written is read');
      await context.close();
    });

    test(`what was done, refused and never answered differ in shape and in words: ${where}`, async () => {
      const { plate, press, panel, context } = await open(options, keys);
      await press(plate.root.locator('.tools [data-do="dials"]'));
      const patience = plate.root.locator('[data-key="clients.c1.timeout"] input');
      await patience.fill('1000');
      await patience.press('Enter');
      await plate.page.keyboard.press('Escape');
      await plate.goTo(5_450);
      const menu = await openClient(plate, 'c1', press);
      const form = menu.locator('form', { has: plate.page.locator('[name="expected"]') });
      await form.locator('[name="key"]').fill('x');
      await form.locator('[name="expected"]').fill('no such value');
      await form.locator('[name="value"]').fill('7');
      await press(form.locator('[data-act="cas"], [type="submit"]').first());
      await menu.waitFor({ state: 'detached' });
      await plate.goTo(5_598);
      const words = await told(panel);
      assert.match(words[0].outcome, /^refused after \d+ ms$/, JSON.stringify(words[0]));
      assert.match(words[1].outcome, /^done after \d+ ms$/);
      const lost = async () => (await told(panel)).find(({ at, client }) => at === 2_000 && client === 'c1').outcome;
      await plate.goTo(2_900);
      assert.equal(await lost(), 'waits, for 900 ms so far');
      await plate.goTo(3_050);
      assert.equal(await lost(), 'gave up after 1000 ms: nobody told it whether it was done');

      const drawn = await panel.locator('.clients-svg').evaluate((svg) => {
        const kinds = {};
        for (const op of svg.querySelectorAll('.op')) {
          const box = op.querySelector('.op-box');
          kinds[op.classList[1]] = {
            closed: /z$/i.test(box.getAttribute('d')),
            solid: getComputedStyle(box).fill === getComputedStyle(box).stroke,
            struck: op.querySelector('.op-strike') !== null,
            asks: op.querySelector('.op-open')?.textContent ?? '',
          };
        }
        const brief = [...svg.querySelectorAll('.op-ok, .op-failed, .op-unknown')].map((path) => path.classList[0]);
        return { kinds, brief };
      });
      assert.deepEqual(drawn.kinds['is-unknown'], { closed: false, solid: false, struck: false, asks: '?' });
      // On a phone what took little time is a stroke: struck through if it was refused.
      if (drawn.kinds['is-ok']) assert.deepEqual(drawn.kinds['is-ok'], { closed: true, solid: true, struck: false, asks: '' });
      else assert.ok(drawn.brief.includes('op-ok'));
      if (drawn.kinds['is-failed']) assert.deepEqual(drawn.kinds['is-failed'], { closed: true, solid: false, struck: true, asks: '' });
      else assert.ok(drawn.brief.includes('op-failed'), JSON.stringify(drawn));

      await press(panel.locator('.ops li', { hasText: 'gave up' }).getByRole('button', { name: 'Why?' }));
      assert.match(await plate.root.locator('[data-part="inspector"] h3').textContent(), /c1 .*(gives|gave) up/);
      await context.close();
    });

    test(`the strip and its words say who could commit and read, side by side, while the network is cut: ${where}`, async () => {
      const { plate, press, panel, context } = await open(options, keys);
      await plate.goTo(6_000);
      /** Who could do what at a moment, as the strip draws it. */
      const strip = (ms) => panel.locator('.clients-svg').evaluate((svg, at) => {
        const labels = [...svg.querySelectorAll('.ruler text')].map((text) => [parseFloat(text.textContent), Number(text.getAttribute('x'))]);
        const [[t0, x0], [t1, x1]] = [labels[0], labels.at(-1)];
        const x = x0 + (at - t0) * (x1 - x0) / (t1 - t0);
        return Object.fromEntries([...svg.querySelectorAll('.able-k')].map((key) => {
          const y = Number(key.getAttribute('y')) - 3.5;
          const found = [...svg.querySelectorAll('.able')].filter((path) => [...path.getAttribute('d').matchAll(/M(\S+) (\S+?)H([^M]+)/g)]
            .some(([, from, row, to]) => Math.abs(Number(row) - y) < 0.1 && Number(from) <= x && x < Number(to)));
          return [key.textContent, found.map((path) => path.classList[1]).join()];
        }));
      }, ms);
      const all = (what) => Object.fromEntries(['A', 'B', 'C', 'D', 'E'].map((name) => [name, what]));
      const large = { ...all('is-commits'), A: 'is-none', B: 'is-none' };
      for (const [ms, drawn, words] of [
        [1_900, all('is-commits'), /A, B, C, D, E: A can commit, reads are served\./],
        [2_080, all('is-none'), /A, B: nobody can commit or read\. C, D, E: nobody can commit or read\./],
        [2_300, large, /A, B: nobody can commit or read\. C, D, E: D can commit, reads are served\./],
        [4_900, large, /A, B: nobody can commit or read\. C, D, E: D can commit, reads are served\./],
        [5_500, all('is-commits'), /A, B, C, D, E: D can commit, reads are served\./],
      ]) {
        assert.deepEqual(await strip(ms), drawn, `drawn at ${ms} ms`);
        await plate.goTo(ms);
        assert.match(await served(panel), words, `in words at ${ms} ms`);
      }
      const heavy = await panel.locator('.able.is-commits').evaluate((path) => parseFloat(getComputedStyle(path).strokeWidth));
      const dotted = await panel.locator('.able.is-none').evaluate((path) => [parseFloat(getComputedStyle(path).strokeWidth), getComputedStyle(path).strokeDasharray]);
      assert.ok(heavy > 2 * dotted[0] && dotted[1] !== 'none', 'told apart by weight and dots, not by colour');

      const gaps = panel.locator('[data-gaps] .ops li');
      const spans = await gaps.evaluateAll((list) => list.map((li) => Number(/for (\d+) ms/.exec(li.textContent)[1])));
      const total = Number(/nobody could commit for (\d+) ms of 5500/.exec(await served(panel))[1]);
      assert.ok(Math.abs(spans.reduce((sum, ms) => sum + ms, 0) - total) <= spans.length, `${spans} sum up to ${total}`);
      await press(gaps.last().getByRole('button', { name: 'Show me' }));
      assert.equal((await plate.state()).us, 2_000_000, 'the cut');
      await context.close();
    });

    test(`axe finds nothing beside the clients' lanes: ${where}`, async () => {
      const { page, plate, context } = await open(options, keys);
      await plate.goTo(4_500);
      assert.deepEqual(await findings(page), []);
      await context.close();
    });
  }

  test('the words tell of an operation that nobody answered, however much the other client does meanwhile', async () => {
    const { plate, panel, context } = await open({ viewport: wide }, false);
    await plate.goTo(4_050);
    assert.equal(await panel.locator('.op.is-unknown').count(), 1, 'it is drawn');
    const lost = (await told(panel)).find(({ client, op }) => client === 'c1' && op === 'x = 4');
    assert.match(lost?.outcome ?? 'not told', /^gave up after 2000 ms: nobody told it whether it was done$/);
    await context.close();
  });

  test('while the lab plays the words follow', async () => {
    const { plate, panel, context } = await open({ viewport: wide }, false);
    await plate.goTo(2_080);
    await plate.root.locator('[data-do="speed"][data-slowed="5"]').click();
    await plate.press('play');
    await until('D to serve', () => served(panel), (words) => words.includes('C, D, E: D can commit'));
    await context.close();
  });
});
