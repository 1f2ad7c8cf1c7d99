// Buying coins: a quote is a price promised for some minutes, an order is that quote being paid at a provider's checkout.
import { api } from "./api.js";
import { msUntil } from "./server-clock.js";
import { Meant } from "./meant.js";
import { uuid7 } from "./uuid7.js";

const MARGIN_MS = 15_000;
const TAKING = new Set(["created", "pending", "authorised"]);
const TAKING_TRIES = 12;
const TAKING_PAUSE_MS = 500;
const purchase = new Meant();
/** Whether these pages stand in a page of another site. */
const framed = window.parent !== window;

/**
 * How to pay: a provider, and one of its methods when that was chosen by name, or a saved card, which pays at once.
 * `save_card`: the version of the words by which the buyer agreed that the card is saved.
 * @typedef {{provider: string, method?: string | null, card_id?: string, name?: string, can_save?: boolean, save_card?: number}} Way
 */

/** @param {object} asked package_coins, coins, missing_coins, or amount_minor with currency; and region @returns {Promise<any>} the quote */
export const makeQuote = (asked) => api("POST", "/v1/quotes", { id: uuid7(), ...asked });

/** The price of exactly what is missing. @param {number} missing */
export const quoteMissing = (missing) => makeQuote({ missing_coins: missing });

/** Whether the price is still promised for long enough to pay it. @param {any} quote */
export const isGood = (quote) => Boolean(quote) && msUntil(quote.expires_at) > MARGIN_MS;

/**
 * Orders a quote and goes to the checkout; the buyer returns to the order's page, and from there back. In a frame the
 * checkout opens in a window of its own, since no provider lets itself be framed, and the order's page waits for it here:
 * that window need not be signed in, and says no more than that it is over.
 * @param {any} quote @param {string} back an address of this site @param {Way | null} way
 * @param {string} consent the version of the words that were agreed to; empty: nothing was
 */
export async function payQuote(quote, back, way, consent = "") {
  const order = await place(quote, back, way, consent);
  const waiting = pageOf(order, back);
  if (framed && order.checkout_url) openAside(order.checkout_url);
  location.assign(framed ? waiting : (order.checkout_url ?? waiting));
}

/** @param {{id: string}} order @param {string} back */
const pageOf = ({ id }, back) => `/orders/${id}?back=${encodeURIComponent(back)}`;

/**
 * @param {any} quote @param {string} back @param {Way | null} way @param {string} [consent]
 * @returns {Promise<any>} the order; meant again, it is the same one
 */
async function place(quote, back, way, consent = "") {
  const language = document.documentElement.lang || undefined;
  const id = purchase.idOf([quote.id, way?.provider, way?.method, way?.card_id, way?.save_card, back, consent]);
  return api("POST", "/v1/orders", {
    id, quote_id: quote.id, provider: way?.provider ?? "", method: way?.method ?? undefined, card_id: way?.card_id, save_card: way?.save_card,
    store_link: storeLink(), consent: consent ? { version: consent, language } : undefined, locale: language, return_url: framed ? "/checkout-over" : pageOf({ id }, back),
  });
}

/**
 * Pays a quote with a saved card, without leaving this page unless the bank asks, or something else has to be told.
 * @param {any} quote @param {string} back @param {Way} card @returns {Promise<any>} the order, paid or declined; null: another page opens
 */
export async function payAtOnce(quote, back, card) {
  let order = await place(quote, back, card);
  // A message of the provider may be taking the money at this moment: that is over soon.
  for (let tries = 0; tries < TAKING_TRIES && TAKING.has(order.state) && !order.checkout_url; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, TAKING_PAUSE_MS));
    order = await api("POST", `/v1/orders/${order.id}/refresh`).catch(() => order);
  }
  if (order.state === "paid" || order.state === "declined") return order;
  if (framed && order.checkout_url) openAside(order.checkout_url);
  location.assign(framed ? pageOf(order, back) : (order.checkout_url ?? pageOf(order, back)));
  return null;
}

/** The link by which the buyer came from an app, as the page's address has it. */
function storeLink() {
  const address = new URLSearchParams(location.search);
  const [store, token] = [address.get("store"), address.get("token")];
  return store && token ? { store, token } : undefined;
}

/** A window that a browser holds back is no loss: the order's page has the link. @param {string} address */
function openAside(address) {
  const opened = window.open(address, "_blank");
  if (opened) opened.opener = null;
}

/** In a frame, links to other sites open in a window of their own. @param {ParentNode} part */
export function leadLinksOut(part) {
  if (!framed) return;
  for (const link of part.querySelectorAll("a[href^='http']")) Object.assign(link, { target: "_blank", rel: "noopener" });
}

/** One tap: exactly the missing coins. @param {number} missing @param {any} quote one made before, or null @param {string} back @param {Way | null} way */
export async function buyExactly(missing, quote, back, way) {
  await payQuote(isGood(quote) ? quote : await quoteMissing(missing), back, way);
}
