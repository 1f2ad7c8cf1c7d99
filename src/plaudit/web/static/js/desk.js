// Small behaviours every page shares: theme switch, copy buttons, dialogs, offline notice, problems of htmx requests.
import "./components/coin-count.js";
import { keep } from "./kept.js";
import "./pictures.js";
import { toast } from "./toast.js";
import { locale, say } from "./words.js";

/** The theme now painted. @returns {"dark" | "light"} */
function currentTheme() {
  const chosen = document.documentElement.dataset.theme;
  if (chosen === "dark" || chosen === "light") return chosen;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

function switchTheme() {
  const next = currentTheme() === "dark" ? "light" : "dark";
  document.documentElement.dataset.theme = next;
  keep("localStorage", "theme", next);
}

/** @param {string} text */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast(say("copied"));
  } catch {
    toast(say("not_copied"), { tone: "bad" });
  }
}

/** The dialogs that were open before a press: one that it opens hears nothing of its second half. */
let before = new Set();
document.addEventListener("click", (event) => {
  const dialog = event.target instanceof Element ? event.target.closest("dialog") : null;
  if (event.detail <= 1) before = new Set(document.querySelectorAll("dialog[open]"));
  else if (dialog && !before.has(dialog)) {
    event.preventDefault();
    event.stopPropagation();
  }
}, { capture: true });

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  if (!target) return;
  if (target.closest("[data-theme-switch]")) switchTheme();
  const copied = target.closest("[data-copy]");
  if (copied instanceof HTMLElement) void copy(copied.dataset.copy ?? "");
  const opener = target.closest("[data-open-dialog]");
  if (opener instanceof HTMLElement) {
    const dialog = document.getElementById(opener.dataset.openDialog ?? "");
    if (dialog instanceof HTMLDialogElement) dialog.showModal();
  }
  if (target.closest("[data-close-dialog]")) target.closest("dialog")?.close();
  if (target instanceof HTMLDialogElement) target.close(); // the click was on the backdrop
});

/** Where a bar is longer than the screen, the place somebody is at is seen. */
function showPlaces() {
  for (const bar of document.querySelectorAll(".tabs, .operator-groups")) {
    const here = bar.querySelector(":scope > [aria-current]");
    if (here instanceof HTMLElement) bar.scrollLeft = here.offsetLeft - (bar.clientWidth - here.offsetWidth) / 2;
  }
}
showPlaces();
document.addEventListener("page-renewed", showPlaces);

/** Times are written by the server in UTC and shown in the reader's own zone. */
function localTimes() {
  for (const element of document.querySelectorAll("time[datetime]:not([title])")) {
    const at = new Date(element.getAttribute("datetime") ?? "");
    if (Number.isNaN(at.getTime())) continue;
    element.setAttribute("title", `${element.textContent} UTC`);
    element.textContent = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short", hourCycle: "h23" }).format(at);
  }
}
localTimes();
for (const event of ["page-renewed", "htmx:after:swap"]) document.addEventListener(event, localTimes);

addEventListener("offline", () => toast(say("offline"), { tone: "bad" }));
addEventListener("online", () => toast(say("online")));
document.addEventListener("htmx:error", () => toast(say("no_answer"), { tone: "bad" }));
