// Choosing how many coins: every choice becomes a quote, so that what is shown is what is paid.
import { ProblemError, busy, pageData } from "../api.js";
import { isGood, makeQuote, payQuote } from "../buying.js";
import { coins as coinWords, money, number, share } from "../format.js";
import { minorUnits } from "../forms.js";
import { heldWords, isHeld, limitsLink } from "../own-limits.js";
import { say } from "../words.js";

const WAIT_MS = 350;

const data = pageData();
const find = (/** @type {string} */ selector) => /** @type {any} */ (document.querySelector(selector));
const form = find("#recharge");
const pay = find("[data-pay]");
const summary = find("[data-summary]");
const paidElsewhere = find("[data-where]").textContent;
const byCoins = find("#custom-coins");
const byMoney = find("#custom-money");
/** @type {any} */ let quote = null;
let asking = 0;
let timer = 0;

/** What is chosen, as a quote asks for it; null: nothing yet. @returns {object | null} */
function asked() {
  const chosen = new FormData(form).get("package");
  if (chosen !== "custom") return { package_coins: Number(chosen) };
  if (byCoins.value.trim()) {
    const typed = digits(byCoins.value);
    return typed ? { coins: typed } : refuse(say("whole_coins"));
  }
  if (byMoney.value.trim()) {
    const minor = minorUnits(byMoney.value, data.places);
    return minor ? { amount_minor: minor, currency: data.currency } : refuse(say("an_amount", { example: byMoney.placeholder }));
  }
  return null;
}

