// Short messages that come and go at the foot of the page.

const LIMIT = 3;
const SHOWN_MS = 4_000;
const WITH_ACTION_MS = 10_000;

/** @param {string} text @param {{tone?: "" | "bad", action?: {label: string, run: () => void}}} [options] */
export function toast(text, { tone = "", action } = {}) {
  const host = document.getElementById("toasts");
  if (!host) return;
  const element = document.createElement("div");
  element.className = tone ? `toast toast-${tone}` : "toast";
  const words = document.createElement("span");
  words.textContent = text;
  element.append(words);
  if (action) {
    const button = document.createElement("button");
    button.className = "button button-small";
    button.type = "button";
    button.textContent = action.label;
    button.addEventListener("click", () => { action.run(); element.remove(); });
    element.append(button);
  }
  while (host.children.length >= LIMIT) host.firstElementChild?.remove();
  host.append(element);
  removeUnused(element, (action ? WITH_ACTION_MS : SHOWN_MS) + text.length * 40);
}

/** After a while, but not under somebody's pointer or finger. @param {HTMLElement} element @param {number} ms */
function removeUnused(element, ms) {
  setTimeout(() => {
    if (element.matches(":hover, :focus-within")) removeUnused(element, SHOWN_MS);
    else element.remove();
  }, ms);
}
