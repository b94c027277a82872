// The widths and themes that everything has to work at, and what has to hold of a plate at each of them.

import assert from 'node:assert/strict';

/** From a desk to a phone. */
export const widths = [
  { name: '1440', width: 1440, height: 900, touch: false },
  { name: '1024', width: 1024, height: 768, touch: false },
  { name: '390', width: 390, height: 700, touch: true },
];

export const themes = ['light', 'dark'];

/** Every width in every theme, with Playwright's options for a context that has them. */
export const sizes = widths.flatMap(({ name, width, height, touch }) => themes.map((theme) => ({
  name: `${name}-${theme}`,
  width,
  theme,
  touch,
  options: { viewport: { width, height }, colorScheme: theme, hasTouch: touch, isMobile: touch },
})));

/** The smallest side of what can be pressed, in px: by a finger, and by a mouse. */
export const target = (touch) => (touch ? 44 : 24);

/** Asserts that the page, and the plate within it, are not wider than what they stand in. */
export async function fits(plate) {
  const wide = await plate.evaluate((root) => {
    const page = document.documentElement;
    const found = page.scrollWidth > page.clientWidth ? [`the page, by ${page.scrollWidth - page.clientWidth} px`] : [];
    const scrolls = (element) => element && element !== root.parentElement
      && (/auto|scroll|hidden|clip/.test(getComputedStyle(element).overflowX) || scrolls(element.parentElement));
    const edge = page.clientWidth;
    for (const element of root.querySelectorAll('*')) {
      if (element.parentElement.closest('svg') !== null) continue;
      const { left, right, width, height } = element.getBoundingClientRect();
      if (width <= 1 || height <= 1 || scrolls(element.parentElement)) continue;
      if (right > edge + 0.5 || left < -0.5) found.push(`${element.localName}.${element.getAttribute('class') ?? ''} from ${Math.round(left)} to ${Math.round(right)} of ${edge} px`);
    }
    return found.slice(0, 5);
  });
  assert.deepEqual(wide, [], 'too wide');
}

/**
 * What in the plate is smaller than it should be to be pressed: one line each.
 * An invisible margin counts: a mark of the stage is as large as its widest part that takes the pointer, a field
 * with a label as large as the label, a link between words as large as its line lets it be.
 */
export function smallTargets(plate, touch) {
  return plate.evaluate((root, least) => {
    const pressed = 'button, input, select, textarea, summary, a[href], [role=button], [role=slider], [data-node], [data-link], [data-message], [data-event]';
    const margin = (element) => {
      // The `::before` or `::after` of a button may reach beyond it.
      const box = element.getBoundingClientRect();
      const reach = ['::before', '::after'].map((part) => {
        const style = getComputedStyle(element, part);
        if (style.content === 'none' || style.position !== 'absolute') return [0, 0];
        return [parseFloat(style.width) || 0, parseFloat(style.height) || 0];
      });
      return [Math.max(box.width, ...reach.map(([width]) => width)), Math.max(box.height, ...reach.map(([, height]) => height))];
    };
    const size = (element) => {
      const hit = element.matches('.link-hit') ? element : element.querySelector('.link-hit');
      if (hit && hit.getTotalLength) {
        // The stroke is in units of the drawing; a line is as long as it is.
        const scale = hit.getScreenCTM().a;
        return [parseFloat(getComputedStyle(hit).strokeWidth) * scale, hit.getTotalLength() * scale].sort((a, b) => a - b);
      }
      const label = element.matches('input') && element.closest('label');
      const all = [element, label, ...element.querySelectorAll('*')].filter(Boolean)
        .filter((part) => getComputedStyle(part).pointerEvents !== 'none').map(margin);
      return [Math.max(...all.map(([width]) => width)), Math.max(...all.map(([, height]) => height))];
    };
    const seen = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true })
      && !element.disabled && getComputedStyle(element).pointerEvents !== 'none';
    const inText = (element) => element.localName === 'a' && getComputedStyle(element).display === 'inline' && element.closest('p, li, figcaption');
    return [...root.querySelectorAll(pressed)]
      .filter((element) => seen(element) && !inText(element))
      .map((element) => ({ element, sides: size(element) }))
      .filter(({ sides }) => Math.min(...sides) < least - 0.5 && Math.max(...sides) > 0)
      .map(({ element, sides }) => {
        const { node, link, message, event } = element.dataset;
        const name = element.dataset.do ?? node ?? link ?? message ?? event ?? element.textContent.trim().slice(0, 20);
        return `${element.localName} “${name}”: ${sides.map(Math.round).join(' by ')} px, wanted ${least}`;
      });
  }, target(touch));
}

/** Asserts that whatever can be pressed in the plate is large enough for a finger, where there is one, or a mouse. */
export async function pressable(plate, touch) {
  assert.deepEqual(await smallTargets(plate, touch), [], 'too small to press');
}
