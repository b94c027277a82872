import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { findings } from '../lib/axe.js';
import { launch, narrow, visit, wide } from '../lib/browser.js';
import { pages, serve } from '../lib/site.js';
import { mount, mountAll } from '../lib/plate.js';

describe('for every reader', () => {
  let site, browser;
  before(async () => { [site, browser] = await Promise.all([serve(), launch()]); });
  after(async () => { await browser?.close(); await site?.close(); });

  const places = { home: pages.home, 'the lesson': pages.lesson, 'a page that does not exist': 'nowhere/' };

  for (const colorScheme of ['light', 'dark']) {
    for (const viewport of [wide, narrow]) {
      for (const [name, path] of Object.entries(places)) {
        test(`axe finds nothing on ${name}, ${colorScheme}, ${viewport.width} wide, as posters and live`, async () => {
          const { page, context } = await visit(browser, site.at(path), { colorScheme, viewport });
          await page.waitForLoadState('networkidle');
          assert.deepEqual(await findings(page), [], 'as it arrives');
          const plates = await mountAll(page);
          await page.evaluate(() => scrollTo(0, 0)); // nothing lies under the course bar
          if (plates.length > 0) assert.deepEqual(await findings(page), [], 'with its labs mounted');
          await context.close();
        });
      }
    }
  }

  test('axe finds nothing while a lab is split, its tool open and a node chosen', async () => {
    const { page, context } = await visit(browser, site.at(pages.lesson));
    const plate = await mount(page, 'hold-two-leaders');
    await plate.node('B').click();
    await plate.press('cut');
    assert.deepEqual(await findings(page), []);
    await page.keyboard.press('Escape');
    await context.close();
  });

  for (const colorScheme of ['light', 'dark']) {
    test(`the keyboard's focus can be seen on everything that it reaches, ${colorScheme}`, async () => {
      const { page, context } = await visit(browser, site.at(pages.lesson), { colorScheme });
      await mountAll(page);
      await page.evaluate(() => window.scrollTo(0, 0));
      const unseen = [];
      let reached = 0;
      for (; reached < 300; reached += 1) {
        await page.keyboard.press('Tab');
        const seen = await page.evaluate(() => {
          const now = document.activeElement;
          if (!now || now === document.body) return null;
          const label = `${now.nodeName}.${now.className?.baseVal ?? now.className} ${now.dataset?.do ?? ''} ${now.getAttribute('aria-label') ?? now.textContent.slice(0, 30)}`;
          const mark = (one) => {
            const style = getComputedStyle(one);
            return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1.5 || style.boxShadow !== 'none';
          };
          // A node on the stage shows its focus as a ring of its own, drawn inside its group.
          const drawn = [...now.querySelectorAll('.focus-ring, .focus')].some((ring) => ring.checkVisibility() && getComputedStyle(ring).stroke !== 'none' && getComputedStyle(ring).opacity !== '0');
          // A control may lend its focus to the label or row around it.
          const lent = now.matches('input') && [now.parentElement, now.nextElementSibling].some((one) => one && mark(one));
          return { label, ok: mark(now) || drawn || lent };
        });
        if (seen === null) break;
        if (!seen.ok) unseen.push(seen.label);
      }
      assert.ok(reached > 30, `the Tab key reached ${reached} places`);
      assert.ok(reached < 300, 'and came out at the end of the page');
      assert.deepEqual(unseen, []);
      await context.close();
    });
  }

  for (const [name, path] of Object.entries(places)) {
    test(`at 320 pixels nothing on ${name} scrolls sideways`, async () => {
      const { page, context } = await visit(browser, site.at(path), { viewport: { width: 320, height: 640 } });
      const width = () => page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(await width() <= 320, `posters: ${await width()} px`);
      await mountAll(page);
      assert.ok(await width() <= 320, `live: ${await width()} px`);
      await context.close();
    });
  }

  test('with reduced motion nothing starts by itself and nothing glides', async () => {
    const { page, context } = await visit(browser, site.at(pages.home), { reducedMotion: 'reduce' });
    const [plate] = await mountAll(page);
    const opened = await plate.state();
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
    assert.equal((await plate.state()).us, opened.us);
    const moving = await page.evaluate(() => document.getAnimations().filter((one) => one.effect.getComputedTiming().duration > 0).map((one) => one.animationName ?? one.transitionProperty));
    assert.deepEqual(moving, []);
    await context.close();
  });

  test('a node is a button that says its name, its part, its term and its log', async () => {
    const { page, context } = await visit(browser, site.at(pages.lesson));
    const plate = await mount(page, 'two-leaders');
    const { nodes } = await plate.state();
    for (const [name, { role, term }] of Object.entries(nodes)) {
      const label = await plate.node(name).getAttribute('aria-label');
      for (const word of [name, role, `term ${term}`, 'log']) assert.ok(label.includes(word), `“${label}” says ${word}`);
    }
    await context.close();
  });

  test('the time is a slider with its value in words', async () => {
    const { page, context } = await visit(browser, site.at(pages.lesson));
    const plate = await mount(page, 'two-leaders');
    const slider = plate.playhead();
    assert.equal(await slider.getAttribute('role') ?? await slider.evaluate((one) => one.type === 'range' && 'slider'), 'slider');
    assert.equal(await slider.getAttribute('aria-valuetext'), `${(await plate.state()).us / 1000} milliseconds`);
    await context.close();
  });
});
