// Puts the chosen theme on the page before it is painted. A classic script, loaded in the head.
(() => {
  const root = document.documentElement;
  if (root.hasAttribute("data-theme-locked")) return;
  const chosen = localStorage.getItem("theme");
  if (chosen === "dark" || chosen === "light") root.dataset.theme = chosen;
})();
