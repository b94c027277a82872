// Pictures of a plate, compared with those that are kept.
//
//   UPDATE_LOOKS=1  keeps what the plate looks like now, in place of what was kept
//   LOOKS=FOLDER    keeps and looks up pictures there rather than in `looks/`: to look at them before they are kept

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pixelmatch from 'pixelmatch';
import { PNG } from 'pngjs';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** Where the pictures are that are kept. */
export const folder = process.env.LOOKS ?? at('looks');

/** How far two colours may lie apart and still be the same: 0 is the same colour, 1 black and white. */
export const THRESHOLD = 0.15;
/** The share of pixels that may differ, smoothed edges of shapes not counted: far less than one mark of the stage. */
export const TOLERANCE = 0.0002;

/** Colours are kept in steps of this size, of 255: far below the threshold. */
const STEP = 15;

/** Whether pictures are to be kept rather than compared. */
export const updating = process.env.UPDATE_LOOKS === '1';

/** What moves by itself, or blinks, stands still. */
export async function freeze(page) {
  await page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('*, *::before, *::after { animation: none !important; transition: none !important; caret-color: transparent !important; scroll-behavior: auto !important; } ::-webkit-scrollbar { display: none; }');
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    return document.fonts.ready;
  });
}

/**
 * Takes away what the element stands among, and makes the window so high that all of it is in sight: neither what is
 * written before it nor other plates move it, and a page that scrolls while it is pictured is pictured between two
 * pixels.
 */
export async function alone(page, element) {
  const height = await element.evaluate((root) => {
    for (let inner = root; inner !== document.body; inner = inner.parentElement) {
      for (const other of inner.parentElement.children) {
        if (other !== inner && !other.matches('svg, template, script')) other.style.display = 'none';
      }
    }
    return Math.ceil(root.getBoundingClientRect().height);
  });
  const { width, height: now } = page.viewportSize();
  if (now < height + 400) await page.setViewportSize({ width, height: height + 400 });
}

/** Waits until everything that has changed is drawn. */
const drawn = (page) => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));

/** A picture of the element, or of one part of it, with the pointer and the focus out of the way. */
export async function picture(page, element, part = element) {
  await page.mouse.move(0, 0);
  await page.evaluate(() => document.activeElement?.blur());
  await alone(page, element);
  return still(page, part);
}

/** A picture of a part of the page as it stands, the pointer in the midst of what it does; of the window if `part` is none. */
export async function still(page, part) {
  await drawn(page);
  return (part ?? page).screenshot({ animations: 'disabled', caret: 'hide', scale: 'css' });
}

/** The picture as it is kept: without the last bits of its colours, which nobody sees, and so a third as large. */
function small(picture) {
  const kept = new PNG({ width: picture.width, height: picture.height });
  for (let i = 0; i < picture.data.length; i += 1) kept.data[i] = i % 4 === 3 ? 255 : Math.round(picture.data[i] / STEP) * STEP;
  return PNG.sync.write(kept, { colorType: 2, inputHasAlpha: true, filterType: 0, deflateLevel: 9, deflateStrategy: 0 });
}

/**
 * Compares a picture with the one that is kept under this name.
 *
 * @throws {Error} if they differ, naming the two pictures and their difference; or if none is kept, saying how to.
 */
export function compare(name, png) {
  const kept = join(folder, `${name}.png`);
  const actual = PNG.sync.read(png);
  if (updating) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(kept, small(actual));
    return { share: 0 };
  }
  const shot = (kind, content) => {
    mkdirSync(at('shots'), { recursive: true });
    const path = at(`shots/${name}.${kind}.png`);
    writeFileSync(path, content);
    return path;
  };
  if (!existsSync(kept)) {
    throw new Error(`there is no picture ${kept} to compare with; it looks like ${shot('actual', png)}.\n`
      + 'If that is right, keep it: UPDATE_LOOKS=1 node --test specs/looks.test.js');
  }
  const wanted = PNG.sync.read(readFileSync(kept));
  if (wanted.width !== actual.width || wanted.height !== actual.height) {
    throw new Error(`${name} is ${actual.width} by ${actual.height} px, and was ${wanted.width} by ${wanted.height}: `
      + `${shot('actual', png)}, against ${kept}`);
  }
  const diff = new PNG({ width: wanted.width, height: wanted.height });
  const differing = pixelmatch(wanted.data, actual.data, diff.data, wanted.width, wanted.height, { threshold: THRESHOLD });
  const share = differing / (wanted.width * wanted.height);
  if (share > TOLERANCE) {
    throw new Error(`${name} does not look as before: ${differing} pixels differ, ${(share * 100).toFixed(2)} %, and ${(TOLERANCE * 100).toFixed(2)} % may.\n`
      + `Was ${kept}\nis ${shot('actual', png)}\ndifference ${shot('diff', PNG.sync.write(diff))}\n`
      + 'If that is meant, keep it: UPDATE_LOOKS=1 node --test specs/looks.test.js');
  }
  return { share };
}
