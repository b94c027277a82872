// Brings labs to life. Nothing of the app is fetched before a lab nears the viewport, and then once for all.
'use strict';

const address = name => new URL(document.querySelector(`meta[name="${name}"]`).content, document.baseURI).href;

let app;
const load = () => app ??= import(address('app-js'))
  .then(async glue => {
    await glue.default({ module_or_path: address('app-wasm') });
    return glue;
  })
  .catch(error => {
    app = undefined;   // the next lab tries again
    throw error;
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
  } catch (error) {
    excuse(plate, error);
  }
};

const plates = document.querySelectorAll('[data-lab]');
if ('IntersectionObserver' in window) {
  const near = new IntersectionObserver(entries => {
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
