// Everything that can be done to a run, through the menus: by mouse, by touch and by keyboard alone.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { launch, phone, until, visit } from '../lib/browser.js';
import { pages, serve } from '../lib/site.js';
import { mount } from '../lib/plate.js';

/** The middle of a thing on the stage, in the window. */
const middle = async (plate, selector) => {
  const { x, y, width, height } = await plate.root.locator(selector).first().boundingBox();
  return [x + width / 2, y + height / 2];
};

const menu = (plate) => plate.root.locator('.menu');

/** Three pairs of hands: each opens the menu of a thing, fills in fields, chooses and presses. */
const hands = {
  mouse: {
    options: {},
    async open(plate, thing) {
      await plate.root.locator(thing ?? '[data-do="all"]').first().scrollIntoViewIfNeeded();
      if (thing) await plate.page.mouse.click(...(await middle(plate, thing)), { button: 'right' });
      else await openGround(plate, (x, y) => plate.page.mouse.click(x, y, { button: 'right' }));
      await menu(plate).waitFor();
    },
    fill: (plate, field, value) => field.fill(value),
    choose: (plate, field, value) => field.selectOption(value),
    press: (plate, button) => button.click(),
  },
  touch: {
    options: phone,
    async open(plate, thing) {
      await plate.root.locator('.stage-svg').evaluate((stage) => stage.scrollIntoView({ block: 'start', behavior: 'instant' }));
      if (thing) await longPress(plate, ...(await middle(plate, thing)));
      else await openGround(plate, (x, y) => longPress(plate, x, y));
    },
    fill: (plate, field, value) => field.fill(value),
    choose: (plate, field, value) => field.selectOption(value),
    press: (plate, button) => button.tap(),
  },
  keyboard: {
    options: {},
    async open(plate, thing) {
      const { page } = plate;
      if (thing?.startsWith('[data-node')) {
        await plate.root.locator('[data-node][tabindex="0"]').focus();
        await page.keyboard.press(String((await plate.root.locator(thing).getAttribute('data-node')).charCodeAt(0) - 64));
        await page.keyboard.press('m');
      } else {
        await plate.root.locator('[data-do="menu"]').first().focus();
        await page.keyboard.press('Enter');
        const network = menu(plate).locator('[data-do="menu-network"]');
        await network.waitFor();
        await reach(plate, network);
        await page.keyboard.press('Enter');
        await menu(plate).locator('[data-act="heal-all"], [data-options="messages"]').first().waitFor({ state: 'attached' });
      }
      await menu(plate).waitFor();
    },
    async fill(plate, field, value) {
      await reach(plate, field);
      await plate.page.keyboard.press('Control+a');
      if (value) await plate.page.keyboard.type(value);
      else await plate.page.keyboard.press('Delete');
    },
    async choose(plate, field, value) {
      await reach(plate, field);
      for (let i = 0; i < 80 && await field.inputValue() !== value; i += 1) await plate.page.keyboard.press('ArrowDown');
      assert.equal(await field.inputValue(), value);
    },
    async press(plate, button) {
      await reach(plate, button);
      await plate.page.keyboard.press('Enter');
    },
  },
};

/** Moves the focus within the menu until a control has it: by arrows, and by Tab out of a list. */
async function reach(plate, control) {
  const has = () => control.evaluate((one) => one === document.activeElement);
  for (let presses = 0; presses < 60; presses += 1) {
    if (await has()) return;
    const inList = await plate.page.evaluate(() => document.activeElement.tagName === 'SELECT');
    await plate.page.keyboard.press(inList ? 'Tab' : 'ArrowDown');
  }
  assert.fail(`the keys do not reach ${control}`);
}

/** Holds a finger down until a menu opens. */
async function longPress(plate, x, y) {
  const client = await plate.page.context().newCDPSession(plate.page);
  await client.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x, y }] });
  await menu(plate).waitFor();
  await client.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await client.detach();
}

/** Presses a spot of the stage where there is nothing. */
async function openGround(plate, press) {
  const free = await plate.root.locator('.stage-svg').evaluate((stage) => {
    const { left, top, width, height } = stage.getBoundingClientRect();
    const spots = [];
    for (let x = 0.05; x < 1; x += 0.05) for (let y = 0.05; y < 1; y += 0.05) spots.push([left + width * x, top + height * y]);
    return spots.find(([x, y]) => document.elementFromPoint(x, y) === stage);
  });
  await press(...free);
}

