// The half of a lab's code that comes second: it completes the lab, and nothing that is done before is lost.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { launch, narrow, until, visit } from '../lib/browser.js';
import { bringToLife } from '../lib/plate.js';
import { pages, serve } from '../lib/site.js';

const second = '**/more-*.wasm';

describe('the second half of a lab', () => {
  let site, browser;
  before(async () => { [site, browser] = await Promise.all([serve(), launch()]); });
  after(async () => { await browser?.close(); await site?.close(); });

  /** Opens the lesson with something done to every request for the second half. */
  const open = async (route, options = {}) => {
    const { page, record, context } = await visit(browser, 'about:blank', options);
    await page.route(second, route);
    await page.goto(site.at(pages.lesson));
    return { page, record, context };
  };
  const complete = (plate) => plate.root.and(plate.page.locator('[data-complete]'));
  const says = (plate, what) => until('the plate to say so', () => plate.root.locator('[data-part="now"]').innerText(), (text) => what.test(text));

  test('is fetched once the first lab is alive, once for all of them', async () => {
    const { page, record, context } = await open((route) => route.continue(), { viewport: narrow });
    const fetched = () => record.requests.filter((url) => /\/more-[0-9a-f]+\.wasm$/.test(url)).length;
    await page.waitForLoadState('networkidle');
    assert.equal(fetched(), 0, 'not before a lab is near');
    for (const lab of ['first-election', 'two-leaders']) await complete(await bringToLife(page, lab)).waitFor();
    assert.equal(fetched(), 1);
    await context.close();
  });

  test('is not waited for by what the first half does', async () => {
    let release;
    const held = new Promise((go) => { release = go; });
    const { page, context } = await open(async (route) => { await held; await route.continue(); });
    const plate = await bringToLife(page, 'two-leaders');
    const { us, links } = await plate.state();
    await plate.press('play');
    await plate.until('time to pass', (state) => state.us > us);
    await plate.press('play');
    const whole = Object.keys(links).find((link) => links[link] === 'none');
    const [a, b] = whole.split('-');
    await plate.pressLink(a, b);
    await plate.until('the link to be cut', (state) => state.links[whole] === 'both');
    assert.equal(await complete(plate).count(), 0);
    release();
    await complete(plate).waitFor();
    assert.equal((await plate.state()).links[whole], 'both', 'what was done stays done');
    await context.close();
  });

  test('does what was asked for before it was there', async () => {
    let release;
    const held = new Promise((go) => { release = go; });
    const { page, context } = await open(async (route) => { await held; await route.continue(); });
    const plate = await bringToLife(page, 'first-election');
    await plate.button('share').first().click();
    await says(plate, /on its way/);
    assert.equal(await plate.root.locator('[data-sheet="share"]:not([hidden])').count(), 0);
    release();
    await plate.root.locator('[data-sheet="share"] .share-url').waitFor();
    await complete(plate).waitFor();
    await context.close();
  });

  test('that can’t be fetched is told of, the rest works, and the next who asks fetches it', async () => {
    let broken = true;
    const { page, context } = await open((route) => (broken ? route.abort() : route.continue()));
    const plate = await bringToLife(page, 'first-election');
    await says(plate, /could not be fetched/);
    const { us } = await plate.state();
    await plate.press('step-on');
    await plate.until('a step', (state) => state.us > us);
    await plate.button('share').first().click();
    await says(plate, /could not be fetched/);
    broken = false;
    await plate.button('share').first().click();
    await plate.root.locator('[data-sheet="share"] .share-url').waitFor();
    await complete(plate).waitFor();
    await context.close();
  });
});
