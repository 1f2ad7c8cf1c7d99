// Cashing out: a quote with what arrives, confirmed once; bank accounts; payouts that move on while one looks.
import { ProblemError, api, busy, renew } from "../api.js";
import { clearProblems, confirmed, onClick, onSubmit, showAtForm, showProblem, wholeNumber } from "../forms.js";
import { diamonds as diamondWords, money, number } from "../format.js";
import { Meant } from "../meant.js";
import { msUntil } from "../server-clock.js";
import { toast } from "../toast.js";
import { uuid7 } from "../uuid7.js";
import { locale, say } from "../words.js";

const LOOK_MS = 2_000;
const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("confirm-payout"));
/** @type {any} */ let quote = null;
let payoutId = "";
let timer = 0;

/** @param {string} name @param {string} text */
function place(name, text) {
  const found = dialog.querySelector(name);
  if (found) found.textContent = text;
}

onSubmit("[data-quote]", (form, button) => busy(button, async () => {
  clearProblems(form);
  const data = new FormData(form);
  const diamonds = wholeNumber(String(data.get("diamonds")));
  if (!diamonds) return showAtForm(form, say("whole_diamonds"));
  try {
    quote = await api("POST", "/v1/payout-quotes", { id: uuid7(), diamonds, method_id: data.get("method_id") });
    payoutId = uuid7();
    show();
  } catch (error) {
    if (error instanceof ProblemError && explained(error)) showAtForm(form, explained(error));
    else showProblem(form, error);
  }
  return undefined;
}));

/** @param {ProblemError} error @returns {string} */
function explained({ code, problem }) {
  if (code === "below_payout_threshold") return say("least", { diamonds: diamondWords(problem.diamonds_min) });
  if (code === "insufficient_diamonds") return say("too_many", { diamonds: diamondWords(problem.diamonds_short) });
  if (code === "daily_payout_limit") return say("left_today", { diamonds: diamondWords(problem.diamonds_left) });
  return "";
}

function show() {
  const { rate } = quote;
  const each = new Intl.NumberFormat(locale, { style: "currency", currency: rate.currency, maximumSignificantDigits: 4 });
  const places = new Intl.NumberFormat("en-US", { style: "currency", currency: rate.currency }).resolvedOptions().maximumFractionDigits ?? 2;
  place("[data-arrives]", money(quote.arrives));
  place("[data-quoted-diamonds]", number(quote.diamonds));
  place("[data-rate]", say("rate", { money: each.format(rate.numerator / rate.denominator / 10 ** places) }));
  place("[data-gross]", money(quote.gross));
  place("[data-fee]", `− ${money(quote.fee)}`);
  place("[data-net]", money(quote.arrives));
  place("[data-when]", quote.arrives_from === quote.arrives_to ? day(quote.arrives_to) : say("between", { first: day(quote.arrives_from), last: day(quote.arrives_to) }));
  clearProblems(dialog);
  dialog.showModal();
  clearInterval(timer);
  timer = window.setInterval(promise, 1_000);
  promise();
}

/** A day as people write it. @param {string} iso @returns {string} */
function day(iso) {
  return new Date(`${iso}T00:00:00Z`).toLocaleDateString(locale, { day: "numeric", month: "short", timeZone: "UTC" });
}

function promise() {
  const left = Math.max(0, Math.floor(msUntil(quote.expires_at) / 1000));
  place("[data-promise]", left ? say("promised", { time: `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}` }) : say("promise_over"));
  dialog.querySelector("[data-confirm-payout]")?.toggleAttribute("disabled", !left);
}
dialog.addEventListener("close", () => clearInterval(timer));

