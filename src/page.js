// What a page does besides its labs: the paper's colour, predictions, and ticks for lessons that were read.
// Everything is kept in this browser only, under "cutset.…", and nothing depends on it being kept.
'use strict';

const store = {
  get(key) { try { return localStorage.getItem(`cutset.${key}`); } catch { return null; } },
  set(key, value) {
    try { value === null ? localStorage.removeItem(`cutset.${key}`) : localStorage.setItem(`cutset.${key}`, value); } catch { /* storage is off */ }
  },
};

// ---- light, dark, or as the system has it ----
const themes = { '': 'Theme: follow the system', light: 'Theme: light', dark: 'Theme: dark' };
for (const button of document.querySelectorAll('[data-theme-toggle]')) {
  const show = () => {
    const now = document.documentElement.dataset.theme ?? '';
    button.setAttribute('aria-label', themes[now]);
    button.title = themes[now];
  };
  button.addEventListener('click', () => {
    const order = ['', 'light', 'dark'];
    const next = order[(order.indexOf(document.documentElement.dataset.theme ?? '') + 1) % order.length];
    if (next) document.documentElement.dataset.theme = next; else delete document.documentElement.dataset.theme;
    store.set('theme', next || null);
    show();
  });
  show();
}

// ---- predict first: choose, keep, and meet the answer again below ----
for (const form of document.querySelectorAll('.predict[id]')) {
  const key = `predict.${form.id}`;
  const recall = document.querySelector(`.recall[data-predict="${form.id}"]`);
  const inputs = [...form.querySelectorAll('input')];
  const status = form.querySelector('output');
  const settle = choice => {
    form.dataset.state = choice ? 'kept' : 'skipped';
    for (const input of inputs) { input.checked = input.value === choice; input.disabled = true; }
    for (const button of form.querySelectorAll('button')) button.hidden = true;
    status.textContent = choice ? 'Kept. You will meet your answer again below.' : 'As you like. The answer is below.';
    if (!recall) return;
    const said = recall.querySelector('[data-said]');
    said.textContent = choice ? `You predicted ${choice}. The plate shows:` : 'The plate shows:';
    recall.open = true;
    recall.removeAttribute('data-wait');
  };
  const kept = store.get(key);
  if (kept !== null) settle(inputs.some(input => input.value === kept) ? kept : '');
  form.addEventListener('click', event => {
    const button = event.target.closest('button');
    if (!button) return;
    const choice = button.value === 'keep' ? inputs.find(input => input.checked)?.value : '';
    if (choice === undefined) { status.textContent = 'Choose one first.'; return; }
    store.set(key, choice);
    settle(choice);
    form.focus({ preventScroll: true });
  });
}

// ---- lessons read to the end ----
const done = new Set((store.get('done') ?? '').split(' ').filter(Boolean));
const here = document.body.dataset.lesson;
const end = document.querySelector('.turn');
if (here && end && 'IntersectionObserver' in window) {
  new IntersectionObserver((entries, observer) => {
    if (!entries.some(entry => entry.isIntersecting)) return;
    observer.disconnect();
    done.add(here);
    store.set('done', [...done].join(' '));
  }).observe(end);
}
for (const link of document.querySelectorAll('a[data-lesson]')) {
  if (!done.has(link.dataset.lesson)) continue;
  link.classList.add('is-done');
  const label = link.querySelector('[data-done]');
  if (label) label.hidden = false;
}
