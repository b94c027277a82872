import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { launch, visit } from '../lib/browser.js';
import { pages, serve } from '../lib/site.js';
import { having, healthy, mount, newestLeader, settled, sides } from '../lib/plate.js';

describe('by keyboard only', () => {
  let site, browser;
  before(async () => { [site, browser] = await Promise.all([serve(), launch()]); });
  after(async () => { await browser?.close(); await site?.close(); });

  /** Tabs through the page to one of the plate's stops. Labs on the way mount as they come near. */
  async function tabTo(page, plate, stop) {
    const target = plate.root.locator(stop);
    for (let tabs = 0; tabs < 250; tabs += 1) {
      await page.keyboard.press('Tab');
      if (await target.evaluateAll((all) => all.includes(document.activeElement))) return;
    }
    assert.fail(`250 tabs did not reach ${stop}`);
  }

  /** Plays by key until the state is as wanted, then pauses by key. */
  async function playUntil(page, plate, what, good) {
    for (let presses = 0; presses < 8; presses += 1) await page.keyboard.press(']');
    await page.keyboard.press('Space');
    await plate.until(what, good);
    await page.keyboard.press('Space');
    return plate.state();
  }

  for (const lab of ['two-leaders', 'hold-two-leaders']) {
    test(`X, numbers and Enter split ${lab}; Space, H, Home, End and the arrows do the rest`, async () => {
      const { page, context } = await visit(browser, site.at(pages.lesson));
      const plate = await mount(page, lab);
      await tabTo(page, plate, '[data-playhead]');

      await page.keyboard.press('Home');
      const start = await plate.state();
      assert.equal(start.us, 0, 'Home is the first moment');
      assert.ok(Object.values(start.nodes).every(({ role }) => role === 'follower'));
      await page.keyboard.press('End');
      const before = await playUntil(page, plate, 'a leader that all follow', healthy(lab));

      const { leader, small, large } = sides(before);
      await page.keyboard.press('x');
      for (const name of small) await page.keyboard.press(String(name.charCodeAt(0) - 64));
      await page.keyboard.press('Enter');
      const cut = (await plate.state()).links;
      for (const a of small) for (const b of large) assert.equal(cut[[a, b].sort().join('-')], 'both', `${a}-${b} is cut`);
      assert.equal(cut[small.join('-')], 'none', 'the small side holds together');

      const split = await playUntil(page, plate, 'two leaders', (state) => large.includes(newestLeader(state)));
      assert.equal(split.nodes[leader].role, 'leader', 'the old leader still believes');
      assert.ok(split.nodes[newestLeader(split)].term > split.nodes[leader].term);

      await page.keyboard.press('h');
      const healed = await playUntil(page, plate, 'the old leader to step down', (state) => settled(state) && state.nodes[leader].role === 'follower');

      await page.keyboard.press('ArrowLeft');
      const back = [await plate.state()];
      assert.ok(back[0].us < healed.us);
      for (let step = 0; step < 5; step += 1) {
        await page.keyboard.press('ArrowLeft');
        back.push(await plate.state());
      }
      for (const earlier of back.slice(0, -1).reverse()) {
        await page.keyboard.press('ArrowRight');
        assert.deepEqual(await plate.state(), earlier, 'the arrows retrace the same states');
      }

      await page.keyboard.press('Home');
      assert.deepEqual(await plate.state(), { ...start, us: 0 }, 'the beginning is as it was');
      await page.keyboard.press('End');
      const end = await plate.state();
      assert.ok(end.us >= healed.us - 1, 'End is as late as the run has been');
      await page.keyboard.press('Home');
      await page.keyboard.press('End');
      assert.deepEqual(await plate.state(), end, 'and is always the same');
      await context.close();
    });
  }

  test('on the stage the arrows walk from node to node, K crashes the chosen one and R restarts it', async () => {
    const { page, context } = await visit(browser, site.at(pages.lesson));
    const plate = await mount(page, 'two-leaders');
    await tabTo(page, plate, '[data-node]');
    const focused = () => page.evaluate(() => document.activeElement.dataset.node);
    const first = await focused();
    const walked = [first];
    for (let step = 0; step < 5; step += 1) {
      await page.keyboard.press('ArrowRight');
      walked.push(await focused());
    }
    assert.equal(walked.at(-1), first, 'round the ring and back');
    assert.deepEqual([...new Set(walked)].sort(), ['A', 'B', 'C', 'D', 'E']);
    await page.keyboard.press('k');
    assert.equal((await plate.state()).nodes[first].role, 'down');
    assert.equal(await focused(), first, 'the focus stays where it was');
    await page.keyboard.press('r');
    assert.equal((await plate.state()).nodes[first].role, 'follower');
    await context.close();
  });

  test('X, then Space on the nodes of one side, then Enter cuts without a number', async () => {
    const { page, context } = await visit(browser, site.at(pages.lesson));
    const plate = await mount(page, 'hold-two-leaders');
    await tabTo(page, plate, '[data-node]');
    const one = await page.evaluate(() => document.activeElement.dataset.node);
    await page.keyboard.press('x');
    await page.keyboard.press('Space');
    await page.keyboard.press('Enter');
    const { links } = await plate.state();
    for (const name of ['A', 'B', 'C', 'D', 'E'].filter((name) => name !== one)) assert.equal(links[[one, name].sort().join('-')], 'both');
    await context.close();
  });

  test('Shift X and a number sever the link to that node', async () => {
    const { page, context } = await visit(browser, site.at(pages.lesson));
    const plate = await mount(page, 'hold-two-leaders');
    await tabTo(page, plate, '[data-node]');
    await page.keyboard.press('1');
    await page.keyboard.press('Shift+X');
    await page.keyboard.press('3');
    const { links } = await plate.state();
    assert.deepEqual(Object.keys(links).filter((name) => links[name] !== 'none'), ['A-C']);
    await context.close();
  });

  test('keys do nothing to a lab that the focus is not in', async () => {
    const { page, context } = await visit(browser, site.at(pages.lesson));
    const plate = await mount(page, 'two-leaders');
    const before = await plate.state();
    await page.evaluate(() => document.activeElement?.blur());
    for (const key of ['x', '1', '2', 'h', 'k', 'ArrowLeft']) await page.keyboard.press(key);
    assert.deepEqual(await plate.state(), before);
    assert.equal(having(before, 'down').length, 0);
    await context.close();
  });

  test('Escape leaves the cut tool without cutting', async () => {
    const { page, context } = await visit(browser, site.at(pages.lesson));
    const plate = await mount(page, 'hold-two-leaders');
    await tabTo(page, plate, '[data-node]');
    const before = await plate.state();
    await page.keyboard.press('x');
    await page.keyboard.press('1');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Enter');
    assert.deepEqual((await plate.state()).links, before.links);
    await context.close();
  });
});
