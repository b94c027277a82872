import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { findings } from '../lib/axe.js';
import { launch, narrow, until, visit, wide } from '../lib/browser.js';
import { pages, serve } from '../lib/site.js';
import { mount } from '../lib/plate.js';

const lab = 'two-leaders';

describe('two runs side by side', () => {
  let site, browser;
  before(async () => { [site, browser] = await Promise.all([serve(), launch()]); });
  after(async () => { await browser?.close(); await site?.close(); });

  const tool = (plate, name) => plate.root.locator(`.tools [data-do="${name}"]`);
  const by = { mouse: (control) => control.click(), keyboard: (control) => control.press('Enter') };

  /** What each of the two drawings shows: role and term of each server. */
  const shown = (plate) => plate.root.locator('.compare-run').evaluateAll((runs) => runs.map((run) => Object.fromEntries(
    [...run.querySelectorAll('[data-of][data-role]')].map((node) => [node.dataset.of, { role: node.dataset.role, term: Number(node.dataset.term) }]),
  )));

  for (const [how, viewport] of [['mouse', wide], ['keyboard', wide], ['mouse', narrow], ['keyboard', narrow]]) {
    test(`by ${how} at ${viewport.width} px two branches play on one clock, and where they part is marked`, async () => {
      const { page, context, record } = await visit(browser, site.at(pages.lesson), { viewport });
      const plate = await mount(page, lab);
      await plate.press('all');
      for (let back = 0; back < 12; back += 1) await plate.press('step-back');
      const forked = (await plate.state()).us;
      await plate.node('D').focus();
      await page.keyboard.press('4');
      await page.keyboard.press('k');
      for (let on = 0; on < 6; on += 1) await plate.press('step-on');

      await by[how](tool(plate, 'compare'));
      await by[how](plate.root.locator('[data-sheet="compare-with"] [data-do="beside"]').first());
      await plate.root.locator('.compare').waitFor();
      const now = await plate.state();
      const [here, there] = await shown(plate);
      assert.deepEqual(here, now.nodes, 'the first is the run of the plate');
      assert.equal(here.D.role, 'down');
      assert.notEqual(there.D.role, 'down', 'in the second nothing was done to D');
      const go = plate.root.locator('.compare-first [data-at-us]');
      assert.equal(Number(await go.getAttribute('data-at-us')), forked);
      assert.match(await plate.root.locator('.compare-first').textContent(), /crashes D/);

      // Both go on with the one clock.
      for (let on = 0; on < 10; on += 1) await plate.press('step-on');
      const later = await plate.state();
      const [first] = await shown(plate);
      assert.deepEqual(first, later.nodes);
      // The second is what that branch itself shows at this moment.
      const beside = (await shown(plate))[1];
      await by[how](go);
      assert.equal((await plate.state()).us, forked);
      if (viewport === wide) assert.deepEqual(await findings(page), []);

      const boxes = await plate.root.locator('.compare-run').evaluateAll((all) => all.map((one) => one.getBoundingClientRect().toJSON()));
      if (viewport === wide) assert.ok(boxes[0].right <= boxes[1].left, 'side by side');
      else assert.ok(boxes[0].bottom <= boxes[1].top, 'below each other');
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(overflow <= 0, `nothing sticks out at the side: ${overflow}`);

      await by[how](plate.root.locator('.compare-head [data-do="compare"]'));
      await until('the comparison to end', () => plate.root.locator('.compare').count(), (count) => count === 0);
      await plate.root.focus();
      await page.keyboard.press('Shift+B');
      for (let on = 0; on < 400 && (await plate.state()).us < later.us; on += 1) await plate.press('step-on');
      assert.deepEqual((await plate.state()).nodes, beside);
      assert.deepEqual([record.errors, record.breaches], [[], []]);
      await context.close();
    });
  }

  test('while it plays the messages of both runs move', async () => {
    const { page, context } = await visit(browser, site.at(pages.lesson));
    const plate = await mount(page, lab);
    await plate.press('all');
    await tool(plate, 'compare').click();
    await plate.root.locator('[data-do="beside"]').filter({ hasText: 'The same with seed' }).click();
    const marks = () => plate.root.locator('.compare-run .msgs').evaluateAll((all) => all.map((g) => g.innerHTML));
    const before_ = await marks();
    await plate.press('play');
    await until('both to move', marks, ([a, b]) => a !== before_[0] && b !== before_[1]);
    await plate.press('play');
    const [first] = await shown(plate);
    assert.deepEqual(first, (await plate.state()).nodes);
    await context.close();
  });

  test('the same run with one rule switched', async () => {
    const { page, context } = await visit(browser, site.at(pages.lesson));
    const plate = await mount(page, lab);
    await plate.press('all');
    await tool(plate, 'compare').click();
    const switched = plate.root.locator('.compare-or + .compare-with [data-do="beside"]').first();
    const name = await switched.textContent();
    await switched.click();
    await plate.root.locator('.compare-run h4').nth(1).filter({ hasText: name }).waitFor();
    assert.deepEqual((await shown(plate))[0], (await plate.state()).nodes);
    await context.close();
  });
});
