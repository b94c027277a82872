import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { findings } from '../lib/axe.js';
import { launch, places, until, visit } from '../lib/browser.js';
import { pages, serve } from '../lib/site.js';
import { mount } from '../lib/plate.js';


describe('the logs', () => {
  let site, browser;
  before(async () => { [site, browser] = await Promise.all([serve(), launch()]); });
  after(async () => { await browser?.close(); await site?.close(); });

  /** The lab of two leaders as it opens: A leads term 2 with an entry that only it and B hold, D leads term 3. */
  async function open(options = {}) {
    const visited = await visit(browser, site.at(pages.lesson), options);
    const plate = await mount(visited.page, 'two-leaders');
    const region = plate.root.locator('.logs-scroll');
    await region.scrollIntoViewIfNeeded();
    return { ...visited, plate, region };
  }

  /** The same with clients that write as fast as they are answered, ten seconds later: hundreds of entries. */
  async function openLong(options = {}) {
    const visited = await open(options);
    const { plate } = visited;
    await plate.press('all');
    await plate.root.locator('.tools [data-do="dials"]').click();
    for (const client of ['c1', 'c2']) {
      await plate.root.locator(`[data-key="clients.${client}.write_every"]`).getByRole('button', { name: '100', exact: true }).click();
    }
    await visited.page.keyboard.press('Escape');
    await plate.goTo(12_000);
    await visited.region.scrollIntoViewIfNeeded();
    return visited;
  }

  /** Plays by keys, as fast as life, until then. */
  async function playTo(plate, us) {
    await plate.playhead().focus();
    for (let presses = 0; presses < 3; presses += 1) await plate.page.keyboard.press(']');
    await plate.page.keyboard.press('Space');
    await plate.until(`${us} µs`, (state) => state.us > us);
    await plate.page.keyboard.press('Space');
  }

  /** Each server's row: its entries as they are drawn, its commit index and what leaders know of it. */
  const rows = (region) => region.evaluate((root) => {
    const heads = new Map([...root.querySelectorAll('thead th:not(.com)')].map((th) => [Number(th.textContent), th.getBoundingClientRect().left]));
    const column = (td) => [...heads].find(([, left]) => Math.abs(td.getBoundingClientRect().left - left) < 2)?.[0];
    const found = [...root.querySelectorAll('tbody tr:not(.cutrow)')].map((tr) => [tr.querySelector('.who').textContent, {
      entries: [...tr.querySelectorAll('.entry')].map((entry) => {
        const style = getComputedStyle(entry);
        return {
          index: Number(entry.dataset.index),
          under: column(entry.closest('td')),
          term: Number(entry.querySelector('b').textContent),
          fill: style.backgroundColor,
          edge: style.borderTopColor,
          said: entry.getAttribute('aria-label'),
        };
      }),
      commit: Number(/^commit (\d+)/.exec(tr.querySelector('.com').textContent)[1]),
      bar: [...tr.querySelectorAll('td')].filter((td) => {
        const entry = td.querySelector('.entry');
        return entry && parseFloat(getComputedStyle(entry, '::after').borderInlineEndWidth) >= 2;
      }).map(column),
      pointers: [...tr.querySelectorAll('.ptr')].map((mark) => [mark.querySelector('.nd').textContent, mark.classList[1], column(mark.closest('td'))]),
    }]);
    return Object.fromEntries(found);
  });

  /** Draws a finger across the page. */
  async function swipe(page, x, y, by) {
    const client = await page.context().newCDPSession(page);
    const touch = (type, at) => client.send('Input.dispatchTouchEvent', { type, touchPoints: at === undefined ? [] : [{ x: at, y }] });
    await touch('touchStart', x);
    for (let part = 1; part <= 10; part += 1) await touch('touchMove', x + by * part / 10);
    await touch('touchEnd');
    await client.detach();
  }

  const see_through = 'rgba(0, 0, 0, 0)';

  for (const [where, options] of places) {
    test(`rows stand aligned by index; number and colour are the term; committed is solid, held is hollow; the bar is the commit index: ${where}`, async () => {
      const { plate, region, context, record } = await open(options);
      const all = await rows(region);
      assert.deepEqual(Object.keys(all), ['A', 'B', 'C', 'D', 'E']);
      const colours = new Map();
      for (const [name, { entries, commit, bar }] of Object.entries(all)) {
        assert.deepEqual(entries.map(({ index }) => index), entries.map((_, i) => i + 1), `${name} has each index once`);
        for (const { index, under, term, fill, edge, said } of entries) {
          assert.equal(under, index, `${name}'s entry ${index} stands below its number`);
          const committed = index <= commit;
          assert.equal(fill, committed ? edge : see_through, `${name}'s entry ${index} is ${committed ? 'solid' : 'hollow'}`);
          assert.match(said, committed ? /, committed$/ : /, held$/);
          colours.set(term, (colours.get(term) ?? new Set()).add(edge));
        }
        assert.deepEqual(bar, [commit]);
      }
      assert.deepEqual([...colours.keys()].sort(), [1, 2, 3]);
      assert.ok([...colours.values()].every((of) => of.size === 1), 'a term has one colour');
      assert.equal(new Set([...colours.values()].map(([colour]) => colour)).size, 3, 'and no other term has it');
      const { nodes } = await plate.state();
      assert.equal(all.A.entries.at(-1).term, nodes.A.term);
      assert.ok(all.A.commit < 9 && all.A.entries.length === 9, 'what A takes in without a majority stays hollow');
      assert.equal(all.D.commit, 9);
      assert.deepEqual([record.errors, record.breaches], [[], []]);
      await context.close();
    });

    test(`below the cells stand matchIndex and nextIndex of each leader, as the inspector has them: ${where}`, async () => {
      const { plate, region, context } = await open(options);
      for (const leader of ['A', 'D']) {
        await plate.node(leader).click();
        const table = (key) => plate.root.locator('[data-part="inspector"] tr', { hasText: key }).locator('.peers > b')
          .evaluateAll((all) => all.map((one) => [one.firstChild.textContent, Number(one.lastChild.textContent)]));
        const drawn = await rows(region);
        for (const [key, mark] of [['nextIndex', 'is-next'], ['matchIndex', 'is-match']]) {
          const known = await table(key);
          assert.equal(known.length, 4, `${leader} knows something of each other server`);
          for (const [name, index] of known) {
            const shown = drawn[name].pointers.filter(([of, kind]) => of === leader && kind === mark).map(([, , column]) => column);
            assert.deepEqual(shown, index === 0 ? [] : [index], `${leader}'s ${key} of ${name}`);
            const said = await region.locator('tbody tr', { has: plate.page.locator(`.who:text-is("${name}")`) }).locator('.com').textContent();
            assert.match(said, new RegExp(`Leader ${leader} knows it to match up to \\d+ and sends \\d+ next`), 'and in words');
          }
        }
      }
      await context.close();
    });

    test(`a chosen entry tells how it came to be there and asks why, by hand and by keys: ${where}`, async () => {
      const { page, plate, region, context } = await open(options);
      const told = plate.root.locator('[data-part="entry"]');
      const press = (one) => (options.hasTouch ? one.tap() : one.click());
      await press(region.locator('[data-process="1"][data-index="9"]'));
      assert.match(await told.innerText(), /Entry 9 of B, term 2: x = 4, not known to be committed[^]*B stores A's entry 9/);
      const how = told.locator('[data-event]');
      const why = plate.root.locator('[data-why]');
      assert.equal(await how.count(), 1, 'it was taken in, and never committed');
      assert.equal(await why.getAttribute('data-why'), await how.getAttribute('data-event'));
      assert.equal(await region.locator('.entry[aria-pressed="true"]').count(), 1);

      await region.focus();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowLeft');
      await page.keyboard.press('Enter');
      assert.match(await told.innerText(), /Entry 8 of A, term 2: x = 3, committed/);
      assert.equal(await how.count(), 2, 'how it came, and how it was committed');
      assert.equal(await region.locator('.entry[aria-pressed="true"]').getAttribute('data-index'), '8');
      const settled = await how.nth(1).getAttribute('data-event');
      await press(how.nth(1));
      assert.equal(await why.getAttribute('data-why'), settled, 'its commitment is asked about as well');
      await context.close();
    });

    test(`of a long log only what is in sight is in the page; the end is followed until the reader scrolls back: ${where}`, async () => {
      const { page, plate, region, context, record } = await openLong(options);
      const seen = () => region.evaluate((root) => {
        const box = root.getBoundingClientRect();
        const edge = root.querySelector('.com').getBoundingClientRect().left;
        const heads = [...root.querySelectorAll('thead th:not(.com)')];
        const inSight = heads.filter((th) => th.getBoundingClientRect().left >= box.left - 1 && th.getBoundingClientRect().right <= edge + 4);
        return { cells: root.querySelectorAll('.entry').length, columns: heads.length, first: Number(inSight[0]?.textContent), last: Number(inSight.at(-1)?.textContent), all: parseInt(root.dataset.columns, 10) };
      });
      const following = ({ last, all }) => last === all;
      const start = await until('the end in sight', seen, following);
      assert.ok(start.all > 150, `${start.all} positions`);
      assert.ok(start.columns < 60 && start.cells > 0, `${start.columns} of ${start.all} columns are in the page`);

      await playTo(plate, 12_500_000);
      const later = await until('the new end in sight', seen, following);
      assert.ok(later.all > start.all);

      await region.scrollIntoViewIfNeeded();
      const box = await region.boundingBox();
      const [x, y] = [box.x + box.width / 2, box.y + Math.min(60, box.height / 2)];
      if (options.hasTouch) {
        await swipe(page, x, y, 150);
      } else {
        await page.mouse.move(x, y);
        await page.mouse.wheel(-800, 0);
      }
      let last, rests = 0;
      const back = await until('older entries, at rest', seen, ({ first }) => {
        rests = first === last ? rests + 1 : 0;
        last = first;
        return rests > 15 && first < later.first - 2; // a swipe slides on for a while
      });
      assert.ok(back.cells > 0);
      await playTo(plate, 13_000_000);
      const still = await until('a longer table', seen, ({ all }) => all > later.all);
      assert.equal(still.first, back.first, 'what the reader looks at stays where it is');

      await region.focus();
      await page.keyboard.press('PageUp');
      const page_up = await until('a page further back', seen, ({ first }) => first < still.first - 1);
      await page.keyboard.press('ArrowLeft');
      await until('one back', seen, ({ first }) => first === page_up.first - 1);
      await page.keyboard.press('ArrowRight');
      await until('one on', seen, ({ first }) => first === page_up.first);
      await page.keyboard.press('Home');
      const home = await until('the first entries', seen, ({ first }) => first === 1);
      assert.ok(home.columns < 60);
      assert.equal(await region.locator('[data-process="0"][data-index="1"]').innerText().then((text) => text.trim()[0]), '1');
      await page.keyboard.press('End');
      await until('the end', seen, following);
      await page.keyboard.press('Home');
      await until('the beginning', seen, ({ first }) => first === 1);
      await plate.press('logs-end');
      await until('the end again', seen, following);
      await plate.root.locator('[data-do="logs-end"]').waitFor({ state: 'detached' });
      assert.equal((await plate.state()).us >= 13_000_000, true, 'none of these keys stepped through time');
      assert.deepEqual(record.errors, []);
      await context.close();
    });

    test(`axe finds nothing with an entry chosen, in a long log: ${where}`, async () => {
      const { page, region, context } = await openLong(options);
      await region.focus();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      assert.deepEqual(await findings(page), []);
      await context.close();
    });

    test(`beside them stands what a server has applied, with what is pending and where others differ: ${where}`, async () => {
      const { page, plate, context } = await open(options);
      const store = plate.root.locator('[data-part="store"]');
      const row = (key) => store.locator('tbody tr', { has: page.locator(`th:text-is("${key}")`) });
      await plate.node('A').click();
      assert.match(await store.innerText(), /What A has applied/);
      assert.equal(await row('x').locator('td b').textContent(), '3');
      assert.equal(await row('x').locator('.pending').textContent(), 'pending: x = 4', 'A holds x = 4 and may not apply it');
      assert.equal(await row('y').locator('.pending').count(), 0);
      await plate.goTo(2_600);
      await plate.node('A').click();
      assert.equal(await row('y').locator('td b').textContent(), '3', 'A is cut off');
      assert.match(await row('y').locator('.others').textContent(), /\bD 4/, 'the other side has gone on');
      await context.close();
    });

    test(`a lab whose lesson does not name its panels shows none of them until all are asked for: ${where}`, async () => {
      const { page, context } = await visit(browser, site.at(pages.lesson), options);
      const plate = await mount(page, 'first-election');
      const shown = () => plate.root.locator('[data-panel]').evaluateAll((all) => all.filter((one) => one.checkVisibility()).map(({ dataset }) => dataset.panel));
      assert.deepEqual(await shown(), ['timeline']);
      await plate.button('all').click();
      assert.deepEqual((await shown()).sort(), ['clients', 'diagram', 'inspector', 'logs', 'safety', 'timeline']);
      await context.close();
    });
  }
});
