// What a plate's sheet for sharing does: copies the link, saves the run or the figure, prints. Fetched when first used.
// Nothing here talks to any server.

/** Copies the link; where that is not allowed, selects it. Says which. */
const copy = async field => {
  const opens = `It opens at ${field.dataset.ms} ms.`;
  try {
    await navigator.clipboard.writeText(field.value);
    return `Link copied. ${opens}`;
  } catch {
    field.focus();
    field.select();
    return `This browser does not let the page copy. The link is selected: copy it from there. ${opens}`;
  }
};

/** Starts a download of a text. */
const save = (name, type, text) => {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  return `Saved as ${name}.`;
};

// How the page's style shows in a drawing that stands alone.
const kept = [
  'fill', 'fill-opacity', 'stroke', 'stroke-width', 'stroke-dasharray', 'stroke-linecap', 'stroke-linejoin',
  'stroke-opacity', 'stroke-miterlimit', 'opacity', 'transform', 'paint-order',
];
const keptOfText = [
  'font-family', 'font-size', 'font-style', 'font-weight', 'letter-spacing', 'text-anchor', 'dominant-baseline',
  'font-variant-numeric',
];
const usual = {
  'fill-opacity': '1', 'stroke-dasharray': 'none', 'stroke-linecap': 'butt', 'stroke-linejoin': 'miter',
  'stroke-opacity': '1', 'stroke-miterlimit': '4', opacity: '1', transform: 'none', 'paint-order': 'normal',
  'font-style': 'normal', 'font-weight': '400', 'letter-spacing': 'normal', 'text-anchor': 'start',
  'dominant-baseline': 'auto', 'font-variant-numeric': 'normal',
};

/** A font list for a drawing that leaves the page: the page's own names for the system's fonts mean nothing there. */
const fonts = list => list.replace(/"(?:Serif|Sans|Mono) of ([^"]+)"/g, '$1');

const invisible = style => style.display === 'none' || style.visibility === 'hidden' || style.opacity === '0';
const clear = paint => paint === 'none' || /^rgba\(.*, 0\)$/.test(paint);

/** Copies an element as it shows: its looks in its own attributes, without what can't be seen or only serves the page. */
const still = element => {
  const style = getComputedStyle(element);
  if (invisible(style)) return null;
  const leaf = !element.firstElementChild;
  if (leaf && element.localName !== 'tspan' && clear(style.fill) && clear(style.stroke)) return null;
  const copied = element.cloneNode(false);
  for (const { name } of [...copied.attributes]) {
    if (/^(class|role|tabindex|style|aria-.*|data-.*)$/.test(name)) copied.removeAttribute(name);
  }
  const text = element.localName === 'text' || element.localName === 'tspan';
  const group = element.localName === 'g' || element.localName === 'svg';
  const wanted = group ? ['opacity', 'transform'] : text ? [...kept, ...keptOfText] : kept;
  for (const name of wanted) {
    const value = style.getPropertyValue(name);
    if (value === usual[name] || (name === 'transform' && copied.hasAttribute(name))) continue;
    if (name.startsWith('stroke-') && style.stroke === 'none') continue;
    copied.setAttribute(name, name === 'font-family' ? fonts(value) : value);
  }
  for (const child of element.childNodes) {
    const drawn = child.nodeType === Node.ELEMENT_NODE ? still(child) : child.cloneNode(false);
    if (drawn) copied.append(drawn);
  }
  return group && !copied.firstElementChild ? null : copied;
};

/** The stage as it stands, as a drawing of its own, on light stock. */
const figure = (stage, about) => {
  stage.style.colorScheme = 'light';
  for (const motion of stage.getAnimations({ subtree: true })) motion.finish();
  const ground = getComputedStyle(stage.closest('.plate')).getPropertyValue('--plate');
  const drawn = still(stage);
  const box = stage.getBBox();
  // The page's colours come in pairs, as light-dark(light, dark).
  const paper = document.createElementNS(stage.namespaceURI, 'rect');
  const [x, y, width, height] = [box.x - 12, box.y - 12, box.width + 24, box.height + 24].map(Math.round);
  for (const [name, value] of Object.entries({ x, y, width, height, fill: /#[0-9a-f]+/i.exec(ground)?.[0] ?? '#fff' })) {
    paper.setAttribute(name, value);
  }
  drawn.prepend(paper);
  const title = document.createElementNS(stage.namespaceURI, 'title');
  title.textContent = about;
  drawn.prepend(title);
  drawn.setAttribute('viewBox', `${x} ${y} ${width} ${height}`);
  drawn.setAttribute('width', width);
  drawn.setAttribute('height', height);
  stage.style.removeProperty('color-scheme');
  if (!stage.getAttribute('style')) stage.removeAttribute('style');
  for (const motion of stage.getAnimations({ subtree: true })) motion.finish();
  return new XMLSerializer().serializeToString(drawn);
};

/** Does what one of the sheet's buttons names. `app` is the labs' module. */
export default async (button, app) => {
  const plate = button.closest('[data-plate]');
  const sheet = button.closest('[data-sheet]');
  const field = sheet.querySelector('.share-url');
  const { plate: id } = plate.dataset;
  const at = `${id}-${field.dataset.ms}ms`;
  const say = text => { sheet.querySelector('[data-share-said]').textContent = text; };
  switch (button.dataset.share) {
    case 'copy': return say(await copy(field));
    case 'file': return say(save(`${id}.toml`, 'application/toml', app.scenario_file(plate)));
    case 'figure': {
      const stage = plate.querySelector('[data-part="stage"] svg');
      return say(save(`${at}.svg`, 'image/svg+xml', figure(stage, `${stage.getAttribute('aria-label')} ${field.value}`)));
    }
    case 'print': return print();
  }
};
