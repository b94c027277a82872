// What plates look like in their main states, against pictures that are kept in `looks/`.

import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { launch, until, visit } from '../lib/browser.js';
import { alone, compare, folder, freeze, picture, still, updating } from '../lib/looks.js';
import { mount, newestLeader, sides } from '../lib/plate.js';
import { pages, serve } from '../lib/site.js';
import { sizes } from '../lib/sizes.js';

// ---- the steps to a state: nothing is played, so that each comes out the same ----

/** Goes to a moment by the plate's form, which need not be in sight for that. */
async function go(plate, ms) {
  await plate.root.locator('form[data-send="go-to"]').evaluate((form, value) => {
    form.elements.ms.value = value;
    form.requestSubmit();
  }, ms);
  await plate.until(`${ms} ms`, ({ us }) => us === ms * 1000);
}

/** Presses keys within the plate. */
async function keys(plate, ...all) {
  await plate.root.focus();
  for (const key of all) await plate.page.keyboard.press(key);
}

/** Selects a node by its number, A by 1, and does what a key does to it. */
const to = (plate, name, key) => keys(plate, String(name.charCodeAt(0) - 64), key);

/** The middle of a link, in the window. */
const middleOf = (plate, a, b) => plate.link(a, b).evaluate((link) => {
  const line = link.querySelector('.link-hit');
  const { x, y } = line.getPointAtLength(line.getTotalLength() / 2).matrixTransform(line.getScreenCTM());
  return [x, y];
});

async function linkMenu(plate) {
  await plate.root.locator('.stage-svg').evaluate((stage) => stage.scrollIntoView({ block: 'start', behavior: 'instant' }));
  await plate.page.mouse.click(...await middleOf(plate, 'D', 'E'), { button: 'right' });
  await plate.root.locator('.menu').waitFor();
}

async function blade(plate) {
  const [[x1, y1], [x2, y2]] = [await middleOf(plate, 'A', 'B'), await middleOf(plate, 'C', 'E')];
  const [dx, dy] = [(x2 - x1) * 0.2, (y2 - y1) * 0.2];
  await plate.page.mouse.move(x1 - dx, y1 - dy);
  await plate.page.mouse.down();
  await plate.page.mouse.move(x2 + dx, y2 + dy, { steps: 6 });
  await until('the preview', () => plate.root.locator('[data-would]').count(), (count) => count > 0);
}

async function broken(plate) {
  await go(plate, 1_700);
  await to(plate, 'C', 'k');
  await go(plate, 1_760);
  await to(plate, 'E', 'p');
  await go(plate, 1_820);
  await to(plate, 'B', 'i');
  await go(plate, 1_900);
}

async function runs(plate) {
  for (const [ms, name] of [[1_500, 'A'], [1_100, 'B'], [1_800, 'E']]) {
    await go(plate, ms);
    await to(plate, name, 'k');
    await go(plate, ms + 600);
  }
  await plate.root.locator('.runs li').nth(2).waitFor();
}

async function besides(plate) {
  await keys(plate, 'a');
  await go(plate, 1_500);
  await to(plate, 'A', 'k');
  await go(plate, 2_000);
  await plate.root.locator('.tools [data-do="compare"]').click();
  await plate.root.locator('[data-sheet="compare-with"] [data-do="beside"]').first().click();
  await plate.root.locator('.compare').waitFor();
}

async function dials(plate) {
  await keys(plate, 'a');
  await plate.root.locator('.tools [data-do="dials"]').click();
  return plate.root.locator('[data-sheet="dials"]');
}

async function promise(plate) {
  const sheet = await dials(plate);
  await sheet.locator('[data-key="raft.rules.quorum_of_half"] [role="switch"]').click();
  await keys(plate, 'Escape');
  await go(plate, 4_000);
  await plate.press('previous-violation');
  await plate.root.locator('.safety .is-broken').first().waitFor();
}

async function warning(plate) {
  const sheet = await dials(plate);
  const heartbeat = sheet.locator('[data-key="raft.heartbeat"] input');
  await heartbeat.fill('140');
  await heartbeat.press('Enter');
  await sheet.locator('.dial-warnings p').first().waitFor();
}

async function docked(plate) {
  await plate.press('full-screen');
  await until('the whole screen', () => plate.page.evaluate(() => document.fullscreenElement !== null), Boolean);
}

async function passed(plate) {
  const { small } = sides(await plate.state());
  await plate.press('write');
  await keys(plate, 'x', ...small.map((name) => String(name.charCodeAt(0) - 64)), 'Enter');
  await go(plate, 7_000);
  await plate.page.locator('[data-challenge] [data-part="trace"]').filter({ hasText: 'enough' }).waitFor();
}

