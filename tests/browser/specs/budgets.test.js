import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, describe, test } from 'node:test';
import { launch, visit } from '../lib/browser.js';
import { pages, serve } from '../lib/site.js';
import { mountAll } from '../lib/plate.js';

const KB = 1000;

/** Fetches an address as a browser with brotli would; counts the bytes of the body as they cross the wire. */
const transfer = (url) => new Promise((resolve, reject) => {
  http.get(url, { headers: { 'accept-encoding': 'br' } }, (response) => {
    let bytes = 0;
    response.on('data', (chunk) => { bytes += chunk.length; });
    response.on('end', () => resolve({ url, status: response.statusCode, encoding: response.headers['content-encoding'], bytes }));
    response.on('error', reject);
  }).on('error', reject);
});

describe('the first lesson over the wire, with brotli', () => {
  let site, browser, documents, styles, code, fonts, preloaded;
  before(async () => {
    [site, browser] = await Promise.all([serve(), launch()]);
    const { page, record } = await visit(browser, site.at(pages.lesson));
    await mountAll(page);
    await page.waitForLoadState('networkidle');
    const named = await page.evaluate(() => ({
      styles: [...document.styleSheets].map(({ href }) => href).filter(Boolean),
      fonts: [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]).flatMap(function faces(rule) {
        if (rule instanceof CSSFontFaceRule) return [...rule.style.getPropertyValue('src').matchAll(/url\("?([^")]+)"?\)/g)].map(([, url]) => new URL(url, rule.parentStyleSheet.href).href);
        return rule.cssRules ? [...rule.cssRules].flatMap(faces) : [];
      }),
      preloaded: [...document.querySelectorAll('link[rel=preload][as=font]')].map(({ href }) => href),
    }));
    const sized = (urls) => Promise.all([...new Set(urls)].map(transfer));
    documents = await sized([page.url()]);
    styles = await sized(named.styles);
    code = await sized(record.requests.filter((url) => /\.(wasm|m?js)$/.test(url)));
    fonts = await sized(named.fonts);
    preloaded = await sized(named.preloaded);
  });
  after(async () => { await browser?.close(); await site?.close(); });

  /** Holds the files to a budget, and prints what they weigh. */
  function within(context, limit, files) {
    const sum = files.reduce((all, { bytes }) => all + bytes, 0);
    for (const { url, bytes, encoding } of files) context.diagnostic(`${String(bytes).padStart(7)} B ${encoding ?? 'as is'} ${new URL(url).pathname}`);
    context.diagnostic(`${String(sum).padStart(7)} B of ${limit}`);
    assert.ok(files.length > 0);
    assert.deepEqual(files.filter(({ status }) => status !== 200), []);
    assert.ok(sum <= limit, `${sum} B is over the budget of ${limit} B`);
  }

  test('text comes compressed', () => {
    for (const { url, encoding } of [...documents, ...styles, ...code]) assert.equal(encoding, 'br', url);
  });
  test('HTML and CSS stay within 45 KB', (t) => within(t, 45 * KB, [...documents, ...styles]));
  test('what makes a lab live stays within 170 KB: the first half of the WASM, its glue and the script that mounts', (t) => {
    const first = code.filter(({ url }) => /\/(app|app-opt|boot)-[0-9a-f]+\.(wasm|js)$/.test(url));
    assert.equal(first.length, 3);
    within(t, 170 * KB, first);
  });
  test('both halves of the WASM, the glue and the scripts stay within 280 KB', (t) => {
    assert.equal(code.filter(({ url }) => url.endsWith('.wasm')).length, 2);
    within(t, 280 * KB, code);
  });
  test('all fonts stay within 260 KB', (t) => within(t, 260 * KB, fonts));
  test('preloaded fonts stay within 170 KB', (t) => {
    within(t, 170 * KB, preloaded);
    for (const { url } of preloaded) assert.ok(fonts.some((font) => font.url === url), `${url} is preloaded, so a style uses it`);
  });
});
