// Puts the chosen theme on the page before it is painted. A classic script, loaded in the head.
(() => {
  const root = document.documentElement;
  if (root.hasAttribute("data-theme-locked")) return;
  let chosen = null;
  try {
    chosen = localStorage.getItem("theme");
  } catch {
    // in a frame of another site nothing may be kept
  }
  if (chosen === "dark" || chosen === "light") root.dataset.theme = chosen;
})();
