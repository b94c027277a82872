// Firefox ESR, driven over WebDriver BiDi.

import { existsSync } from 'node:fs';
import puppeteer from 'puppeteer-core';

/** Starts Firefox: FIREFOX if set, else the system's. */
export async function launchFirefox() {
  const places = [process.env.FIREFOX, '/usr/bin/firefox-esr', '/usr/bin/firefox'];
  const executablePath = places.find((path) => path && existsSync(path));
  if (!executablePath) throw new Error('no Firefox: install it (Debian: apt-get install firefox-esr), or set FIREFOX to its path');
  return puppeteer.launch({ browser: 'firefox', executablePath, headless: true });
}
