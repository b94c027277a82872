// Brings labs to life. Nothing of the app is fetched before a lab nears the viewport, and then once for all.
'use strict';

const address = name => new URL(document.querySelector(`meta[name="${name}"]`).content, document.baseURI).href;

let app;
let exported;
const load = () => app ??= import(address('app-js'))
  .then(async glue => {
    exported = await glue.default({ module_or_path: address('app-wasm') });
    glue.more_by(complete);
    return glue;
  })
  .catch(error => {
    app = undefined;   // the next lab tries again
    throw error;
  });

// What completes the labs is a module of its own, which shares the first one's memory. It is fetched once the first
// lab is alive, or as soon as something of it is asked for.
let more;
const complete = () => more ??= load().then(async glue => {
  try {
    if (document.querySelector('meta[name="app-more"]')) {
      const answer = await fetch(address('app-more'));
      if (!answer.ok) throw new Error(`${answer.url}: ${answer.status}`);
      await WebAssembly.instantiate(await answer.arrayBuffer(), { __wasm_split: exported });
    }
    glue.more_came();
  } catch (error) {
    console.error(error);
    more = undefined;   // the next who asks tries again
    glue.more_failed();
  }
});

/** Says in the plate why its lab does not run, and what to do. The static plate stays. */
const excuse = (plate, error) => {
  console.error(error);
  plate.dataset.failed = '';
  const note = document.createElement('p');
  note.className = 'plate-note';
  note.setAttribute('role', 'alert');
  note.textContent = typeof error === 'string'
    ? `This lab could not be started: ${error}`
    : 'This lab could not be started. What you see is its first moment, and the account in words is complete. '
      + (typeof WebAssembly === 'object'
        ? 'Check the connection and reload the page.'
        : 'It needs WebAssembly, which this browser has switched off or does not have.');
  plate.prepend(note);
};

const mount = async plate => {
  try {
    (await load()).mount_lab(plate);
    complete();
  } catch (error) {
    if (!(await gaveUp())) excuse(plate, error);
  }
};

/** Whether an error that reached the page happened in a lab's work. If so, that lab is given up, and says so. */
const gaveUp = async () => {
  try {
    return (await app)?.stopped() ?? false;
  } catch (error) {
    // The module can't be called any more: nothing on this page runs.
    for (const plate of document.querySelectorAll('[data-mounted]')) excuse(plate, 'it met a fault of its own. Reload the page to start it again.');
    return true;
  }
};
addEventListener('error', () => { if (app) gaveUp(); });

const plates = document.querySelectorAll('[data-lab]');
let near;
if ('IntersectionObserver' in window) {
  near = new IntersectionObserver(entries => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      mount(target);
    }
  }, { rootMargin: '300px' });
  for (const plate of plates) near.observe(plate);
} else {
  for (const plate of plates) mount(plate);
}

/** A link to a run names its plate, which is brought to life first, and into view. */
const land = async () => {
  const lab = /[#&;]lab(?:=|%3D)([a-z0-9-]+)/i.exec(location.hash)?.[1];
  const plate = lab && document.querySelector(`[data-lab][data-plate="${lab}"]`);
  if (!plate) return;
  near?.unobserve(plate);
  plate.scrollIntoView({ behavior: 'instant' });
  await complete().catch(() => {});   // if it can't be had, so is told when the lab is mounted
  for (const sheet of plate.querySelectorAll('[data-sheet]')) sheet.hidden = true;
  const revive = plate.querySelector('[data-do="revive"]');
  if (revive) revive.click(); else await mount(plate);
  plate.focus({ preventScroll: true });
};
addEventListener('hashchange', land);
land();

// What the sheet for sharing does is fetched when the sheet opens, which takes the focus.
let sharing;
const share = () => sharing ??= import(address('share-js'));
addEventListener('focusin', ({ target }) => { if (target.closest?.('[data-sheet="share"]')) share(); });
addEventListener('click', async ({ target }) => {
  const button = target.closest?.('[data-share]');
  if (button) (await share()).default(button, await app);
});
