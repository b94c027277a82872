// What Lighthouse says of the lesson on a phone.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { launch as launchChrome } from 'chrome-launcher';
import lighthouse from 'lighthouse';
import { chromiumPath, flags } from '../lib/browser.js';
import { pages, serve } from '../lib/site.js';

/** Lighthouse's scores, of 100. */
const wanted = { performance: 95, accessibility: 100, 'best-practices': 100, seo: 100 };
/** How often speed is measured: the middle one counts. */
const RUNS = 3;

describe('Lighthouse on a phone', () => {
  let site, chrome, reports;

  const audit = async (onlyCategories) => {
    const { lhr } = await lighthouse(site.at(pages.lesson), { port: chrome.port, output: [], logLevel: 'error', onlyCategories });
    assert.equal(lhr.runtimeError, undefined);
    assert.equal(lhr.configSettings.formFactor, 'mobile');
    return lhr;
  };

  before(async () => {
    site = await serve();
    chrome = await launchChrome({ chromePath: chromiumPath(), chromeFlags: [...flags, '--headless=new'], logLevel: 'error' });
    const whole = await audit(Object.keys(wanted));
    reports = [whole];
    while (reports.length < RUNS) reports.push(await audit(['performance']));
  });
  after(async () => { await chrome?.kill(); await site?.close(); });

  const score = (report, category) => Math.round(report.categories[category].score * 100);

  /** The audits that took points away: what they are about, and what they found. */
  const lost = (report, category) => report.categories[category].auditRefs
    .filter(({ id, weight }) => weight > 0 && report.audits[id].score !== null && report.audits[id].score < 1)
    .map(({ id }) => {
      const { title, displayValue = '', details } = report.audits[id];
      const found = (details?.items ?? []).slice(0, 3).map((item) => item.node?.snippet ?? item.description ?? item.url ?? item.sourceLocation?.url).filter(Boolean);
      return [`${id}: ${title}`, displayValue, ...found].filter(Boolean).join('; ');
    });

  for (const [category, least] of Object.entries(wanted)) {
    test(`gives ${category} ${least} or more`, (t) => {
      const measured = reports.filter((report) => report.categories[category]).sort((a, b) => score(a, category) - score(b, category));
      const middle = measured[Math.floor(measured.length / 2)];
      t.diagnostic(`${category}: ${score(middle, category)} (${measured.map((report) => score(report, category)).join(', ')})`);
      if (category === 'performance') {
        for (const id of ['first-contentful-paint', 'largest-contentful-paint', 'total-blocking-time', 'cumulative-layout-shift', 'speed-index']) {
          t.diagnostic(`${id}: ${middle.audits[id].displayValue}`);
        }
      }
      assert.ok(score(middle, category) >= least, `${category} is ${score(middle, category)}, wanted ${least}:\n${lost(middle, category).join('\n')}`);
    });
  }
});