/** Just after the election, when the first heartbeats and the first entries are all on their way. */
async function dense(plate) {
  await go(plate, 2_175);
  assert.equal(newestLeader(await plate.state()), 'D');
}

const opening = async () => {};
const desk = '1440-light';
const big = { page: pages.lesson, lab: 'two-leaders' };

/**
 * Each state, in each of its sizes, is a picture: of the plate, of its `part`, of what stands `outside` it, or of the
 * `window`. The steps begin at the lab's opening moment. Where the pointer is `held` it stays where the steps left it.
 */
const states = [
  { name: 'two-leaders', ...big, steps: opening, at: [desk, '1440-dark', '1024-light', '390-light', '390-dark'] },
  { name: 'link-menu', ...big, steps: linkMenu, part: '.lab-top', held: true, at: [desk] },
  { name: 'link-menu', ...big, steps: linkMenu, window: true, at: ['390-dark'] },
  { name: 'blade', page: pages.lesson, lab: 'hold-two-leaders', steps: blade, part: '.lab-top', held: true, at: [desk] },
  { name: 'crashed-paused-isolated', ...big, steps: broken, part: '.lab-top', at: [desk, '1440-dark'] },
  { name: 'dense', ...big, steps: dense, part: '.lab-top', at: [desk] },
  { name: 'runs', ...big, steps: runs, part: '[data-panel="timeline"]', at: [desk] },
  { name: 'side-by-side', ...big, steps: besides, part: '.compare', at: [desk, '390-light'] },
  { name: 'broken-promise', ...big, steps: promise, at: [desk] },
  { name: 'full-screen', ...big, steps: docked, window: true, at: ['1440-dark'] },
  { name: 'passed', page: pages.lesson, lab: 'hold-two-leaders', steps: passed, outside: '[data-challenge]', at: [desk, '390-light'] },
  { name: 'dials-warning', ...big, steps: warning, part: '[data-sheet="dials"]', at: [desk] },
  { name: 'home', page: pages.home, lab: 'home', steps: opening, at: [desk, '390-dark'] },
  { name: 'first-election', page: pages.lesson, lab: 'first-election', steps: opening, at: [desk, '390-light'] },
];

describe('plates look as they did', () => {
  let site, browser;
  before(async () => { [site, browser] = await Promise.all([serve(), launch()]); });
  after(async () => { await browser?.close(); await site?.close(); });

  /** The lab in that state, standing still. */
  async function shown({ page: path, lab, steps, outside, window }, { options }) {
    const visited = await visit(browser, site.at(path), { ...options, deviceScaleFactor: 1, reducedMotion: 'reduce' });
    await freeze(visited.page);
    const plate = await mount(visited.page, lab);
    if (!outside && !window) await alone(visited.page, plate.root);
    await steps(plate);
    return { ...visited, plate };
  }

  /** Its picture. */
  function taken({ part, outside, window, held }, { page, plate }) {
    if (window) return still(page);
    const root = outside ? page.locator(outside) : plate.root;
    const piece = part ? plate.root.locator(part) : root;
    return held ? still(page, piece) : picture(page, root, piece);
  }

  const cases = states.flatMap((state) => sizes.filter(({ name }) => state.at.includes(name)).map((size) => ({ state, size, name: `${state.name}-${size.name}` })));

  for (const { state, size, name } of cases) {
    test(name, async (t) => {
      const there = await shown(state, size);
      const { share } = compare(name, await taken(state, there));
      t.diagnostic(updating ? 'kept' : `${(share * 100).toFixed(3)} % of the pixels differ`);
      assert.deepEqual(there.record.errors, []);
      await there.context.close();
    });
  }

  test('a picture without its state is not kept', () => {
    const kept = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.png')) : [];
    assert.deepEqual(kept.filter((file) => !cases.some(({ name }) => file === `${name}.png`)), []);
  });

  test('a node that is gone, and a picture that is missing, are noticed', { skip: updating && 'pictures are being kept' }, async () => {
    const [{ state, size, name }] = cases;
    const there = await shown(state, size);
    await there.page.evaluate(() => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync('[data-node="A"] { visibility: hidden; }');
      document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    });
    const without = await taken(state, there);
    assert.throws(() => compare(name, without), /does not look as before: .*\.actual\.png\ndifference .*\.diff\.png/s);
    assert.throws(() => compare('no-such-state', without), /UPDATE_LOOKS=1/);
    await there.context.close();
  });
});
