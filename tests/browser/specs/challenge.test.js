import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { standIn } from '../bench/stand-in.js';
import { findings } from '../lib/axe.js';
import { launch, phone, places, until, visit, wide } from '../lib/browser.js';
import { pages, serve } from '../lib/site.js';
import { having, mount, newestLeader, sides } from '../lib/plate.js';
import { themes } from '../lib/sizes.js';

const lab = 'hold-two-leaders';
const key = `electing-a-leader/${lab}`;

/** Moves the focus to one of these places by Tab alone. */
async function tabTo(page, place) {
  for (let tabs = 0; tabs < 600; tabs += 1) {
    if (await place.evaluateAll((all) => all.includes(document.activeElement))) return;
    await page.keyboard.press('Tab');
  }
  assert.fail(`600 tabs did not reach ${place}`);
}

/** Three pairs of hands: each presses a control, writes into a field, and cuts nodes off. */
const hands = {
  mouse: {
    options: { viewport: wide },
    press: (plate, control) => control.click(),
    write: (plate, field, text) => field.fill(text),
    async cut(plate, names) {
      await plate.press('cut');
      for (const name of names) await plate.node(name).click();
      await plate.press('cut-sides');
    },
  },
  keyboard: {
    options: { viewport: wide },
    async press({ page }, control) {
      await tabTo(page, control);
      await page.keyboard.press('Enter');
    },
    async write({ page }, field, text) {
      await tabTo(page, field);
      await page.keyboard.press('ControlOrMeta+A');
      await page.keyboard.type(text);
    },
    async cut({ page, root }, names) {
      await tabTo(page, root.locator('[data-node]'));
      await page.keyboard.press('x');
      for (const name of names) await page.keyboard.press(String(name.charCodeAt(0) - 64));
      await page.keyboard.press('Enter');
    },
  },
  touch: {
    options: phone,
    press: (plate, control) => control.tap(),
    write: (plate, field, text) => field.fill(text),
    async cut(plate, names) {
      await plate.button('cut').tap();
      for (const name of names) await plate.node(name).tap();
      await plate.button('cut-sides').tap();
    },
  },
};

