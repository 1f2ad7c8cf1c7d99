// Short messages that come and go at the foot of the page.

const LIMIT = 3;
const SHOWN_MS = 4000;

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
  setTimeout(() => element.remove(), SHOWN_MS + text.length * 40);
}
