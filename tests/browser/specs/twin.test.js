import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { findings } from '../lib/axe.js';
import { launch, places, until, visit } from '../lib/browser.js';
import { pages, serve } from '../lib/site.js';
import { healthy, mount } from '../lib/plate.js';


describe('the plate in words', () => {
  let site, browser;
  before(async () => { [site, browser] = await Promise.all([serve(), launch()]); });
  after(async () => { await browser?.close(); await site?.close(); });

  /** The lab with its words open. Nothing in this file's stories needs a pointer: all is pressed by keys. */
  async function open(options = {}, lab = 'two-leaders') {
    const visited = await visit(browser, site.at(pages.lesson), options);
    const plate = await mount(visited.page, lab);
    const words = plate.root.locator('details.alt');
    await words.locator('summary').press('Enter');
    await words.locator('[data-part="log"] li').first().waitFor();
    return { ...visited, plate, words, form: (name) => words.locator(`form:has-text("${name}")`) };
  }

  async function goTo(words, ms) {
    await words.locator('[name="ms"]').fill(String(ms));
    await words.locator('[name="ms"]').press('Enter');
  }

  const button = (within, name) => within.getByRole('button', { name, exact: true });
  const said = (plate) => plate.root.locator('[data-part="words"]').innerText();
  const lines = (words) => words.locator('[data-line]').evaluateAll((all) => all.map((line) => ({ id: line.dataset.line, us: Number(line.dataset.atUs), text: line.textContent })));
  const heard = (plate) => plate.root.locator('[data-part="heard"]').textContent();

  for (const [where, options] of places) {
    test(`its sentences tell the moment: who leads, what is cut, each node, what is on its way, what holds: ${where}`, async () => {
      const { plate, words, context, record } = await open(options);
      for (const [ms, sentences] of [
        [2_250, [/At 2250 ms there are 5 nodes: A, B, C, D and E\. Two nodes believe that they lead: A in term 2 and D in term 3\./, /At 2000 ms the lesson cut A, B and c1 from C, D, E and c2\./, /The network is in 2 pieces: A and B; C, D and E\./, /Node A, term 2: leader\. 9 log entries, 8 known committed\./, /Its timer runs out in \d+ ms\./, /Client c1 has waited 250 ms for x = 4\./, /No promise is broken\./]],
        [1_000, [/At 1000 ms there are 5 nodes/, /A leads in term 2\./, /Node C, down: crashed\./]],
        [0, [/No node leads\./, /Node E, term 0: follower\. Empty log\./]],
      ]) {
        await goTo(words, ms);
        const now = (await said(plate)).replace(/c\s(\d)/g, 'c$1');
        for (const sentence of sentences) assert.match(now, sentence);
        const state = await plate.state();
        for (const [name, { role, term }] of Object.entries(state.nodes)) {
          if (role !== 'down') assert.ok(now.includes(`Node ${name}, term ${term}: ${role}`), `${name} at ${ms} ms`);
        }
      }
      assert.doesNotMatch(await said(plate), /pieces|the lesson cut/, 'nothing is cut at the start');
      assert.deepEqual(record.errors, []);
      await context.close();
    });

    test(`the log is a list of moments; “Earlier” brings more, and a line goes to its moment and keeps the focus: ${where}`, async () => {
      const { page, plate, words, context } = await open(options);
      await goTo(words, 8_000);
      const late = await lines(words);
      assert.equal(late.length, 50);
      assert.ok(late.every(({ us }, i) => i === 0 || us >= late[i - 1].us), 'oldest first');
      for (let more = 0; more < 20 && await words.locator('[data-do="earlier"]').count(); more += 1) await words.locator('[data-do="earlier"]').press('Enter');
      const all = await lines(words);
      assert.ok(all.length > 50 && all.at(-1).id === late.at(-1).id);
      assert.ok(all[0].us < 400_000, 'down to the first election');
      assert.match(all.map(({ text }) => text).join('\n'), /C crashes|crashes C/);

      const cut = all.find(({ text }) => /cuts A, B and c1 from/.test(text));
      await words.locator(`[data-line="${cut.id}"]`).press('Enter');
      assert.equal((await plate.state()).us, cut.us);
      assert.equal(cut.us, 2_000_000);
      const here = words.locator('li[aria-current="time"] [data-line]');
      assert.equal(await here.count(), 1);
      assert.equal(Number(await here.getAttribute('data-at-us')), cut.us);
      assert.equal(await page.evaluate(() => document.activeElement.dataset.line), cut.id, 'the focus stays on the line');
      assert.ok((await lines(words)).some(({ us }) => us > cut.us), 'what came next can still be read');
      await context.close();
    });

    test(`“Earlier” keeps the focus within the log: ${where}`, async () => {
      const { page, words, context } = await open(options);
      await goTo(words, 8_000);
      for (let more = 0; more < 20 && await words.locator('[data-do="earlier"]').count(); more += 1) await words.locator('[data-do="earlier"]').press('Enter');
      assert.equal(await page.evaluate(() => document.activeElement.closest('.alt-log') !== null), true);
      await context.close();
    });

    test(`each act can be sent as a form, without a pointer, and does what its button does: ${where}`, async () => {
      const { page, plate, words, form, context, record } = await open(options);
      await goTo(words, 6_000);
      const start = await plate.state();
      assert.ok(healthy('two-leaders')(start));
      const pressed = (name) => page.locator(`[data-plate="two-leaders"] .tools [data-do="${name}"]`);
      const node = form('Node');
      const choose = (name) => node.locator('select').selectOption({ label: name });

      for (const name of ['A', 'B']) await form('Network').getByLabel(name, { exact: true }).press('Space');
      await button(form('Network'), 'Cut').press('Enter');
      const { links } = await plate.state();
      for (const a of ['A', 'B']) for (const b of ['C', 'D', 'E']) assert.equal(links[`${a}-${b}`], 'both');
      assert.deepEqual([links['A-B'], links['C-D']], ['none', 'none']);
      await button(form('Network'), 'Heal everything').press('Enter');
      assert.deepEqual((await plate.state()).links, start.links);

      await choose('B');
      await button(node, 'Crash').press('Enter');
      assert.equal((await plate.state()).nodes.B.role, 'down');
      await button(node, 'Restart').press('Enter');
      assert.equal((await plate.state()).nodes.B.role, 'follower');
      await choose('C');
      await button(node, 'Stall').press('Enter');
      assert.match(await said(plate), /Node C, term \d+: follower, stalled/);
      await button(node, 'Go on').press('Enter');
      assert.doesNotMatch(await said(plate), /stalled/);
      await button(node, 'Isolate').press('Enter');
      const apart = (await plate.state()).links;
      for (const other of ['A', 'B', 'D', 'E']) assert.equal(apart[[other, 'C'].sort().join('-')], 'both');
      await button(form('Network'), 'Heal everything').press('Enter');

      const client = form('Client');
      await client.locator('select').selectOption({ label: 'c2' });
      await client.locator('[name="key"]').fill('z');
      await client.locator('[name="value"]').fill('7');
      await goTo(words, 6_150);
      await button(client, 'Write').press('Enter');
      await goTo(words, 6_350);
      await button(client, 'Read').press('Enter');
      await goTo(words, 6_550);
      const log = (await lines(words)).map(({ text }) => text).join('\n');
      assert.match(log, /asks c2 to write z = 7/);
      assert.match(log, /c2 gets the answer to read z: 7/);

      await button(form('Time'), 'Go there').press('Enter');
      assert.equal((await plate.state()).us, 6_550_000);
      // The same acts by the tools, which work on the selected node.
      await choose('E');
      await button(node, 'Crash').press('Enter');
      await plate.node('E').press('Space');
      assert.ok(await pressed('crash').isDisabled());
      await pressed('restart').press('Enter');
      assert.equal((await plate.state()).nodes.E.role, 'follower');
      assert.deepEqual([record.errors, record.breaches], [[], []]);
      await context.close();
    });

    test(`a form that can't be done says why: ${where}`, async () => {
      const { plate, form, context } = await open(options);
      const now = plate.root.locator('[data-part="now"]');
      const before_ = await plate.state();
      await button(form('Network'), 'Cut').press('Enter');
      assert.equal(await now.innerText(), 'Choose some of the nodes, not none and not all.');
      await button(form('Node'), 'Restart').press('Enter');
      assert.equal(await now.innerText(), 'This can\'t be done: A is running');
      assert.deepEqual(await plate.state(), before_);
      await context.close();
    });

    test(`axe finds nothing with the words, the log, the forms and the sheet of keys open: ${where}`, async () => {
      const { page, plate, context } = await open(options);
      await plate.playhead().focus();
      await page.keyboard.press('?');
      await plate.root.locator('[data-sheet="keys"]').waitFor();
      assert.deepEqual(await findings(page), []);
      await context.close();
    });
  }

  test('while playing, the polite region speaks of what matters, at most once a second', async () => {
    const { page, plate, context } = await open();
    const region = plate.root.locator('[data-part="heard"]');
    assert.deepEqual([await region.getAttribute('role'), await region.getAttribute('aria-live')], ['log', 'polite']);
    await plate.press('start');
    await region.evaluate((root) => {
      window.spoken = [];
      new MutationObserver(() => window.spoken.push([performance.now(), root.textContent])).observe(root, { subtree: true, childList: true, characterData: true });
    });
    await plate.root.locator('[data-do="speed"][data-slowed="1"]').click();
    await plate.press('play');
    await plate.until('five seconds of the run', ({ us }) => us > 5_200_000);
    await plate.press('play');
    const spoken = await page.evaluate(() => window.spoken);
    assert.ok(spoken.length >= 3 && spoken.length <= 7, JSON.stringify(spoken));
    // Frames and the clock's milliseconds lie between what is told and what is noted here.
    for (const [i, [at]] of spoken.entries()) if (i > 0) assert.ok(at - spoken[i - 1][0] > 950, `${at - spoken[i - 1][0]} ms after the last`);
    for (const [, text] of spoken) assert.match(text, /^\d+ ms: .*(crash|restart|becomes|enters|follows|steps down|commit|cuts|heals|leader|candidate)/);
    await context.close();
  });

  for (const lab of ['two-leaders', 'first-election']) {
    test(`when stepping, each event of ${lab} is spoken in full, also where nothing but heartbeats goes on`, async () => {
      const { page, plate, words, context } = await open({}, lab);
      await goTo(words, lab === 'two-leaders' ? 2_110 : 8_000);
      await plate.playhead().focus();
      for (let step = 0; step < 12; step += 1) {
        await page.keyboard.press('ArrowRight');
        const { us } = await plate.state();
        const line = await heard(plate);
        assert.ok(line.startsWith(`${Math.floor(us / 1_000)} ms: `), `at ${us} µs it says “${line}”`);
        const noted = (await lines(words)).filter((one) => one.us === us).map(({ text }) => text.replace(/^\d+ ms /, ''));
        for (const text of noted) assert.ok(line.includes(text), `“${line}” holds “${text}”`);
      }
      assert.doesNotMatch(await plate.root.locator('[data-part="now"]').innerText(), /Nothing has happened yet/);
      await context.close();
    });
  }

  test('? opens the sheet of keys, Escape closes it; the letters can be turned off, and stay off', async () => {
    const { page, plate, context } = await open();
    const sheet = plate.root.locator('[data-sheet="keys"]');
    await plate.playhead().focus();
    await page.keyboard.press('?');
    await sheet.waitFor();
    assert.equal(await sheet.evaluate((one) => one === document.activeElement), true);
    assert.match(await sheet.innerText(), /to the next, the previous election/);
    await page.keyboard.press('Escape');
    await sheet.waitFor({ state: 'hidden' });
    assert.equal(await plate.root.evaluate((root) => root === document.activeElement), true, 'the keys stay with the plate');

    const before_ = await plate.state();
    await page.keyboard.press('?');
    await sheet.locator('input[data-keys]').press('Space');
    await page.keyboard.press('Escape');
    for (const key of ['1', 'k', 'i', 'x', '2', 'h', '?', 'e']) await page.keyboard.press(key);
    assert.deepEqual(await plate.state(), before_);
    assert.ok(await sheet.isHidden());
    await page.keyboard.press('ArrowLeft');
    assert.ok((await plate.state()).us < before_.us, 'keys that write nothing still act');
    await page.reload();
    const again = await mount(page, 'two-leaders');
    await again.playhead().focus();
    await page.keyboard.press('1');
    await page.keyboard.press('k');
    assert.equal((await again.state()).nodes.A.role, 'leader', 'still off after a reload');
    await again.root.locator('.plate-head [data-do="keys"]').press('Enter');
    await again.root.locator('input[data-keys]').press('Space');
    await page.keyboard.press('Escape');
    await page.keyboard.press('1');
    await page.keyboard.press('k');
    assert.equal((await again.state()).nodes.A.role, 'down', 'and on again');
    await context.close();
  });

  test('arrow keys belong to the lab that has the focus', async () => {
    const { page, plate, context } = await open();
    const other = await mount(page, 'hold-two-leaders');
    const us = async () => [(await plate.state()).us, (await other.state()).us];
    const first = await us();
    await plate.playhead().focus();
    await page.keyboard.press('ArrowLeft');
    const second = await us();
    assert.ok(second[0] < first[0] && second[1] === first[1]);
    await other.playhead().focus();
    await page.keyboard.press('ArrowLeft');
    const third = await us();
    assert.ok(third[1] < second[1] && third[0] === second[0]);
    await page.evaluate(() => document.activeElement.blur());
    await page.keyboard.press('ArrowLeft');
    assert.deepEqual(await us(), third);
    await plate.root.locator('[name="key"]').press('ArrowLeft');
    assert.deepEqual(await us(), third, 'nor do they step while something is typed');
    await context.close();
  });

  test('with reduced motion playing goes from event to event, and messages stand at their midpoint', async () => {
    const { page, plate, words, context } = await open({ reducedMotion: 'reduce' });
    await goTo(words, 2_110);
    const events = [];
    await plate.playhead().focus();
    for (let step = 0; step < 12; step += 1) {
      await page.keyboard.press('ArrowRight');
      events.push((await plate.state()).us);
    }
    await goTo(words, 2_110);
    await plate.root.evaluate((root) => {
      window.moments = [];
      const clock = root.querySelector('[data-clock]');
      new MutationObserver(() => {
        const us = Number(clock.dataset.us);
        if (us !== (window.moments.at(-1) ?? 2_110_000)) window.moments.push(us);
      }).observe(clock, { attributes: true });
    });
    await plate.playhead().focus();
    for (let presses = 0; presses < 3; presses += 1) await page.keyboard.press(']');
    await page.keyboard.press('Space');
    await until('ten events', () => page.evaluate(() => window.moments.length), (count) => count >= 10);
    await page.keyboard.press('Space');
    const moments = await page.evaluate(() => window.moments);
    assert.deepEqual(moments.slice(0, 10), events.slice(0, 10), 'each event, and nothing between');

    await goTo(words, 2_135);
    const off = await plate.root.evaluate((root) => {
      const centre = (element) => {
        const { x, y, width, height } = element.getBoundingClientRect();
        return [x + width / 2, y + height / 2];
      };
      const links = [...root.querySelectorAll('[data-link] .link-hit')].map((line) => {
        const { x, y } = line.getPointAtLength(line.getTotalLength() / 2).matrixTransform(line.getScreenCTM());
        return [x, y];
      });
      const marks = [...root.querySelectorAll('.stage [data-msg]:not([display="none"]) .msg-hit')].map(centre);
      return marks.map(([x, y]) => Math.min(...links.map(([a, b]) => Math.hypot(a - x, b - y))));
    });
    assert.ok(off.length > 0);
    assert.ok(off.every((px) => px < 12), `${off.map(Math.round)} px from the middle of a link`);
    await context.close();
  });
});