describe('the challenge “Two leaders for five seconds”', () => {
  let site, browser;
  before(async () => { [site, browser] = await Promise.all([serve(), launch()]); });
  after(async () => { await browser?.close(); await site?.close(); });

  async function open(options = {}) {
    const visited = await visit(browser, site.at(pages.lesson), options);
    return { ...visited, plate: await mount(visited.page, lab) };
  }

  const section = (plate) => plate.page.locator(`[data-challenge="${lab}"]`);
  const act = (plate, name) => section(plate).locator(`[data-do="${name}"]`);
  const said = (plate) => plate.root.locator('[data-part="now"]');
  const words = (plate, part) => section(plate).locator(`[data-part="${part}"]`).innerText();
  const wasPassed = (plate) => section(plate).locator('[data-was-passed]').isVisible();

  /** The goals as the page judges them: `is-reached`, `is-kept`, `is-lost`, or nothing while open. */
  const goals = (plate) => section(plate).locator('.goals > li').evaluateAll((all) => all.map((one) => one.className));
  const hints = (plate) => section(plate).locator('[data-part="hints"] .hint').evaluateAll((all) => all.map((one) => one.textContent));

  /** Goes to a moment by the form under “This plate in words”. */
  async function goTo(plate, ms, { press, write }) {
    const open = plate.root.locator('details.alt[open]');
    if (await open.count() === 0) await press(plate, plate.root.locator('details.alt > summary'));
    await open.waitFor();
    await write(plate, plate.root.locator('[name="ms"]'), String(ms));
    await press(plate, plate.root.locator('form[data-send="go-to"] [data-do="send"]'));
    await plate.until(`${ms} ms`, ({ us }) => us === ms * 1000);
  }

  test('is reached by cutting the leader and one follower away, with the buttons', async () => {
    const { plate, context } = await open();
    const before = await plate.state();
    const { leader, small, large } = sides(before);
    await hands.mouse.cut(plate, small);
    const after = (await plate.state()).links;
    for (const a of small) for (const b of large) assert.equal(after[[a, b].sort().join('-')], 'both', `${a}-${b} is cut`);
    await plate.playUntil('seven seconds', (state) => state.us > before.us + 7_000_000);
    const late = await plate.state();
    assert.deepEqual(having(late, 'leader').sort(), [leader, newestLeader(late)].sort());
    assert.deepEqual(await goals(plate), ['is-reached', 'is-kept']);
    await context.close();
  });

  test('is not reached by doing nothing', async () => {
    const { plate, context } = await open();
    const { us } = await plate.state();
    await plate.playUntil('seven seconds', (state) => state.us > us + 7_000_000);
    assert.deepEqual(await goals(plate), ['', 'is-kept']);
    assert.equal(await wasPassed(plate), false);
    await context.close();
  });

  test('refuses a second fault once the budget of one is spent, and says so', async () => {
    const { plate, context } = await open();
    const before = await plate.state();
    const { leader, large } = sides(before);
    await plate.pressLink(leader, large[0]);
    await plate.pressLink(leader, large[1]);
    const { links } = await plate.state();
    assert.equal(links[[leader, large[0]].sort().join('-')], 'both');
    assert.equal(links[[leader, large[1]].sort().join('-')], 'none');
    assert.match(await said(plate).innerText(), /The one fault that you may use is used/);
    assert.match(await words(plate, 'budget'), /Used so far: 1/);
    await context.close();
  });

  for (const [how, hand] of Object.entries(hands)) {
    test(`opens its hints one at a time, by ${how}`, async () => {
      const { plate, context } = await open(hand.options);
      assert.deepEqual(await hints(plate), [], 'none before one is asked for');
      for (let opened = 1; opened <= 3; opened += 1) {
        await hand.press(plate, act(plate, 'hint'));
        const shown = await until(`hint ${opened}`, () => hints(plate), (all) => all.length === opened);
        assert.match(shown.at(-1), new RegExp(`^Hint ${opened} of 3\\S`));
      }
      assert.equal(await act(plate, 'hint').isDisabled(), true, 'there is no fourth');
      assert.deepEqual(await goals(plate), ['', 'is-kept'], 'a hint costs nothing');
      await context.close();
    });

    test(`shows what the reader did, what of it was enough and how the lesson does it, by ${how}`, async () => {
      const { plate, page, context, record } = await open(hand.options);
      const { press } = hand;
      const { small, large } = sides(await plate.state());
      await press(plate, plate.button('write'));
      await hand.cut(plate, small);
      await goTo(plate, 2_000, hand);
      await press(plate, plate.button('write'));
      assert.deepEqual(await goals(plate), ['', 'is-kept']);
      assert.match(await section(plate).locator('.goals output').first().innerText(), /^0\.\d of 5\.0 s$/);
      await goTo(plate, 7_000, hand);
      await until('the goals', () => goals(plate), (all) => all.join() === 'is-reached,is-kept');
      assert.match(await words(plate, 'verdict'), /Every goal is reached/);
      const trace = await until('the trace', () => words(plate, 'trace'), (text) => /enough/.test(text));
      assert.match(trace, /You used 3 acts; this 1 is enough:/);
      const [own, lesson] = await section(plate).locator('.deeds').evaluateAll((lists) => lists.map((list) => [...list.children].map((one) => one.textContent)));
      assert.equal(own.length, 1, own.join());
      assert.match(own[0], new RegExp(`^1000 ms Cut ${small.join(' and ')} from ${large.slice(0, -1).join(', ')} and ${large.at(-1)}$`, 'i'));
      assert.match(trace, /The lesson’s own solution takes 1 act:/);
      assert.equal(lesson.length, 1);
      assert.match(lesson[0], /^2000 ms cut the leader/i);
      assert.doesNotMatch(lesson[0], /:\d/, 'in words, not as the lab’s file has it');

      assert.equal(await wasPassed(plate), true);
      const kept = await page.evaluate(() => JSON.parse(localStorage.getItem('cutset.progress')).passed);
      assert.deepEqual(kept, { [key]: true }, 'under its stable name');
      await page.reload();
      const again = await mount(page, lab);
      assert.equal(await wasPassed(again), true, 'still after a reload');
      assert.deepEqual(await goals(again), ['', 'is-kept'], 'though this run has reached nothing');
      assert.deepEqual([record.errors, record.breaches], [[], []]);
      await context.close();
    });
  }

  for (const how of ['mouse', 'keyboard']) {
    const hand = hands[how];
    test(`plays its solution on the reader’s own plate, lets nobody interfere, and is taken over again, by ${how}`, async () => {
      const { plate, page, context } = await open(hand.options);
      const opened = await plate.state();
      await hand.press(plate, act(plate, 'solution'));
      await until('to be told', () => said(plate).innerText(), (text) => /The solution plays\. Start again to take over\./.test(text));
      assert.equal(await plate.button('play').getAttribute('aria-label'), 'Pause', 'it plays');
      assert.ok((await plate.state()).us < 1_000_000, 'from its beginning');
      await hand.press(plate, plate.button('play'));
      await goTo(plate, 1_500, hand);
      const { leader, small, large } = sides(await plate.state());
      await hand.cut(plate, [leader]);
      assert.match(await said(plate).innerText(), /The solution is playing\. Start again to take over\./);
      assert.ok(Object.values((await plate.state()).links).every((cut) => cut === 'none'), 'nothing was cut');
      await goTo(plate, 2_000, hand);
      const cut = (await plate.state()).links;
      assert.deepEqual([small, large].map((side) => side.filter((name) => name !== leader).every((name) => cut[[leader, name].sort().join('-')] === 'both')), [false, true]);
      await goTo(plate, 8_000, hand);
      await until('the goals', () => goals(plate), (all) => all.join() === 'is-reached,is-kept');
      assert.match(await words(plate, 'verdict'), /The solution has reached every goal/);
      assert.equal((await words(plate, 'trace')).trim(), '', 'nothing of it is the reader’s');
      assert.equal(await wasPassed(plate), false, 'who watched has not passed');
      assert.equal(await page.evaluate(() => localStorage.getItem('cutset.progress')?.includes('hold-two-leaders') ?? false), false);
      await hand.press(plate, act(plate, 'reset'));
      assert.deepEqual(await plate.state(), opened, 'as it was');
      await hand.cut(plate, small);
      assert.match(await words(plate, 'budget'), /Used so far: 1/);
      assert.equal((await plate.state()).links[[leader, large[0]].sort().join('-')], 'both', 'the reader acts again');
      await context.close();
    });
  }

  for (const colorScheme of themes) {
    test(`says when a goal was lost, and going back wins it back, ${colorScheme}; axe finds nothing in any state`, async () => {
      const { page, context } = await visit(browser, 'about:blank', { colorScheme });
      await standIn(page, 'keep-c.toml', lab);
      await page.goto(site.at(pages.lesson));
      const plate = await mount(page, lab);
      const leader = newestLeader(await plate.state());
      const crash = async (name) => {
        await plate.root.focus();
        await page.keyboard.press(String(name.charCodeAt(0) - 64));
        await page.keyboard.press('k');
      };
      await goTo(plate, 1_500, hands.mouse);
      await crash('C');
      assert.deepEqual(await goals(plate), ['', 'is-lost']);
      assert.equal(await section(plate).locator('.is-lost output').innerText(), 'lost at 1500 ms');
      assert.match(await words(plate, 'verdict'), /A goal is lost in this run\. Go back to before it was, or start again\./);
      await goTo(plate, 1_600, hands.mouse);
      assert.equal(await section(plate).locator('.is-lost output').innerText(), 'lost at 1500 ms', 'not when it is looked at');
      assert.deepEqual(await findings(page), [], 'lost');
      await goTo(plate, 1_400, hands.mouse);
      assert.deepEqual(await goals(plate), ['', 'is-kept']);
      assert.equal((await words(plate, 'verdict')).trim(), '');
      await hands.mouse.cut(plate, [leader]);
      await goTo(plate, 3_000, hands.mouse);
      assert.deepEqual(await goals(plate), ['is-reached', 'is-kept'], 'the other run is judged by itself');
      const trace = await until('the trace', () => words(plate, 'trace'), (text) => /can be left out|enough/.test(text));
      assert.match(trace, new RegExp(`You used 1 act, and none can be left out:\\s+1400 ms\\s+Cut ${leader} from`));
      assert.deepEqual(await findings(page), [], 'passed');
      await act(plate, 'hint').click();
      assert.deepEqual(await findings(page), [], 'with a hint');
      await act(plate, 'solution').click();
      await plate.press('play');
      assert.deepEqual(await findings(page), [], 'watching');
      await context.close();
    });
  }
});
