// Reward rules, payout rates and terms: a form with what it would mean for a creator, published as a new version.
import { api, busy, pageData, renew } from "../api.js";
import { clearProblems, onClick, onSubmit, showProblem, utcInstant, wholeNumber } from "../forms.js";
import { decimals } from "../format.js";
import { toast } from "../toast.js";

const LOOK_AFTER_MS = 250;
const PATHS = { rule: "/v1/reward-rules", rate: "/v1/payout-rates", terms: "/v1/payout-terms" };
const { currency: SHOWN } = pageData();

/** Fields of forms, by the names of figures. */
const NAMES = /** @type {Record<string, string>} */ ({ hold: "maturity_s", amount: "numerator", diamonds: "denominator", fee_fixed: "fee_fixed_minor", fee_share: "fee_bps" });

/** @param {HTMLFormElement} form @param {string} name */
const valueOf = (form, name) => String(new FormData(form).get(name) ?? "").trim();

/** What does not fit, as the API would say it. */
class NotValid extends Error {
  /** @param {string} field @param {string} reason */
  constructor(field, reason) {
    super(reason);
    this.field = field;
  }
}

/** @param {HTMLFormElement} form @param {string} name */
function whole(form, name) {
  const text = valueOf(form, name);
  const value = wholeNumber(text);
  if (!value && !/^0+$/.test(text)) throw new NotValid(name, "must be a whole number");
  return value;
}

/** Digits of a decimal, and how many of them are behind the point. @param {HTMLFormElement} form @param {string} name */
function parts(form, name) {
  const match = /^(\d{1,12})(?:[.,](\d{1,6}))?$/.exec(valueOf(form, name));
  if (!match) throw new NotValid(name, "must be an amount like 5 or 0.25");
  return { digits: Number(match[1] + (match[2] ?? "")), places: (match[2] ?? "").length };
}

/** An amount in the smallest unit of a scale of so many places. @param {HTMLFormElement} form @param {string} name @param {number} scale */
function scaled(form, name, scale) {
  const { digits, places } = parts(form, name);
  const spare = /0*$/.exec(String(digits))?.[0].length ?? 0;
  if (places > scale && digits && spare < places - scale) throw new NotValid(name, `must have at most ${scale} decimals`);
  return Math.round(digits * 10 ** (scale - places));
}

/** @param {HTMLFormElement} form @returns {Record<string, any>} what the API takes */
function figuresOf(form) {
  switch (form.dataset.publish) {
    case "rule":
      return { numerator: whole(form, "numerator"), denominator: whole(form, "denominator"), maturity_s: whole(form, "maturity_s") * Number(valueOf(form, "hold_unit")), coins_min: whole(form, "coins_min") };
    case "rate": {
      const currency = valueOf(form, "currency").toUpperCase();
      if (!/^[A-Z]{3}$/.test(currency)) throw new NotValid("currency", "must be a code of three letters");
      const { digits, places } = parts(form, "numerator");
      const finer = Math.max(0, places - decimals(currency)); // a rate may be finer than money is
      return { currency, numerator: digits * 10 ** Math.max(0, decimals(currency) - places), denominator: whole(form, "denominator") * 10 ** finer };
    }
    default: {
      const currency = valueOf(form, "fee_fixed_currency");
      return { diamonds_min: whole(form, "diamonds_min"), diamonds_per_day_max: whole(form, "diamonds_per_day_max"), fee_fixed_currency: currency, fee_fixed_minor: scaled(form, "fee_fixed_minor", decimals(currency)), fee_bps: scaled(form, "fee_bps", 2) };
    }
  }
}

/** @param {HTMLFormElement} form @param {unknown} error */
function explain(form, error) {
  if (!(error instanceof NotValid)) return showProblem(form, error);
  clearProblems(form);
  const input = form.querySelector(`[name="${error.field}"]`);
  const words = Object.assign(document.createElement("p"), { className: "field-error", id: `${error.field}-problem`, textContent: `This ${error.message}.` });
  words.dataset.fieldError = "";
  words.setAttribute("role", "alert");
  input?.closest(".field")?.append(words);
  input?.setAttribute("aria-invalid", "true");
  input?.setAttribute("aria-describedby", words.id);
  return input instanceof HTMLElement ? input.focus() : undefined;
}

// What it would mean
let timer = 0;
let asked = 0;

/** @param {HTMLFormElement} form */
async function preview(form) {
  const place = form.querySelector("[data-reward-preview]");
  if (!place) return;
  const mine = (asked += 1);
  let figures;
  try {
    figures = figuresOf(form);
  } catch {
    return; // half written
  }
  const answer = await fetch("/operator/rewards/preview", {
    method: "POST", credentials: "same-origin",
    headers: { "Content-Type": "application/json", Accept: "text/html" },
    body: JSON.stringify({ currency: SHOWN, [form.dataset.publish ?? ""]: { ...figures, note: valueOf(form, "note") || "-" } }),
  }).catch(() => null);
  if (!answer?.ok || mine !== asked) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  place.replaceChildren(...fresh.body.children);
}
document.addEventListener("input", (event) => {
  const form = event.target instanceof Element ? event.target.closest("[data-publish]") : null;
  clearTimeout(timer);
  if (form instanceof HTMLFormElement) timer = window.setTimeout(() => void preview(form), LOOK_AFTER_MS);
});

onClick("data-new", (button, name) => {
  const dialog = /** @type {HTMLDialogElement | null} */ (document.getElementById(name));
  const form = dialog?.querySelector("form");
  if (!dialog || !form) return;
  form.reset();
  clearProblems(form);
  const given = { ...JSON.parse(button.dataset.figures ?? "{}"), effective_at: button.dataset.at ?? "", note: button.dataset.note ?? "" };
  for (const [figure, value] of Object.entries(given)) {
    const input = form.querySelector(`[name="${NAMES[figure] ?? figure}"]`);
    if (input instanceof HTMLInputElement || input instanceof HTMLSelectElement) input.value = String(value);
  }
  form.dataset.exactAt = button.dataset.exactAt ?? ""; // fields of a page know no microseconds
  form.dataset.shownAt = valueOf(form, "effective_at");
  dialog.showModal();
  void preview(form);
});

onSubmit("[data-publish]", (form, button) => busy(button, async () => {
  clearProblems(form);
  const kind = /** @type {keyof typeof PATHS} */ (form.dataset.publish);
  const at = valueOf(form, "effective_at");
  try {
    const note = valueOf(form, "note");
    if (!note) throw new NotValid("note", "must say why, for whoever looks here later");
    const made = await api("POST", PATHS[kind], { ...figuresOf(form), note, effective_at: at && at === form.dataset.shownAt && form.dataset.exactAt ? form.dataset.exactAt : utcInstant(at) });
    form.closest("dialog")?.close();
    if (made.content_sha256) toast("Proposed. Another operator confirms it under Decisions.");
    else toast(at ? `Version ${made.version} is scheduled.` : `Version ${made.version} holds now.`);
    await renew("#example", "#rules", "#rates", "#terms");
  } catch (error) {
    explain(form, error);
  }
}));

document.addEventListener("change", (event) => {
  const form = event.target instanceof Element ? event.target.closest("[data-currency]") : null;
  if (form instanceof HTMLFormElement) form.requestSubmit();
});