const node = (name) => `[data-node="${name}"]`;

/**
 * Everything that can be done, in an order in which it makes sense: whose menu, the fields, the entry, and what the
 * run says of it. `link` and `client` are reached through the menu that lists them, `all` is the network's.
 */
const deeds = [
  { kind: 'Pause', of: node('C'), press: 'stall', says: /The reader stalls C/ },
  { kind: 'Resume', of: node('C'), press: 'go-on', says: /The reader lets C go on/ },
  { kind: 'Slow', of: node('C'), fill: { times: '7' }, press: 'slow', says: /The reader makes C slow: each input takes it 7 ms/ },
  { kind: 'Slow, no more', of: node('C'), press: 'quick', says: /The reader makes C as fast as at first/ },
  { kind: 'SetClock by a step', of: node('C'), fill: { ms: '-1.5' }, press: 'step', says: /The reader sets C's clock back by 1.5 ms/ },
  { kind: 'SetClock to drift', of: node('C'), press: 'drift', fill: { ms: '100' }, says: /C's clock .*100 ms/ },
  { kind: 'SetClock to true time', of: node('C'), press: 'true-time', says: /C's clock/ },
  { kind: 'SetFsync to lie', of: node('C'), press: 'lie', says: /The reader makes C's fsync lie/ },
  { kind: 'SetFsync to work', of: node('C'), press: 'sync', says: /The reader makes C's fsync work again/ },
  { kind: 'Expire', of: node('C'), press: 'expire', says: /The reader lets C's election timer run out before its time/ },
  { kind: 'Request of a node to be led by', of: node('E'), press: 'transfer', says: /The reader asks D to hand/ },
  { kind: 'Request of a snapshot', of: node('D'), press: 'compact', says: /The reader asks D to/ },
  { kind: 'Request through a node', of: node('D'), fill: { key: 'k', value: '9' }, press: 'put', says: /The reader asks c2 to write k = 9/ },
  { kind: 'DelayMessage', of: 'all', fill: { ms: '40' }, press: 'later', says: /The reader holds up/ },
  { kind: 'DuplicateMessage', of: 'all', press: 'double', says: /The reader doubles/ },
  { kind: 'DropMessage', of: 'all', press: 'drop', says: /The reader drops/ },
  { kind: 'Shape of all links', of: 'all', fill: { low: '30', high: '60.5', loss: '2.5' }, press: 'shape', says: /The reader changes .*latency 30 ms to 60.5 ms, 2.5 % lost/ },
  { kind: 'Shape, no more', of: 'all', press: 'as-first', says: /The reader makes .* as at first/ },
  { kind: 'Shape of one way of a link', of: node('C'), link: 'E', choose: { way: 'ab', spread: 'tail' }, fill: { low: '5', high: '80' }, press: 'shape', says: /The reader changes the link from C to E: latency 5 ms with a long tail up to 80 ms/ },
  { kind: 'Cut of one way', of: node('C'), link: 'E', press: 'cut-ba', says: /The reader cuts .*E.*C/ },
  { kind: 'Heal of one way', of: node('C'), link: 'E', press: 'heal-ba', says: /The reader heals/ },
  { kind: 'Cut', of: node('C'), link: 'E', press: 'cut', says: /The reader cuts .*C.*E/ },
  { kind: 'Heal', of: node('C'), link: 'E', press: 'heal', says: /The reader heals/ },
  { kind: 'HealAll', of: 'all', press: 'heal-all', says: /The reader heals/ },
  { kind: 'Isolate', of: node('C'), press: 'isolate', says: /The reader (isolates|cuts) C/ },
  { kind: 'Request of a client to append', of: 'all', client: 'c2', fill: { key: 'k', value: '3' }, press: 'append', says: /The reader asks c2 to append/ },
  { kind: 'Request of a client to compare', of: 'all', client: 'c1', fill: { expected: '', value: '4' }, press: 'cas', says: /The reader asks c1 to .*4/ },
  { kind: 'CrashTorn', of: node('E'), fill: { kept: '0' }, press: 'torn', says: /The reader crashes E/ },
  { kind: 'Wipe', of: node('E'), press: 'wipe', says: /The reader empties E's disk/ },
  { kind: 'Restart', of: node('E'), press: 'restart', says: /The reader restarts E/ },
  { kind: 'Crash', of: node('D'), press: 'crash', says: /The reader crashes D/ },
];

async function perform(hand, plate, deed) {
  await hand.open(plate, deed.of === 'all' ? undefined : deed.of);
  const list = deed.link ? ['peer', deed.link] : deed.client && ['client', deed.client];
  if (list) {
    const field = menu(plate).locator(`[name="${list[0]}"]`);
    const value = await field.locator('option', { hasText: new RegExp(`^${list[1]}$`) }).getAttribute('value');
    await hand.choose(plate, field, value);
    await hand.press(plate, menu(plate).locator(`form:has([name="${list[0]}"]) button`));
    await menu(plate).locator('[data-fill="title"]', { hasText: list[1] }).waitFor();
  }
  const entry = menu(plate).locator(`form[data-act="${deed.press}"], [data-do="menu-act"][data-act="${deed.press}"]`);
  const scope = menu(plate).locator(`form:has([data-act="${deed.press}"]), form[data-act="${deed.press}"]`);
  for (const [name, value] of Object.entries(deed.choose ?? {})) await hand.choose(plate, scope.locator(`[name="${name}"]`), value);
  for (const [name, value] of Object.entries(deed.fill ?? {})) await hand.fill(plate, scope.locator(`[name="${name}"]`), value);
  const isForm = await entry.evaluate((one) => one.tagName === 'FORM');
  await hand.press(plate, isForm ? entry.locator('[type="submit"]') : entry);
}

describe('every fault', () => {
  let site, browser;
  before(async () => { [site, browser] = await Promise.all([serve(), launch()]); });
  after(async () => { await browser?.close(); await site?.close(); });

  const events = (plate) => plate.root.locator('[data-part="events"]').textContent();

  /** A plate with all of its controls, where D leads the majority's side and messages are on their way. */
  async function open(options) {
    const visited = await visit(browser, site.at(pages.lesson), options);
    const plate = await mount(visited.page, 'two-leaders');
    await plate.root.locator('.plate-head [data-do="all"]').click();
    return { ...visited, plate };
  }

  for (const [name, hand] of Object.entries(hands)) {
    test(`can be done by ${name} alone`, { timeout: 180_000 }, async () => {
      const { plate, context, record } = await open(hand.options);
      for (const deed of deeds) {
        await perform(hand, plate, deed);
        await menu(plate).waitFor({ state: 'detached' }).catch(async () => {
          assert.fail(`${deed.kind}: the menu stays: ${await menu(plate).locator('.menu-why').textContent()}`);
        });
        await until(`${deed.kind} in the log`, () => events(plate), (said) => deed.says.test(said), 3_000);
      }
      assert.deepEqual(record.errors, []);
      assert.deepEqual(record.breaches, [], 'the policy is kept');
      await context.close();
    });
  }

  test('a refused act says why, in the menu, and the menu stays', async () => {
    const { plate, page, context } = await open({});
    await hands.keyboard.open(plate, node('C'));
    await hands.keyboard.fill(plate, menu(plate).locator('[data-act="drift"] [name="ms"]'), '900');
    await page.keyboard.press('Enter');
    await menu(plate).getByRole('alert').filter({ hasText: 'a clock can gain or lose at most' }).waitFor();
    await hands.keyboard.fill(plate, menu(plate).locator('[data-act="drift"] [name="ms"]'), 'fast');
    await page.keyboard.press('Enter');
    await menu(plate).getByRole('alert').filter({ hasText: 'Fill in the number' }).waitFor();
    assert.ok(await menu(plate).locator('[data-act="wipe"]').isDisabled());
    assert.match(await menu(plate).locator('[data-if="down"]').textContent(), /Only while it is down/);
    await context.close();
  });

  test('a lab shows the entries that its lesson names, and all on request', async () => {
    const { page, context } = await visit(browser, site.at(pages.lesson));
    const plate = await mount(page, 'first-election');
    await hands.mouse.open(plate, node('C'));
    assert.ok(await menu(plate).locator('[data-act="crash"]').isVisible());
    assert.ok(await menu(plate).locator('[data-act="stall"]').isHidden());
    await menu(plate).locator('[data-do="all"]').click();
    assert.ok(await menu(plate).locator('[data-act="stall"]').isVisible());
    await context.close();
  });
});
