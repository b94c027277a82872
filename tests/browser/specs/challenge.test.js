import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { launch, visit } from '../lib/browser.js';
import { pages, serve } from '../lib/site.js';
import { having, mount, newestLeader, sides } from '../lib/plate.js';

describe('the challenge “Two leaders for five seconds”', () => {
  let site, browser;
  before(async () => { [site, browser] = await Promise.all([serve(), launch()]); });
  after(async () => { await browser?.close(); await site?.close(); });

  async function open() {
    const visited = await visit(browser, site.at(pages.lesson));
    return { ...visited, plate: await mount(visited.page, 'hold-two-leaders') };
  }

  /** The goals as the page judges them: `is-reached`, `is-kept`, `is-lost`, or nothing while open. */
  const goals = (plate) => plate.page.locator('[data-challenge="hold-two-leaders"] .goals > li').evaluateAll((all) => all.map((one) => one.className));

  test('is reached by cutting the leader and one follower away, with the buttons', async () => {
    const { plate, context } = await open();
    const before = await plate.state();
    const { leader, small, large } = sides(before);
    await plate.press('cut');
    for (const name of small) await plate.node(name).click();
    await plate.press('cut-sides');
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
    assert.match(await plate.root.innerText(), /fault/i);
    await context.close();
  });
});
