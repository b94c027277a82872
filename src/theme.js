// Before the first paint: the reader's choice of paper, and the fact that scripts run.
(() => {
  const root = document.documentElement;
  root.classList.add('has-script');
  try {
    const theme = localStorage.getItem('cutset.theme');
    if (theme === 'light' || theme === 'dark') root.dataset.theme = theme;
  } catch { /* storage is off: follow the system */ }
})();
