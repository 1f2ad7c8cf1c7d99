// Waits for an order to be settled: asks the provider through the API, first often, then seldom, and shows what changed.
import { ProblemError, api, busy, renew } from "../api.js";
import { isGood, leadLinksOut, makeQuote, payQuote } from "../buying.js";
import { coins, money } from "../format.js";
import { say } from "../words.js";

const FIRST_MS = 700;
const LAST_MS = 15_000;
/** A voucher is paid in hours or days. */
const SLOW_MS = 60_000;
const OPEN = new Set(["created", "pending", "authorised"]);

const order = () => /** @type {HTMLElement} */ (document.getElementById("order"));

async function wait() {
  let pause = FIRST_MS;
  let shownAt = Date.now();
  while (OPEN.has(order().dataset.state ?? "")) {
    await sleep(pause);
    pause = Math.min("slow" in order().dataset ? SLOW_MS : LAST_MS, pause * 1.5);
    const state = await refresh();
    const changed = state !== null && state !== order().dataset.state;
    if (changed || Date.now() - shownAt > 60_000) {
      shownAt = Date.now();
      await renew("#order").catch(() => false);
      if (changed) await renew(".top-bar").catch(() => false);
    }
  }
}

/** The state of the order, or null when nobody could say. @returns {Promise<string | null>} */
async function refresh() {
  const trouble = document.querySelector("[data-trouble]");
  try {
    const answer = await api("POST", `/v1/orders/${order().dataset.order}/refresh`);
    trouble?.toggleAttribute("hidden", true);
    return answer.state;
  } catch (error) {
    if (!(error instanceof ProblemError) || error.status === 0) trouble?.toggleAttribute("hidden", false);
    return null;
  }
}

/** Sleeps, but wakes at once when the page is looked at again. @param {number} ms @returns {Promise<void>} */
function sleep(ms) {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    document.addEventListener("visibilitychange", done);
  });
}

/** After a payment that was let go: the same coins at the right price, in one tap. */
async function offerAgain() {
  const slot = /** @type {HTMLElement | null} */ (document.querySelector("[data-again-slot]"));
  if (!slot || slot.childElementCount) return;
  const asked = { missing_coins: Number(slot.dataset.coins), ...(slot.dataset.region ? { region: slot.dataset.region } : {}) };
  let quote = await makeQuote(asked).catch(() => null);
  if (!quote || slot.childElementCount) return;
  const button = Object.assign(document.createElement("button"), { type: "button", className: "button button-primary button-large" });
  const label = () => { button.textContent = say("buy_again", { coins: coins(quote.coins), price: money(quote.price) }); };
  label();
  button.addEventListener("click", () => busy(button, async () => {
    try {
      if (!isGood(quote)) {
        quote = await makeQuote(asked);
        label();
        return; // the price may have changed: it is shown before it is paid
      }
      await payQuote(quote, slot.dataset.back ?? "/wallet", { provider: slot.dataset.provider ?? "", method: slot.dataset.method });
    } catch (error) {
      const trouble = document.querySelector("[data-again-trouble]");
      if (trouble) trouble.textContent = error instanceof ProblemError ? error.message : say("did_not_work");
      trouble?.toggleAttribute("hidden", false);
    }
  }));
  slot.replaceChildren(button);
}

function show() {
  leadLinksOut(order());
  void offerAgain();
}

document.addEventListener("page-renewed", show);
show();
void wait();
