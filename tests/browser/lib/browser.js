// One Chromium for a spec file, one fresh context for each visit, and a record of everything that went wrong in it.

import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

/** What Chromium is started with. */
export const flags = [
  '--no-sandbox', // Chromium refuses to run as root with it, and the only pages here are our own
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The widths that the pages are tested at. */
export const wide = { width: 1440, height: 900 };
export const narrow = { width: 390, height: 700 };

/** A phone: narrow, and touched. */
export const phone = { viewport: narrow, hasTouch: true, isMobile: true };

/** A desk in light and a phone in the dark, by name. */
export const places = [['1440 px, light', { viewport: wide, colorScheme: 'light' }], ['390 px, dark', { ...phone, colorScheme: 'dark' }]];

/** Where Chromium is: CHROMIUM if set, else the system's. */
export function chromiumPath() {
  const places = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
  const executablePath = places.find((path) => path && existsSync(path));
  if (!executablePath) throw new Error('no Chromium: install it (Debian: apt-get install chromium), or set CHROMIUM to its path');
  return executablePath;
}

/** Starts Chromium, with more flags if they are given. */
export const launch = (more = []) => chromium.launch({ executablePath: chromiumPath(), args: [...flags, ...more] });

/**
 * Opens `address` as a reader would: `options` are Playwright's context options (viewport, colorScheme, hasTouch, ...).
 * The visit records requests, console messages, script errors and breaches of the content security policy.
 */
export async function visit(browser, address, options = {}) {
  const context = await browser.newContext({ viewport: wide, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const record = { requests: [], failed: [], console: [], errors: [], breaches: [], policies: [] };
  page.on('request', (request) => record.requests.push(request.url()));
  page.on('requestfailed', (request) => record.failed.push(`${request.url()}: ${request.failure()?.errorText}`));
  page.on('response', (response) => {
    if (response.status() >= 400) record.failed.push(`${response.url()}: ${response.status()}`);
    if (response.request().resourceType() === 'document') record.policies.push(response.headers()['content-security-policy'] ?? '');
  });
  page.on('console', (message) => record.console.push({ type: message.type(), text: message.text() }));
  page.on('pageerror', (error) => record.errors.push(String(error)));
  await context.exposeBinding('recordBreach', (_, breach) => record.breaches.push(breach));
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      window.recordBreach(`${event.effectiveDirective}: ${event.blockedURI} at ${event.sourceFile}:${event.lineNumber}`);
    });
  });
  const response = await page.goto(address);
  return { page, context, record, response };
}

/**
 * Asks `look` again and again until `good` likes the answer, and returns it.
 * For states that come about by themselves: fails with the last answer, so that the report says how far it got.
 */
export async function until(what, look, good, patience_ms = 20_000) {
  const deadline = Date.now() + patience_ms;
  for (;;) {
    const seen = await look();
    if (good(seen)) return seen;
    if (Date.now() > deadline) throw new Error(`waited ${patience_ms} ms for ${what}; last saw ${JSON.stringify(seen)}`);
    await new Promise((again) => setTimeout(again, 30));
  }
}
