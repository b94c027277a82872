// The main path in Firefox ESR: read, play, cut, see a second leader, go back, share.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { until } from '../lib/browser.js';
import { launchFirefox } from '../lib/firefox.js';
import { between, freeSpot, having, look, newestLeader, sides } from '../lib/plate.js';
import { pages, serve } from '../lib/site.js';

const lab = 'hold-two-leaders';
const inPlate = (selector) => `figure.plate[data-plate="${lab}"] ${selector}`;

describe('in Firefox', () => {
  let site, browser, page;
  const errors = [];
  before(async () => {
    [site, browser] = await Promise.all([serve(), launchFirefox()]);
    page = await browser.newPage();
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('console', (message) => { if (message.type() === 'error') errors.push(message.text()); });
    page.setDefaultTimeout(20_000);
    await page.setViewport({ width: 1440, height: 1000 });
    await page.goto(site.at(pages.lesson));
  });
  after(async () => { await browser?.close(); await site?.close(); });

  /** What the plate shows. */
  const state = () => page.$eval(inPlate('').trim(), look);

  /** Clicks a link where nothing lies over it. */
  async function pressLink(a, b) {
    const spot = await page.$eval(inPlate(`[data-link="${[a, b].sort().join('-')}"]`), freeSpot);
    assert.ok(spot, `a part of the link ${a}-${b} is within reach of a pointer`);
    await page.mouse.click(...spot);
  }

  const press = async (name) => (await page.$(inPlate(`[data-do="${name}"]`))).click();

  test('the lesson is there to read before a lab runs', async () => {
    assert.match(await page.$eval('main', (main) => main.innerText), /leader/);
    assert.equal(await page.$$eval('figure.plate[data-lab]', (all) => all.length), 4);
    assert.equal(await page.$(`figure.plate[data-plate="${lab}"][data-mounted]`), null);
  });

  test('a lab comes to life when it is near', async () => {
    await page.$eval(inPlate('').trim(), (root) => root.scrollIntoView({ block: 'start', behavior: 'instant' }));
    await page.waitForSelector(`figure.plate[data-plate="${lab}"][data-mounted]`);
  });

  test('a cut along the leader is followed by a second leader', async () => {
    const { leader, small, large } = sides(await state());
    // The budget is of one fault: one cut with the buttons, as at the keyboard.
    await press('cut');
    for (const name of small) await (await page.$(inPlate(`[data-node="${name}"]`))).click();
    await press('cut-sides');
    const cut = await until('the cut', state, ({ links }) => between({ small, large }).every((ends) => links[[...ends].sort().join('-')] === 'both'));
    await press('play');
    const two = await until('a second leader', state, (now) => having(now, 'leader').length === 2, 60_000);
    await press('play');
    assert.ok(large.includes(newestLeader(two)));
    assert.ok(two.nodes[newestLeader(two)].term > cut.nodes[leader].term);
  });

  test('the run goes back, and is the same again', async () => {
    const late = await state();
    await page.$eval(inPlate('[data-playhead]'), (playhead) => playhead.focus());
    await page.keyboard.press('Home');
    await until('the beginning', state, ({ us }) => us === 0);
    await page.keyboard.press('End');
    const again = await until('the end of what was seen', state, ({ us }) => us >= late.us - 1);
    assert.deepEqual(having(again, 'leader').sort(), having(late, 'leader').sort());
  });

  test('a link on the stage is cut by a click', async () => {
    const before = await state();
    const [a, b] = ['A', 'D'].filter((name) => before.nodes[name]); // far apart, so that messages leave room
    await press('reset');
    await pressLink(a, b);
    await until('the cut', state, ({ links }) => links[[a, b].sort().join('-')] === 'both');
  });

  test('a moment is shared as a link', async () => {
    const button = await page.$(inPlate('[data-do="share"]:not([disabled])'));
    assert.ok(button, 'the plate has a button to share');
    const shown = await state();
    await button.click();
    const field = await page.waitForSelector(inPlate('.share-url'), { visible: true, timeout: 3_000 });
    const link = await field.evaluate((input) => input.value);
    assert.ok(link.startsWith(site.at(pages.lesson)), link);
    const other = await browser.newPage();
    await other.goto(link);
    await other.waitForSelector(`figure.plate[data-plate="${lab}"][data-mounted]`);
    assert.equal(Number(await other.$eval(inPlate('[data-clock]'), (clock) => clock.dataset.us)), shown.us);
    await other.close();
  });

  test('nothing went wrong on the way', () => assert.deepEqual(errors, []));
});
