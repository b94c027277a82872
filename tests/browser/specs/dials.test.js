import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { findings } from '../lib/axe.js';
import { launch, narrow, visit, wide } from '../lib/browser.js';
import { pages, serve } from '../lib/site.js';
import { having, mount } from '../lib/plate.js';

const lab = 'two-leaders';

describe('luck and dials', () => {
  let site, browser;
  before(async () => { [site, browser] = await Promise.all([serve(), launch()]); });
  after(async () => { await browser?.close(); await site?.close(); });

  /** The lab with all its controls, at a moment at which one server leads and the lesson has not interfered yet. */
  async function led(options) {
    const seen = await visit(browser, site.at(pages.lesson), options);
    const plate = await mount(seen.page, lab);
    await plate.press('all');
    await plate.root.focus();
    await seen.page.keyboard.press('Home');
    for (let steps = 0; steps < 300 && having(await plate.state(), 'leader').length === 0; steps += 1) await plate.press('step-on');
    const state = await plate.state();
    return { ...seen, plate, state, leader: having(state, 'leader')[0] };
  }

  const tool = (plate, name) => plate.root.locator(`.tools [data-do="${name}"]`);
  const sheet = (plate, name) => plate.root.locator(`[data-sheet="${name}"]`);
  const said = (plate) => plate.root.locator('[data-part="now"]');

  /** Presses a control as this reader does. */
  const by = { mouse: (control) => control.click(), keyboard: (control) => control.press('Enter') };

  for (const [how, viewport] of [['mouse', wide], ['keyboard', wide], ['mouse', narrow], ['keyboard', narrow]]) {
    test(`by ${how} at ${viewport.width} px the server of one's choice asks at once, and a leader is left alone`, async () => {
      const { page, context, plate, leader, record } = await led({ viewport });
      const press = by[how];
      const other = leader === 'E' ? 'D' : 'E';
      await plate.node(leader).focus();
      await page.keyboard.press(String(leader.charCodeAt(0) - 64));
      await press(tool(plate, 'luck'));
      await sheet(plate, 'luck').waitFor();
      await press(plate.button('elect'));
      await said(plate).filter({ hasText: `${leader} leads already` }).waitFor();

      await plate.node(other).focus();
      await page.keyboard.press(String(other.charCodeAt(0) - 64));
      const before_ = (await plate.state()).nodes[other].term;
      await press(plate.button('elect'));
      const { nodes } = await plate.state();
      assert.equal(nodes[other].role, 'candidate');
      assert.equal(nodes[other].term, before_ + 1);
      await said(plate).filter({ hasText: `${other}'s timer runs out now.` }).waitFor();
      if (how === 'mouse' && viewport === wide) assert.deepEqual(await findings(page), []);
      await page.keyboard.press('Escape');
      await sheet(plate, 'luck').waitFor({ state: 'hidden' });
      await page.keyboard.press('Home');
      assert.equal((await plate.state()).us, 0, 'the keys stay with the plate');
      assert.deepEqual([record.errors, record.breaches], [[], []]);
      await context.close();
    });

    test(`by ${how} at ${viewport.width} px a split vote makes candidates of all who follow`, async () => {
      const { context, plate, state, leader } = await led({ viewport });
      await by[how](tool(plate, 'luck'));
      await by[how](plate.button('split-vote'));
      const { nodes } = await plate.state();
      const followed = Object.keys(state.nodes).filter((name) => name !== leader);
      assert.deepEqual(followed.filter((name) => nodes[name].role !== 'candidate'), []);
      await said(plate).filter({ hasText: /^4 timers run out at once\./ }).waitFor();
      await context.close();
    });
  }

  test('a new seed is another run at the same moment; the old one comes back, and can be compared with', async () => {
    const { page, context, plate } = await led();
    await plate.press('end');
    const first = await plate.state();
    await tool(plate, 'luck').click();
    const seed = sheet(plate, 'luck').locator('[data-on="seed"]');
    const own = BigInt(await seed.inputValue());
    await plate.press('new-seed');
    assert.equal(await seed.inputValue(), String(own + 1n));
    const second = await plate.state();
    assert.equal(second.us, first.us);
    await seed.fill('not a number');
    await seed.press('Enter');
    await sheet(plate, 'luck').locator('[data-said]').filter({ hasText: 'whole number' }).waitFor();
    assert.equal(await seed.inputValue(), String(own + 1n), 'the field shows what is');
    await seed.fill(String(own + 7n));
    await seed.press('Enter');
    assert.equal((await plate.state()).us, first.us);
    await sheet(plate, 'luck').getByText('Compare with the run before').click();
    await plate.root.locator('.compare-run').nth(1).getByText(`seed ${own + 1n}`).waitFor();
    assert.equal(await plate.root.locator('.compare').evaluate((el) => el === document.activeElement), true);
    await tool(plate, 'luck').click();
    await plate.press('own-seed');
    assert.deepEqual(await plate.state(), first, 'the same seed is the same run');
    assert.deepEqual(await findings(page), []);
    await context.close();
  });

  for (const [how, viewport] of [['mouse', wide], ['keyboard', narrow]]) {
    test(`by ${how} at ${viewport.width} px every kind of dial turns, keeps the acts and the moment, and turns back`, async () => {
      const { page, context, plate, record } = await led({ viewport });
      await plate.node('A').focus();
      await page.keyboard.press('1');
      await page.keyboard.press('k');
      for (let on = 0; on < 5; on += 1) await plate.press('step-on');
      const first = await plate.state();
      await by[how](tool(plate, 'dials'));
      const dials = sheet(plate, 'dials');
      await dials.locator('.dial').first().waitFor();
      const changed = () => dials.locator('.dial.is-changed').evaluateAll((all) => all.map((one) => one.dataset.key));
      assert.deepEqual(await changed(), []);
      if (how === 'mouse') assert.deepEqual(await findings(page), []);

      const turn = dials.locator('[role="switch"]').first();
      const was = await turn.getAttribute('aria-checked');
      await by[how](turn);
      assert.notEqual(await turn.getAttribute('aria-checked'), was);
      assert.equal((await changed()).length, 1);
      assert.equal((await plate.state()).us, first.us, 'the same moment');
      assert.equal((await plate.state()).nodes.A.role, 'down', 'the same acts');

      const heartbeat = dials.locator('[data-key="raft.heartbeat"] input');
      await heartbeat.fill('140');
      await heartbeat.press('Enter');
      await dials.locator('.dial-warnings p').first().waitFor();
      assert.equal(await heartbeat.inputValue(), '140');
      await heartbeat.fill('soon');
      await heartbeat.press('Enter');
      await dials.locator('[data-said]').filter({ hasText: /./ }).waitFor();
      assert.equal(await heartbeat.inputValue(), '140', 'a refused value is taken back');

      const often = dials.locator('[data-key$=".write_every"]').first().getByRole('button', { name: '20', exact: true });
      await by[how](often);
      assert.equal(await often.getAttribute('aria-pressed'), 'true');
      if (how === 'mouse') assert.deepEqual(await findings(page), []);

      await by[how](plate.button('dials-own'));
      assert.deepEqual(await changed(), []);
      assert.deepEqual(await plate.state(), first, 'as it was');
      assert.equal(await dials.locator('.dial-warnings p').count(), 0);
      assert.deepEqual([record.errors, record.breaches], [[], []]);
      await context.close();
    });
  }
});
