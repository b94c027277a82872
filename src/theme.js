// Before the first paint: the reader's choice of paper, of size and of keys, and the fact that scripts run.
(() => {
  const root = document.documentElement;
  root.classList.add('has-script');
  try {
    const theme = localStorage.getItem('cutset.theme');
    if (theme === 'light' || theme === 'dark') root.dataset.theme = theme;
    root.classList.toggle('is-projector', localStorage.getItem('cutset.projector') === 'on');
    root.toggleAttribute('data-keys-off', localStorage.getItem('cutset.keys') === 'off');
  } catch { /* storage is off: follow the system */ }
})();
