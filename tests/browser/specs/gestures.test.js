// How a reader acts on the stage: strokes, lassos, presses, and where the focus goes.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { findings } from '../lib/axe.js';
import { launch, phone, until, visit, wide } from '../lib/browser.js';
import { pages, serve } from '../lib/site.js';
import { mount } from '../lib/plate.js';

describe('gestures', () => {
  let site, browser;
  before(async () => { [site, browser] = await Promise.all([serve(), launch()]); });
  after(async () => { await browser?.close(); await site?.close(); });


  /** A lab in which nothing is cut, its stage in the middle of the window. */
  async function open(options = {}, lab = 'hold-two-leaders') {
    const visited = await visit(browser, site.at(pages.lesson), options);
    const plate = await mount(visited.page, lab);
    if (await plate.button('heal').isEnabled()) await plate.press('heal');
    await plate.root.locator('.stage-svg').evaluate((stage) => stage.scrollIntoView({ block: 'center', behavior: 'instant' }));
    return { ...visited, plate };
  }

  const menu = (plate) => plate.root.locator('.menu');
  const severed = async (plate) => {
    const { links } = await plate.state();
    return Object.keys(links).filter((name) => links[name] !== 'none' && !name.includes('c')).sort();
  };

  /** What axe finds in menus and in the picker of sides. */
  const ours = async (page) => (await findings(page)).filter((line) => /\.menu|\.sides/.test(line));

  /** Where the nodes stand in the window: middle and radius. */
  const spots = (plate) => plate.root.locator('[data-node]').evaluateAll((all) => Object.fromEntries(all.map((one) => {
    const { x, y, width, height } = one.querySelector('circle').getBoundingClientRect();
    return [one.dataset.node, { x: x + width / 2, y: y + height / 2, r: width / 2 }];
  })));

  /** A short line across the middle of the link between two nodes. */
  async function across(plate, a, b, half = 24) {
    const at = await spots(plate);
    const [from, to] = [at[a], at[b]];
    const length = Math.hypot(to.x - from.x, to.y - from.y);
    const [ux, uy] = [(to.x - from.x) / length, (to.y - from.y) / length];
    const [x, y] = [(from.x + to.x) / 2, (from.y + to.y) / 2];
    return [[x - uy * half, y + ux * half], [x + uy * half, y - ux * half]];
  }

  /** A round line around a node, as points. */
  const around = ({ x, y, r }) => Array.from({ length: 25 }, (_, i) => [x + Math.cos(i / 4) * r * 1.25, y + Math.sin(i / 4) * r * 1.25]);

  async function drag(page, points) {
    await page.mouse.move(...points[0]);
    await page.mouse.down();
    for (const point of points.slice(1)) await page.mouse.move(...point, { steps: 4 });
  }

  /** Fingers on the glass. */
  async function fingers(page) {
    const client = await page.context().newCDPSession(page);
    return (type, ...touches) => client.send('Input.dispatchTouchEvent', { type, touchPoints: touches.map(([x, y], id) => ({ x, y, id })) });
  }

  test('what a stroke would sever is shown before it is, and Escape leaves it whole', async () => {
    const { plate, page, context } = await open();
    const line = await across(plate, 'A', 'B');
    await drag(page, line);
    await until('the preview', () => plate.root.locator('[data-would]').evaluateAll((all) => all.map((one) => one.dataset.link)), (links) => links.join() === 'A-B');
    assert.match(await plate.root.locator('.would').getAttribute('d'), /^M/);
    await page.keyboard.press('Escape');
    assert.equal(await plate.root.locator('[data-would]').count(), 0);
    await page.mouse.up();
    assert.deepEqual(await severed(plate), []);
    await drag(page, line);
    await page.mouse.up();
    assert.deepEqual(await severed(plate), ['A-B'], 'and the next stroke cuts');
    await context.close();
  });

  test('a finger cuts what it goes beyond, and two fingers cut nothing', async () => {
    const { plate, page, context } = await open(phone);
    const [from, to] = await across(plate, 'A', 'B', 30);
    const touch = await fingers(page);
    const half = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2];
    const little = [half[0] + (to[0] - half[0]) * 0.2, half[1] + (to[1] - half[1]) * 0.2];
    await touch('touchStart', from);
    await touch('touchMove', half);
    await touch('touchMove', little);
    await touch('touchEnd');
    assert.deepEqual(await severed(plate), [], 'a hand that hardly crosses the link does not cut it');
    await touch('touchStart', from);
    await touch('touchMove', half);
    await touch('touchStart', half, [half[0] + 60, half[1]]);
    await touch('touchMove', to, [to[0] + 60, to[1]]);
    await touch('touchEnd');
    assert.deepEqual(await severed(plate), [], 'two fingers scroll');
    await touch('touchStart', from);
    for (const part of [0.25, 0.5, 0.75, 1]) await touch('touchMove', [from[0] + (to[0] - from[0]) * part, from[1] + (to[1] - from[1]) * part]);
    await touch('touchEnd');
    assert.deepEqual(await severed(plate), ['A-B']);
    const actions = await plate.root.evaluate((root) => [root, root.querySelector('.stage-svg')].map((one) => getComputedStyle(one).touchAction));
    assert.deepEqual(actions, ['auto', 'pinch-zoom'], 'outside the stage a finger scrolls');
    await context.close();
  });

  test('a tap on a link opens its menu, which offers one way', async () => {
    const { plate, context } = await open(phone);
    await plate.pressLink('A', 'B', 'touch');
    await menu(plate).waitFor();
    assert.deepEqual(await severed(plate), []);
    await menu(plate).locator('[data-act="cut-ab"]').tap();
    await menu(plate).waitFor({ state: 'detached' });
    assert.equal((await plate.state()).links['A-B'], 'ab');
    await context.close();
  });

  test('an arrowhead cuts and mends its direction alone', async () => {
    const { plate, page, context } = await open();
    const head = plate.link('C', 'E').locator('[data-arrow="ba"]').first();
    const press = async () => {
      const { x, y, width, height } = await head.boundingBox();
      await page.mouse.click(x + width / 2, y + height / 2);
    };
    await press();
    assert.equal((await plate.state()).links['C-E'], 'ba');
    await press();
    assert.equal((await plate.state()).links['C-E'], 'none');
    await context.close();
  });

  test('nodes are put on three sides with a lasso and by clicks, and cut off as one cut', async () => {
    const { plate, page, context } = await open();
    await plate.press('cut');
    await plate.root.locator('.stage-svg').evaluate((stage) => stage.scrollIntoView({ block: 'center', behavior: 'instant' }));
    const at = await spots(plate);
    await drag(page, around(at.A));
    await page.mouse.up();
    const list = plate.root.locator('.sides-list li');
    await until('the side', () => list.allTextContents(), (texts) => texts.length === 2 && /Side 1\s+A/.test(texts[0]));
    await plate.press('another-side');
    await page.mouse.click(at.B.x, at.B.y);
    await page.mouse.click(at.C.x, at.C.y);
    await until('three sides', () => list.allTextContents(), (texts) => /Side 2\s+B C/.test(texts[1]) && /The rest\s+D E/.test(texts[2]));
    await plate.press('cut-sides');
    assert.deepEqual(await severed(plate), ['A-B', 'A-C', 'A-D', 'A-E', 'B-D', 'B-E', 'C-D', 'C-E']);
    assert.equal(await plate.root.locator('.sides').count(), 0);
    await context.close();
  });

  test('sides can be cut off one way, by keyboard', async () => {
    const { plate, page, context } = await open();
    await plate.root.locator('[data-node][tabindex="0"]').focus();
    await page.keyboard.press('x');
    await page.keyboard.press('1');
    await page.keyboard.press('n');
    await page.keyboard.press('2');
    await plate.root.locator('[data-way="back"]').focus();
    await page.keyboard.press('Enter');
    await plate.root.locator('[data-do="cut-sides"]').focus();
    await page.keyboard.press('Enter');
    const { links } = await plate.state();
    assert.equal(links['A-B'], 'ba', 'nothing gets from B to A');
    assert.equal(links['A-D'], 'ba');
    assert.equal(links['B-D'], 'ba');
    assert.equal(links['C-D'], 'none');
    await context.close();
  });

  test('a double click crashes a node, and another restarts it', async () => {
    const { plate, page, context } = await open();
    const { C } = await spots(plate);
    await page.mouse.dblclick(C.x, C.y);
    assert.equal((await plate.state()).nodes.C.role, 'down');
    await page.mouse.dblclick(C.x, C.y);
    assert.equal((await plate.state()).nodes.C.role, 'follower');
    await context.close();
  });

  test('the focus goes into a menu, moves in it by arrows, and comes back by Escape', async () => {
    const { plate, page, context } = await open();
    await plate.root.locator('[data-node][tabindex="0"]').focus();
    await page.keyboard.press('2');
    await plate.node('B').focus();
    await page.keyboard.press('Enter');
    await menu(plate).waitFor();
    const inside = () => page.evaluate(() => [document.activeElement.closest('.menu') !== null, document.activeElement.textContent]);
    const first = await inside();
    assert.equal(first[0], true);
    await page.keyboard.press('ArrowDown');
    const second = await inside();
    assert.equal(second[0], true);
    assert.notEqual(second[1], first[1]);
    await page.keyboard.press('ArrowUp');
    assert.deepEqual(await inside(), first);
    const before = await plate.state();
    await page.keyboard.press('k');
    assert.deepEqual(await plate.state(), before, 'a menu has its own keys');
    await page.keyboard.press('Escape');
    await menu(plate).waitFor({ state: 'detached' });
    assert.equal(await page.evaluate(() => document.activeElement.dataset.node), 'B');
    await context.close();
  });

  test('a press beside a menu closes it, and does nothing else', async () => {
    const { plate, page, context } = await open();
    const { A } = await spots(plate);
    await page.mouse.click(A.x, A.y, { button: 'right' });
    await menu(plate).waitFor();
    await plate.pressLink('B', 'D');
    await menu(plate).waitFor({ state: 'detached' });
    assert.deepEqual(await severed(plate), []);
    await plate.pressLink('B', 'D');
    assert.deepEqual(await severed(plate), ['B-D']);
    await context.close();
  });

  test('a click on a message stops time and selects it, and its menu drops it', async () => {
    const { plate, context } = await open();
    await plate.root.locator('.plate-head [data-do="all"]').click();
    await plate.press('play');
    await until('a message to be pressed', () => plate.root.evaluate((root) => {
      const message = root.querySelector('.msgs [data-message]');
      message?.dispatchEvent(new MouseEvent('click', { bubbles: true }));
      return message?.dataset.message;
    }), Boolean);
    const { us } = await plate.state();
    assert.equal(await plate.button('play').getAttribute('aria-label'), 'Play', 'time stands still');
    await plate.root.locator('.tools [data-do="menu"]').click();
    await menu(plate).locator('[data-fill="title"]', { hasText: /from \w+ to \w+/ }).waitFor();
    await menu(plate).locator('[data-act="drop"]').click();
    await menu(plate).waitFor({ state: 'detached' });
    await until('the loss in the log', () => plate.root.locator('[data-part="events"]').textContent(), (said) => said.includes('The reader drops'));
    assert.equal((await plate.state()).us, us);
    await context.close();
  });

  for (const [width, options] of [['1440 px', { colorScheme: 'light' }], ['390 px', { ...phone, colorScheme: 'dark' }]]) {
    test(`menus and the picker are whole and clean at ${width}`, { timeout: 120_000 }, async () => {
      const { plate, page, context } = await open(options);
      await plate.root.locator('.plate-head [data-do="all"]').click();
      for (const thing of ['B', 'D', 'network', 'link']) {
        if (thing === 'network' || thing === 'link') {
          await plate.node('A').focus();
          await page.keyboard.press('m');
          if (thing === 'link') await menu(plate).locator('form:has([name="peer"]) button').click();
        } else {
          await plate.node(thing).focus();
          await page.keyboard.press('Enter');
        }
        await menu(plate).waitFor();
        const { x, y, width: w, height: h } = await menu(plate).boundingBox();
        const { width: wide, height: high } = page.viewportSize();
        assert.ok(x >= 0 && y >= 0 && x + w <= wide && y + h <= high + 1, `${thing}: ${[x, y, w, h]} within ${[wide, high]}`);
        if (options.hasTouch) {
          const small = await menu(plate).locator('button, input, select').evaluateAll((all) => all.filter((one) => one.checkVisibility()).map((one) => [one.textContent || one.name, one.getBoundingClientRect()])
            .filter(([, { width: wd, height: ht }]) => wd < 44 || ht < 44).map(([name]) => name));
          assert.deepEqual(small, [], `${thing}: targets`);
        }
        assert.deepEqual(await ours(page), [], thing);
        await page.keyboard.press('Escape');
        await menu(plate).waitFor({ state: 'detached' });
      }
      await plate.press('cut');
      await plate.node('A').click();
      assert.deepEqual(await ours(page), [], 'the picker');
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth), 'nothing scrolls sideways');
      await context.close();
    });
  }
});
