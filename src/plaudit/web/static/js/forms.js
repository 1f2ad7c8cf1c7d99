// What forms of pages share: errors beside what they are about, and dialogs that ask before something is done.
import { ProblemError } from "./api.js";
import { say, words as spoken } from "./words.js";

/** Puts problems where they belong: under their field, else at the form's own place. @param {HTMLElement} form @param {unknown} error */
export function showProblem(form, error) {
  clearProblems(form);
  const problem = error instanceof ProblemError ? error : new ProblemError(0, { code: "did_not_work", detail: say("did_not_work") });
  const said = (/** @type {string} */ reason) => spoken.problems?.invalid_field ?? `This ${reason}.`; // reasons are the API's, in English
  const rest = problem.fields.filter(({ field, reason }) => !showUnder(form, field.replace(/^body\./, ""), said(reason)));
  if (rest.length || !problem.fields.length) showAtForm(form, words(problem, rest));
  const first = form.querySelector("[aria-invalid]");
  if (first instanceof HTMLElement) first.focus();
}

/** @param {HTMLElement} form @param {string} words */
export function showAtForm(form, words) {
  const place = form.querySelector("[data-form-error]");
  const text = place?.querySelector("span");
  if (!place || !text) return;
  text.textContent = words;
  place.toggleAttribute("hidden", !words);
}

/** @param {HTMLElement} form */
export function clearProblems(form) {
  showAtForm(form, "");
  for (const shown of form.querySelectorAll("[data-field-error]")) {
    for (const input of form.querySelectorAll(`[aria-describedby~="${CSS.escape(shown.id)}"]`)) describe(input, (ids) => ids.filter((id) => id !== shown.id));
    shown.remove();
  }
  for (const input of form.querySelectorAll("[aria-invalid]")) input.removeAttribute("aria-invalid");
}

/** @param {ProblemError} problem @param {{field: string, reason: string}[]} rest */
function words(problem, rest) {
  if (spoken.problems?.[problem.code]) return problem.message;
  return rest.length ? rest.map(({ field, reason }) => `${field.replace(/^body\./, "").replaceAll("_", " ")} ${reason}`).join("; ") : problem.message;
}

/** What describes an input beside its error, such as its hint, goes on doing so. @param {Element} input @param {(ids: string[]) => string[]} change */
function describe(input, change) {
  input.setAttribute("aria-describedby", change((input.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean)).join(" "));
}

/** Says under the field of an input what is wrong with it. @param {HTMLElement} form @param {string} name @param {string} text @returns {boolean} whether there is such a field */
export function showUnder(form, name, text, input = form.querySelector(`[name="${CSS.escape(name)}"]`)) {
  const field = input?.closest(".field");
  if (!input || !field) return false;
  const error = document.createElement("p");
  error.className = "field-error";
  error.id = `${name}-problem`;
  error.dataset.fieldError = "";
  error.setAttribute("role", "alert");
  error.textContent = text;
  field.append(error);
  input.setAttribute("aria-invalid", "true");
  describe(input, (ids) => [...ids, error.id]);
  input.closest("details")?.setAttribute("open", "");
  return true;
}

/** Asks before something that cannot be undone. @param {{title: string, text: string, action: string, danger?: boolean, ask?: string}} question @returns {Promise<string | null>} what was written, or null */
export function confirmed({ title, text, action, danger = false, ask = "" }) {
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-labelledby", "confirm-title");
  const heading = Object.assign(document.createElement("h2"), { id: "confirm-title", textContent: title });
  const body = Object.assign(document.createElement("p"), { className: "soft", textContent: text });
  const form = Object.assign(document.createElement("form"), { className: "form dialog-body confirm", method: "dialog" });
  const input = document.createElement("textarea");
  const label = Object.assign(document.createElement("label"), { className: "field-label", textContent: ask, htmlFor: "confirm-reason" });
  Object.assign(input, { id: "confirm-reason", className: "input", required: true, maxLength: 500 });
  const yes = Object.assign(document.createElement("button"), { className: `button ${danger ? "button-danger-solid" : "button-primary"}`, value: "yes", textContent: action });
  const no = Object.assign(document.createElement("button"), { className: "button", value: "", textContent: say("not_now"), formNoValidate: true });
  const actions = Object.assign(document.createElement("div"), { className: "form-actions" });
  actions.append(yes, no);
  form.append(heading, body, ...(ask ? [label, input] : []), actions);
  dialog.append(form);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      resolve(dialog.returnValue === "yes" ? input.value.trim() || "yes" : null);
      dialog.remove();
    });
  });
}

/** A whole number as people write it; 0 when it is none. @param {string} text */
export function wholeNumber(text) {
  const plain = text.replace(/[\s,._'’]/g, "");
  return /^\d{1,15}$/.test(plain) ? Number(plain) : 0;
}

/** An amount as people write it, in minor units of a currency with so many decimals; 0 when it is none. @param {string} text @param {number} places */
export function minorUnits(text, places) {
  const match = /^(\d{1,12})(?:[.,](\d{1,4}))?$/.exec(text.replace(/[\s'’]/g, ""));
  if (!match || (match[2] ?? "").length > places) return 0;
  return Number(match[1] + (match[2] ?? "").padEnd(places, "0"));
}

/** The instant that a field of date and time in UTC says, as the API reads it; null: it says none. @param {string} written */
export const utcInstant = (written) => (written ? new Date(`${written}Z`).toISOString() : null);

/** Whether this is the second press of a double one: what it falls on came under the finger after it was meant. @param {MouseEvent} event */
const isSlip = (event) => event.detail > 1;

/** Listens on the page for clicks on what carries an attribute, now or after it was renewed. @param {string} attribute @param {(element: HTMLElement, value: string) => void | Promise<void>} act */
export function onClick(attribute, act) {
  document.addEventListener("click", (event) => {
    const element = event.target instanceof Element ? event.target.closest(`[${attribute}]`) : null;
    if (element instanceof HTMLElement && !isSlip(event)) void act(element, element.getAttribute(attribute) ?? "");
  });
}

/** @param {string} selector @param {(form: HTMLFormElement, submitter: HTMLButtonElement) => Promise<void>} act */
export function onSubmit(selector, act) {
  document.addEventListener("submit", (event) => {
    const form = event.target instanceof HTMLFormElement && event.target.matches(selector) ? event.target : null;
    if (!form) return;
    event.preventDefault();
    void act(form, /** @type {HTMLButtonElement} */ (event.submitter ?? form.querySelector("button:not([type=button])")));
  });
}
