import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { launch, phone, until, visit } from '../lib/browser.js';
import { pages, serve } from '../lib/site.js';
import { between, having, healthy, mount, newestLeader, settled, sides } from '../lib/plate.js';

describe('by mouse', () => {
  let site, browser;
  before(async () => { [site, browser] = await Promise.all([serve(), launch()]); });
  after(async () => { await browser?.close(); await site?.close(); });

  /** A plate under one leader that all follow, with nothing cut, and its state at the very start. */
  async function open(lab) {
    const visited = await visit(browser, site.at(pages.lesson));
    const plate = await mount(visited.page, lab);
    await plate.press('start');
    const start = await plate.state();
    assert.equal(start.us, 0);
    await plate.press('end');
    const state = await plate.playUntil('a leader that all follow', healthy(lab));
    return { ...visited, plate, start, state };
  }

  test('cutting the links between two and three leaves two leaders, healing leaves one, and time runs both ways', async () => {
    const { plate, page, context, start, state: before } = await open('two-leaders');
    const { leader, small, large } = sides(before);
    for (const [a, b] of between({ small, large })) {
      await plate.pressLink(a, b);
      assert.equal((await plate.state()).links[[a, b].sort().join('-')], 'both', `the link ${a}-${b} is cut`);
    }

    const split = await plate.playUntil('the majority side to elect a leader', (state) => large.includes(newestLeader(state)));
    const winner = newestLeader(split);
    assert.ok(split.nodes[winner].term > split.nodes[leader].term, 'the new leader stands in a higher term');
    assert.equal(split.nodes[leader].role, 'leader', 'the old leader still believes');
    assert.equal(split.nodes[leader].term, before.nodes[leader].term, 'in its old term');

    await plate.press('heal');
    assert.deepEqual(new Set(Object.values((await plate.state()).links)), new Set(['none']), 'every link carries again');
    const healed = await plate.playUntil('the old leader to step down', (state) => settled(state) && state.nodes[leader].role === 'follower');
    assert.equal(newestLeader(healed), winner);

    // The flag is dragged back to the first moment and forth again; each place shows the moment that it showed before.
    const { x, y, left } = await plate.flag();
    const shownAt = async (part) => {
      await page.mouse.move(left + (x - left) * part, y, { steps: 4 });
      await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
      return plate.state();
    };
    await page.mouse.move(x, y);
    await page.mouse.down();
    const parts = [0.95, 0.9, 0.8, 0.65, 0.5, 0.4, 0.3, 0.2, 0];
    const back = [];
    for (const part of parts) back.push(await shownAt(part));
    const forth = [];
    for (const part of [...parts].reverse()) forth.push(await shownAt(part));
    await page.mouse.up();
    assert.deepEqual(forth.reverse(), back, 'the same roles, terms, links and clock at the same place');
    assert.ok(back.every((state, i) => state.us <= (back[i - 1] ?? healed).us), 'further left is never later');
    assert.ok(new Set(back.map(({ us }) => us)).size > 4, 'the flag moves through time, not between its ends');
    assert.deepEqual(back.at(-1), start, 'and the beginning is as it was');
    await context.close();
  });

  test('stepping back shows the earlier states again, and stepping on the later ones', async () => {
    const { plate, context, state } = await open('two-leaders');
    for (const [a, b] of between(sides(state))) await plate.pressLink(a, b);
    await plate.playUntil('two leaders', (now) => having(now, 'leader').length === 2);
    await plate.press('step-on');
    const passed = [await plate.state()];
    for (let step = 0; step < 12; step += 1) {
      await plate.press('step-back');
      passed.push(await plate.state());
    }
    assert.ok(passed.every((now, i) => i === 0 || now.us < passed[i - 1].us), 'each step back is earlier');
    assert.equal(having(passed[0], 'leader').length, 2);
    for (const earlier of passed.slice(0, -1).reverse()) {
      await plate.press('step-on');
      assert.deepEqual(await plate.state(), earlier);
    }
    await context.close();
  });

  test('a second click on a cut link mends it', async () => {
    const { plate, context, state } = await open('two-leaders');
    const { leader, large } = sides(state);
    const name = [leader, large[0]].sort().join('-');
    await plate.pressLink(leader, large[0]);
    assert.equal((await plate.state()).links[name], 'both');
    await plate.pressLink(leader, large[0]);
    assert.equal((await plate.state()).links[name], 'none');
    await context.close();
  });

  test('a stroke across the stage cuts every link that it crosses, and no other', async () => {
    const { plate, page, context } = await open('two-leaders');
    await plate.root.locator('svg.stage-svg').evaluate((stage) => stage.scrollIntoView({ block: 'center', behavior: 'instant' }));
    // Straight down between two columns of the ring: from above the stage's highest node to below its lowest.
    const spots = await plate.root.locator('[data-node]').evaluateAll((all) => all.filter((one) => one.checkVisibility()).map((one) => {
      const { x, y, width, height } = one.querySelector('circle').getBoundingClientRect();
      return { name: one.dataset.node, x: x + width / 2, y: y + height / 2, r: width / 2 };
    }));
    const byX = [...spots].sort((a, b) => a.x - b.x);
    const gaps = byX.slice(1).map((spot, i) => ({ left: byX.slice(0, i + 1), right: byX.slice(i + 1), width: spot.x - byX[i].x, x: (spot.x + byX[i].x) / 2 }));
    const gap = gaps.filter(({ left, right }) => left.length > 1 && right.length > 1).sort((a, b) => b.width - a.width)[0];
    const top = Math.min(...spots.map(({ y }) => y));
    const bottom = Math.max(...spots.map(({ y }) => y));
    await page.mouse.move(gap.x, top - 6);
    await page.mouse.down();
    await page.mouse.move(gap.x, bottom + 6, { steps: 40 });
    await page.mouse.up();
    const crossed = between({ small: gap.left.map(({ name }) => name), large: gap.right.map(({ name }) => name) }).map((pair) => pair.sort().join('-')).sort();
    const { links } = await plate.state();
    assert.deepEqual(Object.keys(links).filter((name) => links[name] !== 'none' && !name.includes('c')).sort(), crossed);
    await context.close();
  });

  test('a crashed leader is replaced, and comes back as a follower', async () => {
    const { plate, context, state } = await open('first-election');
    const leader = newestLeader(state);
    await plate.node(leader).click();
    await plate.press('crash');
    assert.equal((await plate.state()).nodes[leader].role, 'down');
    const replaced = await plate.playUntil('another leader', (now) => settled(now));
    assert.ok(replaced.nodes[newestLeader(replaced)].term > state.nodes[leader].term);
    await plate.node(leader).click();
    await plate.press('restart');
    const back = await plate.playUntil('all five in one term', (now) => settled(now) && having(now, 'follower').length === 4);
    assert.equal(back.nodes[leader].role, 'follower');
    await context.close();
  });

  test('Write sends a client off, and its write is acknowledged', async () => {
    const { page, context } = await visit(browser, site.at(pages.lesson));
    const plate = await mount(page, 'hold-two-leaders');
    const heard = () => plate.root.locator('[role="log"]').innerText();
    const { us } = await plate.state();
    await plate.press('write');
    const asked = /c1 writes (x = \d+)/.exec(await until('the client to ask', heard, (said) => said.includes('c1 writes')));
    assert.equal((await plate.state()).us, us, 'at once, at this moment of the run');
    await plate.press('play');
    const now = () => plate.root.locator('[data-part="now"]').innerText();
    await until('the answer', now, (said) => said.includes(`c1 hears that ${asked[1]} is written`));
    await context.close();
  });

  test('the cluster on the home page can be healed, and cut with the button', async () => {
    const { page, context } = await visit(browser, site.at(pages.home));
    const plate = await mount(page, 'home');
    const pause = async () => { if (await plate.button('play').getAttribute('aria-label') === 'Pause') await plate.press('play'); };
    await pause();
    if (await plate.button('heal').isEnabled()) await plate.press('heal');
    assert.deepEqual(new Set(Object.values((await plate.state()).links)), new Set(['none']));
    await plate.press('cut');
    for (const name of ['A', 'B']) await plate.node(name).click();
    await plate.press('cut-sides');
    const { links } = await plate.state();
    for (const name of ['A-C', 'A-D', 'A-E', 'B-C', 'B-D', 'B-E']) assert.equal(links[name], 'both', name);
    for (const name of ['A-B', 'C-D', 'C-E', 'D-E']) assert.equal(links[name], 'none', name);
    const { us } = await plate.state();
    await plate.press('play');
    await plate.until('time to pass', (state) => state.us > us);
    await context.close();
  });

  test('on a phone a tap on a link asks before it is cut', async () => {
    const { page, context } = await visit(browser, site.at(pages.lesson), phone);
    const plate = await mount(page, 'hold-two-leaders');
    const { leader, large } = sides(await plate.state());
    const far = large.at(-1);
    await plate.pressLink(leader, far, 'touch');
    assert.equal((await plate.state()).links[[leader, far].sort().join('-')], 'none');
    await plate.root.locator('.menu [data-act="cut"]').tap();
    assert.equal((await plate.state()).links[[leader, far].sort().join('-')], 'both');
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth), 'and nothing scrolls sideways');
    await context.close();
  });
});
