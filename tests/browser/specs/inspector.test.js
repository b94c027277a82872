import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { findings } from '../lib/axe.js';
import { launch, places, until, visit } from '../lib/browser.js';
import { pages, serve } from '../lib/site.js';
import { mount } from '../lib/plate.js';


describe('the inspector', () => {
  let site, browser;
  before(async () => { [site, browser] = await Promise.all([serve(), launch()]); });
  after(async () => { await browser?.close(); await site?.close(); });

  async function open(options = {}, lab = 'two-leaders') {
    const visited = await visit(browser, site.at(pages.lesson), options);
    const plate = await mount(visited.page, lab);
    const panel = plate.root.locator('[data-part="inspector"]');
    const hand = (one) => (options.hasTouch ? one.tap() : one.click());
    return { ...visited, plate, panel, hand };
  }

  /** What stands in the panel: its headings with their remarks, and each line with its value and whether it is marked. */
  const shown = (panel) => panel.evaluate((root) => {
    const text = (element) => element.textContent.replace(/\s+/g, ' ').trim();
    const groups = [...root.querySelectorAll('table.state')].map((table) => ({
      title: text(table.caption),
      rows: [...table.rows].map((tr) => {
        const [key, value] = [tr.cells[0].cloneNode(true), tr.cells[1].cloneNode(true)];
        const was = value.querySelector('.was');
        was?.remove();
        key.querySelector('.vh')?.remove();
        return { key: text(key), value: text(value), was: was && text(was), marked: tr.classList.contains('is-changed'), said: text(tr.cells[0]) };
      }),
    }));
    return { head: text(root.querySelector('h3')), groups, note: root.querySelector('.changed-note') !== null };
  });
  const lines = ({ groups }) => Object.fromEntries(groups.flatMap(({ title, rows }) => rows.map((row) => [`${title} ${row.key}`, row])));
  const facts = async (panel) => Object.fromEntries((await shown(panel)).groups.flatMap(({ rows }) => rows.map(({ key, value }) => [key, value])));

  for (const [where, options] of places) {
    test(`a server's state stands under the headings of its protocol, and a leader has one more than a follower: ${where}`, async () => {
      const { page, plate, panel, hand, context, record } = await open(options);
      await hand(plate.node('E'));
      const follower = await shown(panel);
      assert.match(follower.head, /^E follower since \d+ ms$/);
      assert.deepEqual(follower.groups.map(({ title }) => title), ['On disk survives a crash', 'In memory lost in a crash']);
      assert.deepEqual(follower.groups.map(({ rows }) => rows.map(({ key }) => key)), [['currentTerm', 'votedFor', 'log'], ['leader', 'commitIndex', 'lastApplied']]);
      const { nodes } = await plate.state();
      assert.equal(lines(follower)['On disk survives a crash currentTerm'].value, String(nodes.E.term));
      assert.equal(lines(follower)['In memory lost in a crash leader'].value, 'D');

      // By key: 1 is A, which still leads its side.
      await plate.node('E').focus();
      await page.keyboard.press('1');
      const leader = await shown(panel);
      assert.match(leader.head, /^A leader since \d+ ms$/);
      assert.match(leader.groups[2].title, /^Leaders only/);
      assert.deepEqual(leader.groups[2].rows.map(({ key }) => key), ['nextIndex', 'matchIndex']);
      assert.equal(lines(leader)['On disk survives a crash currentTerm'].value, '2');

      await plate.goTo(2_135);
      await page.keyboard.press('Escape');
      await hand(plate.node('D'));
      const asks = await shown(panel);
      assert.match(asks.head, /^D candidate/);
      assert.match(asks.groups[2].title, /^Candidates only/);
      assert.equal(asks.groups[2].rows[0].key, 'votes');
      assert.deepEqual(record.errors, []);
      await context.close();
    });

    test(`after each step exactly the lines that are not as before are marked, and say what was: ${where}`, async () => {
      const { page, plate, panel, hand, context } = await open(options);
      await plate.goTo(2_110);
      await hand(plate.node('D'));
      const seen = { marked: 0, unmarked: 0, was: 0 };
      await plate.playhead().focus();
      let before_ = lines(await shown(panel));
      for (let step = 0; step < 30; step += 1) {
        if (options.hasTouch) await hand(plate.button('step-on'));
        else await page.keyboard.press('ArrowRight');
        const now = await shown(panel);
        const after_ = lines(now);
        const { us } = await plate.state();
        const wanted = Object.keys(after_).filter((key) => after_[key].value !== before_[key]?.value);
        const marked = Object.keys(after_).filter((key) => after_[key].marked);
        assert.deepEqual(marked, wanted, `at ${us} µs`);
        for (const key of marked) {
          assert.match(after_[key].said, /^changed: /, 'and not by its look alone');
          if (after_[key].was) assert.equal(after_[key].was, `was ${before_[key].value}`);
          seen.was += after_[key].was ? 1 : 0;
        }
        assert.equal(now.note, marked.length > 0, 'the mark is explained where it stands');
        seen[marked.length > 0 ? 'marked' : 'unmarked'] += 1;
        before_ = after_;
      }
      assert.ok(seen.marked >= 3 && seen.unmarked >= 3 && seen.was >= 1, JSON.stringify(seen));
      await context.close();
    });

    test(`a message shows its fields, before and after it arrives, and its moments lead there: ${where}`, async () => {
      const { page, plate, panel, context } = await open(options);
      await plate.goTo(2_135);
      await plate.root.locator('.stage-svg').evaluate((stage) => stage.scrollIntoView({ block: 'center', behavior: 'instant' }));
      const vote = plate.root.locator('.stage [data-msg="RequestVote"]:not([display="none"])').first();
      const { x, y, width, height } = await vote.locator('.msg-hit').boundingBox();
      const at = [x + width / 2, y + height / 2];
      if (options.hasTouch) await page.touchscreen.tap(...at); else await page.mouse.click(...at);
      const now = await shown(panel);
      assert.equal(now.head, '3 RequestVote');
      assert.deepEqual(now.groups.map(({ title }) => title), ['Message on its way', 'What it says']);
      const said = await facts(panel);
      assert.ok(['D', 'E'].includes(said.from) && said.to !== said.from, JSON.stringify(said));
      assert.equal(said.term, '3', 'the field of its protocol');
      assert.equal(said.lastLogIndex, '8');
      const [sent, due] = [parseInt(said.sent, 10), parseInt(said.due, 10)];
      assert.ok(sent < 2_135 && due >= 2_135);

      const moment = (key) => panel.locator('tr', { has: page.locator(`th:text-is("${key}")`) }).locator('.moment');
      await moment('sent').click();
      const then = await plate.state();
      assert.equal(Math.floor(then.us / 1_000), sent);
      assert.deepEqual(then.nodes[said.from], { role: 'candidate', term: 3 }, 'it asked just then');
      assert.equal((await facts(panel)).to, said.to, 'the message stays selected');
      await moment('due').click();
      assert.equal(Math.floor((await plate.state()).us / 1_000), due);
      const late = await shown(panel);
      assert.equal(late.groups[0].title, 'Message not on its way any more');
      assert.equal(parseInt((await facts(panel)).arrived, 10), due);
      await panel.getByRole('button', { name: 'its arrival' }).click();
      assert.match((await shown(panel)).head, new RegExp(`^${said.to} receives RequestVote for term 3 from ${said.from}`));
      await context.close();
    });

    test(`an event tells when, where and what it was, and why: ${where}`, async () => {
      const { plate, panel, hand, context } = await open(options);
      const event = plate.root.locator('[data-part="events"] .event', { hasText: 'D commits entry 9' });
      await hand(event);
      assert.match((await shown(panel)).head, /^D commits entry 9: 3 of 5 have stored it$/);
      const { when, where: place, kind } = await facts(panel);
      assert.deepEqual([when, place, kind], ['2206 ms', 'D', 'commit']);
      assert.equal(await plate.root.locator('[data-why]').getAttribute('data-why'), await event.getAttribute('data-event'));
      await panel.locator('.moment', { hasText: '2206 ms' }).press('Enter');
      assert.equal(Math.floor((await plate.state()).us / 1_000), 2_206);
      await panel.locator('[data-do="select"]').press('Enter');
      assert.match((await shown(panel)).head, /^D leader/, 'where it happened leads to the server');
      await context.close();
    });

    test(`with nothing selected it shows what the marks mean, until something is: ${where}`, async () => {
      const { plate, panel, hand, context } = await open(options, 'hold-two-leaders');
      await hand(plate.button('all'));
      const key = plate.root.locator('.inspector-key');
      await key.waitFor();
      assert.equal(await panel.innerText(), '');
      for (const words of ['Nothing selected', 'asks to lead', 'crashed', 'solid: known to be committed', 'a severed link']) {
        assert.ok((await key.innerText()).includes(words), words);
      }
      await hand(plate.node('B'));
      assert.ok(await key.isHidden());
      assert.match((await shown(panel)).head, /^B /);
      await context.close();
    });

    test(`Escape, or a press on the empty stage, lets go of what is selected: ${where}`, async () => {
      const { page, plate, hand, context } = await open(options);
      const key = plate.root.locator('.inspector-key');
      await hand(plate.node('B'));
      await page.keyboard.press('Escape');
      await until('the key', () => key.isVisible(), Boolean, 2_000);
      await hand(plate.node('B'));
      const ground = await plate.root.locator('.stage-svg').evaluate((stage) => {
        const { left, top, width, height } = stage.getBoundingClientRect();
        const spots = [];
        for (let x = 0.05; x < 1; x += 0.05) for (let y = 0.05; y < 1; y += 0.05) spots.push([left + width * x, top + height * y]);
        return spots.find(([x, y]) => document.elementFromPoint(x, y) === stage);
      });
      if (options.hasTouch) await page.touchscreen.tap(...ground); else await page.mouse.click(...ground);
      await until('the key', () => key.isVisible(), Boolean, 2_000);
      await context.close();
    });
  }

  for (const [where, options] of places) {
    test(`axe finds nothing with an event selected, and with nothing: ${where}`, async () => {
      const { page, plate, hand, context } = await open(options, 'hold-two-leaders');
      await hand(plate.button('all'));
      const nothing = await findings(page);
      await hand(plate.root.locator('[data-part="events"] .event').last());
      assert.deepEqual([nothing, await findings(page)], [[], []]);
      await context.close();
    });
  }

  test('a name that is pressed by key and goes with what it stood in leaves the keys with the plate', async () => {
    const { page, plate, panel, context } = await open();
    await plate.root.locator('[data-part="events"] .event').last().click();
    await panel.locator('[data-do="select"]').press('Enter');
    assert.match((await shown(panel)).head, /since \d+ ms$/);
    assert.equal(await page.evaluate(() => document.activeElement.closest('.plate')?.dataset.plate), 'two-leaders');
    await page.keyboard.press('Home');
    assert.equal((await plate.state()).us, 0);
    await context.close();
  });

  test('by keys alone a message is chosen from the network\'s menu, and its fields are shown', async () => {
    const { page, plate, panel, context } = await open();
    await plate.goTo(2_135);
    await plate.press('all');
    await plate.root.locator('.tools [data-do="menu"]').press('Enter');
    const menu = plate.root.locator('.menu');
    await menu.locator('[data-do="menu-network"]').press('Enter');
    const choice = menu.locator('[name="message"]');
    await choice.selectOption(await choice.locator('option').first().getAttribute('value'));
    // As a client and a link are opened from their lists.
    const show = menu.locator('form:has([name="message"])').getByRole('button', { name: /^(Open|Show)/ });
    assert.equal(await show.count(), 1, 'the list offers to show the message, and not only to drop, double or delay it');
    await show.press('Enter');
    await page.keyboard.press('Escape');
    await menu.waitFor({ state: 'detached' });
    assert.equal((await shown(panel)).groups[0].title, 'Message on its way');
    assert.match((await facts(panel)).sent, /^\d+ ms$/);
    await context.close();
  });

  test('while time runs nothing is marked as changed, for everything changes', async () => {
    const { page, plate, panel, context } = await open();
    await plate.goTo(2_110);
    await plate.node('D').click();
    const marks = await panel.evaluate((root) => {
      window.marks = 0;
      new MutationObserver(() => { window.marks += root.querySelectorAll('.is-changed').length; }).observe(root, { subtree: true, childList: true, attributes: true, characterData: true });
      return root.querySelectorAll('.is-changed').length;
    });
    assert.equal(marks, 0);
    await plate.press('play');
    await plate.until('D leads', ({ nodes }) => nodes.D.role === 'leader');
    assert.equal(await page.evaluate(() => window.marks), 0);
    await context.close();
  });
});
