// What a page does besides its labs: the paper's colour, the projector, keys, predictions, and the reader's progress.
// Everything is kept in this browser only, under "cutset.…", and nothing depends on it being kept.
'use strict';

const root = document.documentElement;
const store = {
  get(key) { try { return localStorage.getItem(`cutset.${key}`); } catch { return null; } },
  set(key, value) {
    try { value === null ? localStorage.removeItem(`cutset.${key}`) : localStorage.setItem(`cutset.${key}`, value); return true; } catch { return false; /* storage is off */ }
  },
};

// ---- light, dark, or as the system has it ----
const themes = { '': 'Theme: follow the system', light: 'Theme: light', dark: 'Theme: dark' };
for (const button of document.querySelectorAll('[data-theme-toggle]')) {
  const show = () => {
    const now = root.dataset.theme ?? '';
    button.setAttribute('aria-label', themes[now]);
    button.title = themes[now];
  };
  button.addEventListener('click', () => {
    const order = ['', 'light', 'dark'];
    const next = order[(order.indexOf(root.dataset.theme ?? '') + 1) % order.length];
    if (next) root.dataset.theme = next; else delete root.dataset.theme;
    store.set('theme', next || null);
    show();
  });
  show();
}

// ---- switches of the whole page: they stand in plates and in sheets, as often as there are plates ----
/** Shows a switch as it stands, wherever it is, in the templates too. */
const showSwitch = (name, on) => {
  const places = [document, ...[...document.querySelectorAll('template')].map(({ content }) => content)];
  for (const place of places) {
    for (const one of place.querySelectorAll(`[data-${name}]`)) {
      if (one.localName === 'input') { one.checked = on; one.toggleAttribute('checked', on); }
      else if (one.localName === 'button') { one.classList.toggle('is-on', on); one.setAttribute('aria-pressed', on); }
    }
  }
};
const switches = {
  projector: on => { root.classList.toggle('is-projector', on); store.set('projector', on ? 'on' : null); },
  keys: on => { root.toggleAttribute('data-keys-off', !on); store.set('keys', on ? null : 'off'); },
};
const turn = (name, on) => {
  switches[name](on);
  showSwitch(name, on);
  dispatchEvent(new Event('resize'));   // the labs see whether they still have room
};
showSwitch('projector', root.classList.contains('is-projector'));
showSwitch('keys', !root.hasAttribute('data-keys-off'));
document.addEventListener('change', ({ target }) => {
  for (const name of Object.keys(switches)) if (target.matches?.(`input[data-${name}]`)) turn(name, target.checked);
});
document.addEventListener('click', ({ target }) => {
  if (target.closest?.('button[data-projector]')) turn('projector', !root.classList.contains('is-projector'));
});
document.addEventListener('keydown', event => {
  const { key, target } = event;
  if (key.toLowerCase() !== 'j' || event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
  if (root.hasAttribute('data-keys-off') || !target.closest?.('.plate') || target.matches('input, select, textarea')) return;
  turn('projector', !root.classList.contains('is-projector'));
});

// ---- progress: lessons read, predictions kept, challenges passed, each by its stable name ----
const progress = (() => {
  const empty = () => ({ version: 1, read: {}, predicted: {}, passed: {} });
  const name = /^[a-z0-9][a-z0-9-]{0,63}(\/[a-z0-9][a-z0-9-]{0,63})?$/;
  const values = { read: v => v === true, passed: v => v === true, predicted: v => typeof v === 'string' && /^[a-z]?$/.test(v) };
  /** What of a text is progress in the form of this version. Whatever else stands in it is left out; `null` if nothing fits. */
  const parse = text => {
    if (typeof text !== 'string' || text.length > 200_000) return null;
    let found;
    try { found = JSON.parse(text); } catch { return null; }
    if (found?.version !== 1) return null;
    const clean = empty();
    for (const [kind, fits] of Object.entries(values)) {
      const all = found[kind];
      if (typeof all !== 'object' || all === null || Array.isArray(all)) continue;
      for (const [key, value] of Object.entries(all).slice(0, 2000)) if (name.test(key) && fits(value)) clean[kind][key] = value;
    }
    return clean;
  };
  const load = () => parse(store.get('progress')) ?? empty();
  const save = all => store.set('progress', JSON.stringify(all));
  return {
    load, parse,
    get: (kind, key) => { const all = load()[kind]; return Object.hasOwn(all, key) ? all[key] : undefined; },
    put(kind, key, value) {
      const all = load();   // another tab may have written since
      if (!name.test(key) || all[kind][key] === value) return;
      all[kind][key] = value;
      save(all);
    },
    add(more) {
      const all = load();
      for (const kind of Object.keys(values)) Object.assign(all[kind], more[kind]);
      return save(all);
    },
    erase: () => store.set('progress', null),
    count: () => { const all = load(); return Object.fromEntries(Object.keys(values).map(kind => [kind, Object.keys(all[kind]).length])); },
  };
})();
const here = document.body.dataset.lesson;
const stable = id => here ? `${here}/${id}` : id;

// ---- predict first: choose, keep, and meet the answer again beside the evidence ----
for (const form of document.querySelectorAll('.predict[id]')) {
  const recall = document.querySelector(`.recall[data-predict="${form.id}"]`);
  const inputs = [...form.querySelectorAll('input')];
  const status = form.querySelector('output');
  const settle = choice => {
    form.dataset.state = choice ? 'kept' : 'skipped';
    for (const input of inputs) { input.checked = input.value === choice; input.disabled = true; }
    for (const button of form.querySelectorAll('button')) button.hidden = true;
    status.textContent = choice ? 'Kept. You will meet your answer again below.' : 'As you like. The answer is below.';
    if (!recall) return;
    recall.querySelector('[data-said]').textContent = choice ? `You predicted ${choice}. The plate shows ${recall.dataset.answer}.` : `The plate shows ${recall.dataset.answer}.`;
    const yours = recall.querySelector('[data-yours]');
    const chosen = inputs.find(input => input.value === choice);
    if (yours && chosen && choice !== recall.dataset.answer) {
      const letter = document.createElement('b');
      letter.textContent = `${choice}. `;
      yours.replaceChildren(letter, ...[...chosen.parentElement.querySelector('span').childNodes].map(node => node.cloneNode(true)));
      yours.hidden = false;
    }
    recall.open = true;
    recall.removeAttribute('data-wait');
  };
  const kept = progress.get('predicted', stable(form.id));
  if (kept !== undefined) settle(inputs.some(input => input.value === kept) ? kept : '');
  form.addEventListener('click', event => {
    const button = event.target.closest('button');
    if (!button) return;
    const choice = button.value === 'keep' ? inputs.find(input => input.checked)?.value : '';
    if (choice === undefined) { status.textContent = 'Choose one first.'; return; }
    progress.put('predicted', stable(form.id), choice);
    settle(choice);
    form.focus({ preventScroll: true });
  });
}

// A link to a moment of a plate that is not live yet waits for it. A live plate listens for itself.
document.addEventListener('click', event => {
  const link = event.target.closest?.('[data-evidence] [data-at-us]');
  const plate = link && document.getElementById(link.closest('[data-evidence]').dataset.evidence);
  if (!plate || plate.hasAttribute('data-mounted')) return;
  new MutationObserver((_, observer) => {
    if (!plate.hasAttribute('data-mounted')) return;
    observer.disconnect();
    link.click();
  }).observe(plate, { attributeFilter: ['data-mounted'] });
});

// ---- challenges: the lab says when it is passed ----
for (const section of document.querySelectorAll('[data-challenge]')) {
  const key = stable(section.dataset.challenge);
  const mark = section.querySelector('[data-was-passed]');
  if (mark) mark.hidden = !progress.get('passed', key);
  const verdict = section.querySelector('[data-part="verdict"]');
  if (!verdict) continue;
  new MutationObserver(() => {
    if (!verdict.querySelector('[data-passed]')) return;
    progress.put('passed', key, true);
    if (mark) mark.hidden = false;
  }).observe(verdict, { childList: true, subtree: true });
}

// ---- lessons read to the end ----
const end = document.querySelector('.turn');
if (here && end && 'IntersectionObserver' in window) {
  new IntersectionObserver((entries, observer) => {
    if (!entries.some(entry => entry.isIntersecting)) return;
    observer.disconnect();
    progress.put('read', here, true);
  }).observe(end);
}
const showRead = () => {
  for (const link of document.querySelectorAll('a[data-lesson]')) {
    const done = progress.get('read', link.dataset.lesson) === true;
    link.classList.toggle('is-done', done);
    const label = link.querySelector('[data-done]');
    if (label) label.hidden = !done;
  }
};
showRead();

// ---- what is kept: taken away, brought back, erased ----
const kept = document.querySelector('[data-progress]');
if (kept) {
  const say = text => { kept.querySelector('[data-progress-said]').textContent = text; };
  const plural = (n, one) => `${n} ${one}${n === 1 ? '' : 's'}`;
  const show = () => {
    const { read, predicted, passed } = progress.count();
    const none = read + predicted + passed === 0;
    kept.querySelector('[data-progress-count]').textContent = none
      ? 'Nothing is kept yet.'
      : `${plural(read, 'lesson')} read, ${plural(predicted, 'prediction')} made, ${plural(passed, 'challenge')} passed.`;
    for (const button of kept.querySelectorAll('[data-progress-do="save"], [data-progress-do="erase"]')) button.disabled = none;
    showRead();
  };
  const sure = on => {
    kept.querySelector('[data-progress-sure]').hidden = !on;
    kept.querySelector('[data-progress-acts]').hidden = on;
    kept.querySelector(`[data-progress-do="${on ? 'keep' : 'load'}"]`).focus();
  };
  const file = kept.querySelector('input[type="file"]');
  const acts = {
    save() {
      const link = document.createElement('a');
      link.href = URL.createObjectURL(new Blob([`${JSON.stringify(progress.load(), null, 2)}\n`], { type: 'application/json' }));
      link.download = 'cutset-progress.json';
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
      say('Saved as cutset-progress.json.');
    },
    load() { say(''); file.click(); },
    erase: () => { sure(true); say(''); },
    keep: () => sure(false),
    gone() { progress.erase(); sure(false); show(); say('Erased.'); },
  };
  kept.addEventListener('click', event => {
    const button = event.target.closest('[data-progress-do]');
    if (button) acts[button.dataset.progressDo]?.();
  });
  file.addEventListener('change', async () => {
    const [chosen] = file.files;
    if (!chosen) return;
    const found = chosen.size <= 200_000 ? progress.parse(await chosen.text()) : null;
    file.value = '';
    const some = found && Object.values(found).some(all => Object.keys(all).length > 0);
    if (some) {
      say(progress.add(found) ? 'Loaded. What was here already is kept too.' : 'This browser keeps nothing for this page: its storage is off.');
      show();
    } else say('This file holds no progress that this version can read. Nothing was changed.');
  });
  show();
}
