import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { after, before, describe, test } from 'node:test';
import { narrow, until, visit, launch, wide } from '../lib/browser.js';
import { findings } from '../lib/axe.js';
import { binary, pages, serve } from '../lib/site.js';
import { mount, Plate } from '../lib/plate.js';

const run = promisify(execFile);
const lab = 'two-leaders';

describe('sharing a moment', () => {
  let site, browser;
  before(async () => { [site, browser] = await Promise.all([serve(), launch()]); });
  after(async () => { await browser?.close(); await site?.close(); });

  /** A lab on which the reader has done something in the past: a link is cut, and some events have passed since. */
  async function acted(options) {
    const seen = await visit(browser, site.at(pages.lesson), options);
    const plate = await mount(seen.page, lab);
    for (let back = 0; back < 3; back += 1) await plate.press('step-back');
    await plate.node('A').focus();
    await seen.page.keyboard.press('1');
    await seen.page.keyboard.press('k');
    for (let on = 0; on < 4; on += 1) await plate.press('step-on');
    const state = await plate.state();
    assert.equal(state.nodes.A.role, 'down', 'A was crashed by the reader');
    return { ...seen, plate, state };
  }

  const link = (plate) => plate.root.locator('.share-sheet .share-url');
  const said = (plate) => plate.root.locator('[data-share-said]');

  /** Opens a link in a browser that has never seen the page, and waits for its lab. */
  async function opened(address, options) {
    const seen = await visit(browser, address, options);
    const root = seen.page.locator(`figure.plate[data-plate="${lab}"]`);
    await root.and(seen.page.locator('[data-mounted]')).waitFor();
    return { ...seen, plate: new Plate(seen.page, root) };
  }

  for (const [by, viewport] of [['mouse', wide], ['keyboard', wide], ['mouse', narrow], ['keyboard', narrow]]) {
    test(`a link made by ${by} at ${viewport.width} px leads to the same state elsewhere`, async () => {
      const { page, context, record, plate, state } = await acted({ viewport });
      if (by === 'mouse') await plate.press('share');
      else await page.keyboard.press('s');
      await link(plate).waitFor();
      const address = await link(plate).inputValue();
      assert.match(address, /^http[^#]*electing-a-leader\/#lab=two-leaders&run=[\w-]+&ms=\d+$/);

      const other = await opened(address, { viewport });
      assert.deepEqual(await other.plate.state(), state);
      const box = await other.plate.root.boundingBox();
      assert.ok(box.y < viewport.height && box.y + box.height > 0, 'the plate is in view');
      await other.plate.press('step-on');
      await plate.press('step-on');
      assert.deepEqual(await other.plate.state(), await plate.state(), 'and both go on alike');
      for (const { errors, breaches, requests } of [record, other.record]) {
        assert.deepEqual([errors, breaches], [[], []]);
        assert.ok(requests.every((url) => url.startsWith(site.origin)), 'nothing leaves the origin');
      }
      await Promise.all([context.close(), other.context.close()]);
    });
  }

  test('the link is copied where that is allowed, and selected where it is not', async () => {
    const { page, context, plate } = await acted({ permissions: ['clipboard-read', 'clipboard-write'] });
    await page.keyboard.press('s');
    await link(plate).waitFor();
    const address = await link(plate).inputValue();
    await plate.root.locator('[data-share="copy"]').click();
    await said(plate).filter({ hasText: /^Link copied\. It opens at \d+ ms\.$/ }).waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), address);
    assert.deepEqual(await findings(page), []);
    await page.keyboard.press('Escape');
    await until('the sheet to close', () => plate.root.locator('.share-sheet').isVisible(), (open) => !open);
    await context.close();

    const bare = await visit(browser, site.at(pages.lesson));
    await bare.page.addInitScript(() => Object.defineProperty(Navigator.prototype, 'clipboard', { value: undefined }));
    await bare.page.reload();
    const there = await mount(bare.page, lab);
    await there.press('share');
    await there.root.locator('[data-share="copy"]').click();
    await said(there).filter({ hasText: /The link is selected/ }).waitFor();
    const selected = await link(there).evaluate((field) => field.value.slice(field.selectionStart, field.selectionEnd));
    assert.equal(selected, await link(there).inputValue());
    await bare.context.close();
  });

  test('a link survives what chat programs add, and a damaged one says why', async () => {
    const { page, context, plate, state } = await acted();
    await page.keyboard.press('s');
    await link(plate).waitFor();
    const address = await link(plate).inputValue();
    await context.close();

    const junk = await opened(`${address}).&utm_source=chat`);
    assert.deepEqual(await junk.plate.state(), state);
    // Another link in the same page leads there at once.
    await junk.page.evaluate(() => { location.hash = '#lab=two-leaders&run=AgEF'; });
    const note = junk.plate.root.locator('.link-note');
    await note.waitFor();
    assert.match(await note.textContent(), /could not be opened: the code .*copy the whole of it/);
    const own = await junk.plate.state();
    assert.notEqual(own.us, state.us, 'the lab stands as the lesson has it');
    await junk.page.evaluate((hash) => { location.hash = hash; }, new URL(address).hash);
    await junk.plate.until('the shared state', (now) => now.us === state.us);
    assert.deepEqual(await junk.plate.state(), state);
    assert.equal(await note.count(), 0, 'the note has gone');
    await junk.context.close();

    const [, code] = /run=([\w-]+)/.exec(address);
    const flipped = code.slice(0, 40) + (code[40] === 'A' ? 'B' : 'A') + code.slice(41);
    for (const [bad, why] of [[code.slice(0, -7), /damaged|garbled/], [flipped, /damaged/], ['A'.repeat(4000), /version|damaged/], ['_____', /garbled|version/]]) {
      const broken = await opened(address.replace(code, bad));
      const { root } = broken.plate;
      assert.match(await root.locator('.link-note').textContent(), why, bad.slice(0, 60));
      assert.equal((await broken.plate.state()).us, own.us);
      await root.locator('[data-do="put-away"]').click();
      assert.equal(await root.locator('.link-note').count(), 0);
      assert.deepEqual(broken.record.errors, []);
      await broken.context.close();
    }
  });

  test('the run is saved as a file that the command line reads, the figure as a drawing that stands alone', async () => {
    const { page, context, record, plate, state } = await acted({ acceptDownloads: true });
    await page.keyboard.press('s');
    const kept = async (what) => {
      const [download] = await Promise.all([page.waitForEvent('download'), plate.root.locator(`[data-share="${what}"]`).click()]);
      return { path: await download.path(), name: download.suggestedFilename() };
    };
    const file = await kept('file');
    assert.equal(file.name, `${lab}.toml`);
    const { stdout } = await run(binary(), ['run', file.path, '--until', `${state.us}us`, '--json']);
    const roles = (nodes) => Object.fromEntries(nodes.map((node) => [node.name, node.epoch]));
    assert.deepEqual(roles(JSON.parse(stdout).view.nodes), Object.fromEntries(Object.entries(state.nodes).map(([name, { term }]) => [name, term])));
    const link_ = await link(plate).inputValue();
    const told = JSON.parse((await run(binary(), ['run', link_, '--json'])).stdout);
    assert.equal(told.until, state.us, 'the command line reads the link as well');

    const drawing = await kept('figure');
    assert.match(drawing.name, /^two-leaders-\d+ms\.svg$/);
    const svg = await readFile(drawing.path, 'utf8');
    assert.equal(/ class=| style=|var\(|light-dark|url\(/.exec(svg)?.[0], undefined, 'it needs nothing of the page');
    const alone = await context.newPage();
    await alone.goto(`file://${drawing.path}`);
    await alone.close();
    const parsed = await page.evaluate((text) => {
      const tree = new DOMParser().parseFromString(text, 'image/svg+xml');
      return { broken: tree.querySelectorAll('parsererror').length, texts: [...tree.querySelectorAll('text')].map((t) => t.textContent.trim()) };
    }, svg);
    assert.equal(parsed.broken, 0);
    for (const name of Object.keys(state.nodes)) assert.ok(parsed.texts.includes(name), `${name} is in the drawing`);
    assert.deepEqual([record.errors, record.breaches], [[], []]);
    await context.close();
  });
});