onClick("data-confirm-payout", (button) => busy(button, async () => {
  try {
    await api("POST", "/v1/payouts", { id: payoutId, quote_id: quote.id });
    dialog.close();
    toast(say("on_its_way", { amount: money(quote.arrives) }));
    await look();
  } catch (error) {
    showProblem(dialog, error);
  }
}));
onClick("data-cancel-payout", (button, id) => busy(button, async () => {
  try {
    await api("POST", `/v1/payouts/${id}/cancel`);
    toast(say("cancelled"));
  } catch (error) {
    toast(error instanceof ProblemError ? error.message : say("did_not_work"), { tone: "bad" });
  }
  await look();
}));

// Where to be paid
const adding = /** @type {HTMLFormElement} */ (document.querySelector("[data-new-method]"));
const currency = /** @type {HTMLSelectElement} */ (adding.querySelector("select[name=currency]"));
const usual = currency.value;
const method = new Meant();
adding.addEventListener("change", (event) => {
  const input = /** @type {HTMLInputElement} */ (event.target);
  if (input.name === "kind") showKind(input.value);
  if (input.name !== "form") return;
  for (const part of adding.querySelectorAll("[data-form]")) part.toggleAttribute("hidden", part.getAttribute("data-form") !== input.value);
});
/** Only what the kind needs, and only currencies in which somebody pays to it. @param {string} kind */
function showKind(kind) {
  for (const part of adding.querySelectorAll("[data-kind]")) part.toggleAttribute("hidden", part.getAttribute("data-kind") !== kind);
  const before = currency.value;
  const takes = JSON.parse(adding.dataset.ways ?? "{}")[kind] ?? [];
  currency.replaceChildren(...takes.map((/** @type {string} */ one) => new Option(one, one, one === usual, one === before)));
}

/** @type {Record<string, (data: FormData) => string[]>} */
const NEEDED = {
  bank_account: (data) => (data.get("form") === "iban" ? ["iban"] : ["bank_code", "account_number"]),
  paypal: () => ["paypal"],
  stripe_account: () => [],
};

/** To the provider, which asks for what it must know. @param {string} id */
async function connect(id) {
  const { url } = await api("POST", `/v1/payout-methods/${id}/connection`);
  location.assign(url);
}

onClick("data-connect-method", (button, id) => busy(button, async () => {
  try {
    await connect(id);
  } catch (error) {
    toast(error instanceof ProblemError ? error.message : say("did_not_work"), { tone: "bad" });
  }
}));
onSubmit("[data-new-method]", (form, button) => busy(button, async () => {
  clearProblems(form);
  const data = new FormData(form);
  const kind = String(data.get("kind"));
  const names = ["kind", "holder_name", "country", "currency", ...(NEEDED[kind]?.(data) ?? [])];
  const given = Object.fromEntries(names.map((name) => [name, String(data.get(name) ?? "").trim()]).filter(([, value]) => value));
  try {
    const added = await method.ask("/v1/payout-methods", given);
    form.closest("dialog")?.close();
    form.reset();
    showKind(String(new FormData(form).get("kind")));
    await renew("#methods", "#cash-out");
    if (kind === "stripe_account") await connect(added.id);
    else toast(say(kind === "bank_account" ? "account_added" : "method_added"));
  } catch (error) {
    showProblem(form, error);
  }
}));
onClick("data-archive-method", async (button, id) => {
  const sure = await confirmed({ title: say("remove_title"), text: say("remove_text", { account: button.dataset.label ?? "" }), action: say("remove"), danger: true });
  if (!sure) return;
  try {
    await api("DELETE", `/v1/payout-methods/${id}`);
  } catch (error) {
    toast(error instanceof ProblemError ? error.message : say("did_not_work"), { tone: "bad" });
  }
  await renew("#methods", "#cash-out");
});

async function look() {
  // Focus is on the form's button after a payout; only half-written input must stay.
  const typing = document.activeElement?.matches("#cash-out input");
  await renew("#payouts", ...(typing ? [] : ["#cash-out"])).catch(() => false);
}
setInterval(() => {
  const underWay = document.getElementById("payouts")?.dataset.underWay;
  if (underWay && !document.hidden && !document.querySelector("dialog[open], #payouts details[open]")) void look();
}, LOOK_MS);
