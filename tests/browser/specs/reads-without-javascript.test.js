import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { launch, visit } from '../lib/browser.js';
import { labs, pages, serve } from '../lib/site.js';

describe('with JavaScript off', () => {
  let site, browser;
  before(async () => { [site, browser] = await Promise.all([serve(), launch()]); });
  after(async () => { await browser?.close(); await site?.close(); });

  const read = (path) => visit(browser, site.at(path), { javaScriptEnabled: false });

  test('home says what this is, and its contents lead to the lesson', async () => {
    const { page, context } = await read(pages.home);
    assert.match(await page.locator('main').innerText(), /distributed systems/i);
    const lessons = await page.locator('main').innerText();
    for (const title of ['Electing a leader', 'The replicated log', 'Quorums', 'Standing still safely']) assert.ok(lessons.includes(title), `the contents name “${title}”`);
    await page.locator('main').getByRole('link', { name: /Electing a leader/ }).first().click();
    assert.match(await page.locator('h1').innerText(), /Electing a leader/);
    await context.close();
  });

  test('the lesson has all its prose, from the first section to the sources', async () => {
    const { page, context } = await read(pages.lesson);
    const text = (await page.locator('main').innerText()).replace(/\s+/g, ' ');
    for (const sentence of [
      'Silence is all that a follower ever observes.',
      'So there is at most one leader in a term.',
      'Two nodes believe; one can act.',
      'It arranges matters so that being wrong costs time, and nothing else.',
      'Lesson 16 comes back to that.',
      'Safety rests on terms and majorities, never on timing.',
      'In Search of an Understandable Consensus Algorithm',
    ]) assert.ok(text.includes(sentence), `the page says: ${sentence}`);
    await context.close();
  });

  for (const [name, path, ids] of [['home', pages.home, ['home']], ['the lesson', pages.lesson, labs]]) {
    test(`${name} shows each lab as a drawing with its nodes, a caption and the run in words`, async () => {
      const { page, context } = await read(path);
      for (const id of ids) {
        const plate = page.locator(`figure.plate[data-plate="${id}"]`);
        assert.equal(await plate.count(), 1, `one plate for ${id}`);
        const names = await plate.locator('svg [data-node]').evaluateAll((all) => all.filter((one) => one.checkVisibility()).map((one) => one.dataset.node));
        assert.deepEqual([...new Set(names)].sort(), ['A', 'B', 'C', 'D', 'E'], `${id} draws its nodes`);
        assert.ok((await plate.locator('svg:visible').first().boundingBox()).height > 100, `${id} is large enough to read`);
        const caption = plate.locator('figcaption').first();
        assert.ok(await caption.isVisible(), `the caption of ${id} is in sight`);
        assert.ok((await caption.innerText()).length > 40, `the caption of ${id} says what to see`);
        const words = plate.locator('details').filter({ hasText: 'in words' }).first();
        await words.locator('summary').click();
        const told = await words.innerText();
        assert.match(told, /\d ms/, `the transcript of ${id} gives times`);
        assert.match(told, /[A-E]\b/, `the transcript of ${id} names nodes`);
      }
      await context.close();
    });
  }

  test('nothing on a static plate pretends that it can be pressed', async () => {
    const { page, context } = await read(pages.lesson);
    const dead = await page.locator('figure.plate button').evaluateAll((all) => all.filter((one) => one.checkVisibility() && !one.disabled).map((one) => one.outerHTML.slice(0, 100)));
    assert.deepEqual(dead, []);
    await context.close();
  });

  test('the question asked first can be answered by reading on', async () => {
    const { page, context } = await read(pages.lesson);
    const predict = page.locator('.predict').first();
    assert.ok((await predict.innerText()).includes('who believes that it leads?'));
    const recall = page.locator('details', { hasText: 'The three elect a leader in a new term' }).first();
    if (!await recall.getByText('The three elect a leader in a new term').isVisible()) await recall.locator('summary').click();
    assert.ok(await recall.getByText('The three elect a leader in a new term').isVisible());
    await context.close();
  });
});