/** @param {string} text @returns {number} 0 when it is no whole number above zero */
function digits(text) {
  const plain = text.replace(/[\s,._']/g, "");
  return /^\d{1,12}$/.test(plain) ? Number(plain) : 0;
}

/** @param {string} words @returns {null} */
function refuse(words) {
  const error = find("#custom-error");
  error.hidden = !words;
  error.querySelector("span").textContent = words;
  for (const input of [byCoins, byMoney]) input.toggleAttribute("aria-invalid", false);
  if (words) (byCoins.value.trim() ? byCoins : byMoney).setAttribute("aria-invalid", "true");
  return null;
}

/** @param {string} words */
function trouble(words) {
  const error = find("[data-pay-error]");
  error.hidden = !words;
  error.querySelector("span").textContent = words;
}

/** What was refused, and by a limit with the way there. @param {ProblemError} error */
function refused(error) {
  trouble(isHeld(error) ? heldWords(error.problem) : error.message);
  if (isHeld(error)) find("[data-pay-error] span").append(" ", limitsLink(error.problem));
}

async function ask() {
  const turn = (asking += 1);
  quote = null;
  pay.disabled = true;
  refuse("");
  trouble("");
  const wanted = asked();
  if (!wanted || data.asks_part) return show();
  summary.setAttribute("aria-busy", "true");
  try {
    const made = await makeQuote({ ...wanted, region: data.region, subdivision: data.subdivision ?? undefined });
    if (turn === asking) quote = made;
  } catch (error) {
    if (turn === asking) explain(error);
  }
  if (turn === asking) show();
}

/** @param {unknown} error */
function explain(error) {
  if (error instanceof ProblemError && error.code === "invalid_field" && form.elements.package.value === "custom") {
    refuse(inMoney(error.problem));
  } else if (error instanceof ProblemError) {
    refused(error);
  } else {
    trouble(say("not_asked"));
  }
}

/** The API speaks of minor units; people do not. @param {{[field: string]: any}} problem */
function inMoney({ field = "", reason, least, most }) {
  if (least === undefined || most === undefined) return document.documentElement.lang === "en" ? `The amount ${reason}.` : say("amount_wrong");
  if (field.endsWith("amount_minor")) {
    const words = (/** @type {number} */ minor) => money({ amount_minor: minor, currency: data.currency });
    return say("amount_range", { least: words(least), most: words(most) });
  }
  return say("coins_range", { least: number(least), most: coinWords(most) });
}

function show() {
  summary.removeAttribute("aria-busy");
  summary.replaceChildren();
  if (!quote) {
    summary.append(line("soft", say(data.asks_part ? "choose_part" : "choose")));
    pay.textContent = say("pay");
    return;
  }
  const amount = document.createElement("p");
  amount.className = "summary-coins numeric";
  amount.textContent = coinWords(quote.coins);
  summary.append(amount, facts());
  if (quote.unused_minor > 0) {
    summary.append(line("soft summary-rest", say("all_it_buys", { amount: money({ amount_minor: quote.price.amount_minor + quote.unused_minor, currency: data.currency }) })));
  }
  showWays();
}

/** Ways whose provider does not take this amount cannot be chosen. */
function showWays() {
  for (const input of form.querySelectorAll("[name=way]")) {
    const taken = quote.providers.includes(input.dataset.provider);
    input.disabled = !taken || "expired" in input.dataset;
    input.closest("label").querySelector("[data-not-taken]").hidden = taken;
  }
  const chosen = way();
  const amount = money(quote.price);
  pay.disabled = !chosen;
  pay.textContent = chosen?.card_id ? say("pay_with", { amount, card: chosen.name ?? "" }) : say("pay_amount", { amount });
  find("[data-where]").textContent = chosen?.card_id ? say("at_once") : paidElsewhere;
  find("[data-save]")?.toggleAttribute("hidden", !chosen?.can_save);
  if (data.way && !chosen) trouble(say("way_wrong"));
}

/** How the buyer pays: as chosen, or as there is no choice. @returns {import("../buying.js").Way | null} */
function way() {
  const chosen = form.querySelector("[name=way]:checked");
  if (chosen) {
    const { provider, method, card, name } = chosen.dataset;
    return chosen.disabled ? null : { provider, method, card_id: card, name, can_save: "canSave" in chosen.dataset };
  }
  return data.way && quote.providers.includes(data.way.provider) ? data.way : null;
}

function facts() {
  const list = document.createElement("dl");
  list.className = "facts";
  const tax = [say("tax_name"), quote.tax_rate_bps ? share(quote.tax_rate_bps) : ""].join(" ").trim();
  for (const [name, value, tone] of [
    [say("coins_line"), money(quote.net), ""], [tax, money(quote.tax), ""], [say("you_pay"), money(quote.price), "total"],
  ]) {
    const row = document.createElement("div");
    row.className = tone;
    row.append(Object.assign(document.createElement("dt"), { textContent: name }), Object.assign(document.createElement("dd"), { textContent: value }));
    list.append(row);
  }
  return list;
}

/** @param {string} tone @param {string} words */
const line = (tone, words) => Object.assign(document.createElement("p"), { className: tone, textContent: words });

form.addEventListener("change", (/** @type {Event} */ event) => {
  const target = /** @type {HTMLInputElement} */ (event.target);
  if (target.name === "region" || target.name === "subdivision") {
    const address = new URL(location.href);
    if (target.name === "region") address.searchParams.delete("subdivision");
    address.searchParams.set(target.name, target.value);
    location.assign(address);
  } else if (target.name === "package") {
    const custom = target.value === "custom";
    find("[data-custom]").hidden = !custom;
    if (custom) byCoins.focus();
    void ask();
  } else if (target.name === "way" && quote) {
    trouble("");
    showWays();
  }
});
for (const [input, other] of [[byCoins, byMoney], [byMoney, byCoins]]) {
  input.addEventListener("input", () => {
    other.value = "";
    clearTimeout(timer);
    pay.disabled = true;
    timer = window.setTimeout(() => void ask(), WAIT_MS);
  });
}
form.addEventListener("submit", (/** @type {SubmitEvent} */ event) => {
  event.preventDefault();
  void busy(pay, async () => {
    trouble("");
    if (data.withdrawal_consent && !find("[data-consent]").checked) return trouble(say("consent_needed"));
    try {
      if (!isGood(quote)) await ask();
      if (!quote) return;
      const chosen = way();
      const saves = chosen?.can_save && new FormData(form).has("save_card");
      await payQuote(quote, data.back, saves ? { ...chosen, save_card: data.consent_version } : chosen, data.withdrawal_consent);
    } catch (error) {
      if (error instanceof ProblemError) refused(error);
      else trouble(say("not_started"));
    }
  });
});
find("[data-custom]").hidden = new FormData(form).get("package") !== "custom";
void ask();
