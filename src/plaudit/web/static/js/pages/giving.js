// Giving from a tray, wherever it stands: the viewer's coins, what is on its way, combos, and what to do when coins are short.
import { ProblemError, api } from "../api.js";
import { buyExactly, isGood, payAtOnce, quoteMissing } from "../buying.js";
import { coins as coinWords, money, number, sayOf } from "../format.js";
import { confirmed } from "../forms.js";
import { keep, recall } from "../kept.js";
import { heldWords, isHeld, toLimits } from "../own-limits.js";
import { Reminder } from "../reminder.js";
import { toast } from "../toast.js";
import { uuid7 } from "../uuid7.js";
import { say, words } from "../words.js";
import { worthOf } from "../worth.js";

/** @typedef {import("../types.js").Item} Item */
/** @typedef {{item_id: number, count: number, coins: number, message?: string, position_ms?: number, confirmed_minor?: number}} Wanted */
/** @typedef {Pick<Wanted, "item_id" | "count" | "message">} Chosen */
/** @typedef {{code: string, [field: string]: any}} ToldProblem */
/** @typedef {{ok: boolean, gift?: any, problem?: any}} Answer of a gift that was sent */
/**
 * @typedef {object} Place where is given
 * @property {() => boolean} isOpen whether gifts may be sent just now
 * @property {() => string} address of this page, to come back to: the same moment of it
 * @property {() => Partial<Wanted>} [moment] what else a gift says, as of its first try
 * @property {(gift: Wanted & {id: string}) => Promise<Answer>} send
 * @property {(gift: any, item: Item) => void} [sent] it was charged
 * @property {import("./announcer.js").Announcer} announcer told of what was given
 * @property {(problem: ToldProblem) => void} [refused] what a refusal says of the place
 */

const CATALOGUE_MOVED = new Set(["price_changed", "item_retired", "item_not_here", "item_unknown", "item_not_for_videos"]);

export class Giving {
  /** Gifts that are on their way, by their ids. @type {Map<string, Wanted & {id: string}>} */ #onTheWay = new Map();
  /** What the server last said. @type {number | null} */ #confirmed;
  /** @type {any} */ #quote = null;
  /** What coins were short for. @type {(Wanted & {id: string}) | null} */ #waiting = null;
  /** Until the last question was answered: there is one at a time. @type {Promise<unknown>} */ #asked = Promise.resolve();
  #worth;
  #choiceKey;

  /**
   * @param {any} data of the page, as `tray_data` makes it
   * @param {{trays: any[], combo: any, items: import("../items.js").Items}} parts
   * @param {Place} place
   */
  constructor(data, { trays, combo, items }, place) {
    this.data = data;
    this.trays = trays;
    this.combo = combo;
    this.items = items;
    this.place = place;
    this.#confirmed = data.coins;
    this.#worth = data.rate ? worthOf(data.lots, data.rate) : null;
    this.#choiceKey = `gift-choice-${data.place}`;
    this.reminder = new Reminder(data.meter ?? null);
    for (const tray of trays) this.#serve(tray);
    combo.addEventListener("gift-send", (/** @type {CustomEvent} */ event) => void this.send({ id: uuid7(), ...event.detail }));
    this.#recallChoice();
    this.#showBalance();
  }

  /** The viewer's coins by the server; null: a guest. @param {number | null} coins */
  set wallet(coins) {
    this.#confirmed = coins;
    this.#showBalance();
  }

  /** Why nothing can be sent now; empty: it can. @param {string} reason */
  set reason(reason) {
    for (const tray of this.trays) tray.disabledReason = reason;
  }

  /** @param {any} tray */
  #serve(tray) {
    Object.assign(tray, { items: this.data.items, moneyOf: this.#moneyOf, countMax: this.data.count_max, oneTap: this.data.card?.name ?? "", meter: this.reminder.meter });
    tray.addEventListener("gift-send", (/** @type {CustomEvent} */ event) => void this.send(event.detail));
    tray.addEventListener("gift-short", (/** @type {CustomEvent} */ event) => {
      const { coins_short: missing, ...wanted } = event.detail;
      this.#remember(wanted);
      void this.#short(missing, wanted);
    });
    tray.addEventListener("sign-in", (/** @type {CustomEvent} */ event) => this.#signIn(event.detail));
    tray.addEventListener("buy-coins", () => this.#recharge());
    tray.addEventListener("buy-exactly", (/** @type {CustomEvent} */ event) => void this.#buy(event.detail.coins, event.detail.at_once));
  }

  /** What coins are worth to this viewer now: those spent since the page was made come first no more, nor those that go before. @param {number} count @param {number} [before] */
  #moneyOf = (count, before = 0) => (this.#worth ? this.#worth(count, Math.max(0, (this.data.coins ?? 0) - (this.#confirmed ?? 0)) + before) : null);

  get #balance() {
    return this.#confirmed === null ? null : Math.max(0, this.#confirmed - [...this.#onTheWay.values()].reduce((sum, { coins }) => sum + coins, 0));
  }

  #showBalance() {
    const balance = this.#balance;
    for (const tray of this.trays) tray.balance = balance;
    const inBar = document.querySelector("[data-wallet-coins]");
    if (inBar && balance !== null) inBar.setAttribute("value", String(balance));
  }

  /** One that is on its way is sent as it was first meant. @param {Wanted & {id: string}} wanted */
  async send(wanted) {
    const item = this.items.get(wanted.item_id);
    if (!item || !this.place.isOpen()) return this.#settled(wanted.id, false);
    const balance = this.#balance;
    if (balance === null) return this.#signIn(wanted);
    const gift = this.#onTheWay.get(wanted.id) ?? { ...wanted, ...this.place.moment?.() };
    if (!this.#onTheWay.has(gift.id)) {
      if (gift.coins > balance) {
        this.#settled(gift.id, false);
        return this.#short(gift.coins - balance, gift);
      }
      this.#onTheWay.set(gift.id, gift);
      this.#showBalance();
      this.#countCombo(item, gift.count);
      this.#remember(gift);
    }
    await this.#settle(gift, item);
  }

  /** @param {string} id @param {boolean} isPosted */
  #settled(id, isPosted) { for (const tray of this.trays) tray.settle(id, isPosted); }

  /** @param {Wanted & {id: string}} gift @param {Item} item */
  async #settle(gift, item) {
    const answer = await this.place.send(gift);
    if (!answer.ok && answer.problem?.code === "no_answer") {
      this.#settled(gift.id, false);
      toast(say("no_answer_yet"), { action: { label: say("try_again"), run: () => void this.#settle(gift, item) } });
      return;
    }
    this.#onTheWay.delete(gift.id);
    this.#settled(gift.id, Boolean(answer.ok && answer.gift));
    if (answer.ok && answer.gift) {
      this.#confirmed = answer.gift.coins_after;
      this.#remember({ item_id: gift.item_id, count: gift.count }); // its words are said
      this.#closeTray();
      if (this.combo.item?.id === item.id) this.combo.count = Math.max(this.combo.count, answer.gift.combo.count);
      this.place.announcer.sent(item, gift.count, answer.gift.coins_after);
      this.#gaveSoFar(answer.gift.given);
      this.place.sent?.(answer.gift, item);
    } else {
      this.combo.expiresAt = "";
      await this.#refused(answer.problem ?? { code: "closed" }, gift);
    }
    this.#showBalance();
  }

  /** How far the viewer's own limits are with a gift that was charged. @param {import("../types.js").GivenSoFar | undefined} given */
  #gaveSoFar(given) {
    if (!given) return;
    this.reminder.gave(given);
    for (const tray of this.trays) tray.meter = this.reminder.meter;
  }

  /** @param {Item} item @param {number} count */
  #countCombo(item, count) {
    if (!item.combo) return;
    const { combo } = this;
    const running = combo.item?.id === item.id && combo.expiresAt && new Date(combo.expiresAt).getTime() > Date.now();
    Object.assign(combo, {
      item, count: (running ? combo.count : 0) + count, expiresAt: new Date(Date.now() + this.data.combo_window_ms).toISOString(),
    });
    this.#closeTray();
  }

  /** On a phone the tray lies over what was just given. */
  #closeTray() {
    for (const dialog of /** @type {NodeListOf<HTMLDialogElement>} */ (document.querySelectorAll("dialog.tray-sheet[open]"))) dialog.close();
  }

  /** The catalogue as it is now, in the trays. */
  async #readItems() {
    const answer = await fetch(this.data.catalogue, { cache: "no-cache", credentials: "same-origin", headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok) return;
    this.items.current = (await answer.json()).items;
    for (const tray of this.trays) tray.items = [...this.items.all];
    if (this.combo.item) this.combo.item = this.items.get(this.combo.item.id) ?? this.combo.item;
  }

  /** @param {ToldProblem} problem @param {Wanted & {id: string}} wanted */
  async #refused(problem, wanted) {
    for (const tray of this.trays) tray.message ||= wanted.message ?? "";
    if (problem.code === "insufficient_coins") return this.#short(problem.coins_short, wanted);
    if (problem.code === "unauthenticated") return this.#signIn(wanted);
    if (problem.code === "confirmation_needed") return this.#confirm(problem.amount, wanted);
    this.place.refused?.(problem);
    if (CATALOGUE_MOVED.has(problem.code)) await this.#readItems();
    const why = isHeld(problem) ? heldWords(problem) : problem.code === "price_changed" ? this.#newPrice(wanted) : words.refused[problem.code] ?? words.closed?.[problem.code] ?? words.problems[problem.code] ?? problem.title ?? say("gift_failed");
    toast(`${why} ${sayOf("coins_stayed", wanted.coins, { coins: coinWords(wanted.coins) })}`, { tone: "bad", action: isHeld(problem) ? toLimits(problem) : undefined });
  }

  /** They want to be asked first: what was shown is what is sent. @param {import("../types.js").Money} amount @param {Wanted & {id: string}} wanted */
  async #confirm(amount, wanted) {
    const question = { title: say("ask_gift", { money: money(amount) }), text: say("ask_why"), action: say("send") };
    const answer = this.#asked.then(() => confirmed(question));
    this.#asked = answer;
    if (!(await answer)) return;
    for (const tray of this.trays) tray.message = "";
    await this.send({ ...wanted, confirmed_minor: amount.amount_minor });
  }

  /** @param {Wanted} wanted */
  #newPrice({ item_id: id, count }) {
    const item = this.items.get(id);
    if (!item) return say("price_changed");
    return say(count > 1 ? "new_prices" : "new_price", { gift: item.name, coins: coinWords(item.coins), total: coinWords(item.coins * count), count: number(count) });
  }

  /** Says what is missing, and what exactly that costs. @param {number} missing @param {(Wanted & {id: string}) | null} wanted */
  async #short(missing, wanted) {
    this.#quote = null;
    this.#waiting = wanted;
    const price = this.#moneyOf(missing, this.#confirmed ?? 0);
    for (const tray of this.trays) tray.shortage = { coins_short: missing, price, asking: true }; // nothing is paid before its price is shown
    try {
      this.#quote = await quoteMissing(missing);
      for (const tray of this.trays) if (tray.shortage) tray.shortage = { coins_short: missing, buys: this.#quote.coins, price: this.#quote.price };
    } catch {
      // the list price stays; buying asks again
      for (const tray of this.trays) if (tray.shortage) tray.shortage = { coins_short: missing, price };
    }
  }

  /** @param {number} missing @param {boolean} atOnce with the saved card */
  async #buy(missing, atOnce) {
    if (this.trays.some((tray) => tray.busy)) return; // a second tap
    if (this.data.asks_part) return this.#recharge(); // what it costs depends on where they say to be
    for (const tray of this.trays) tray.busy = true;
    try {
      if (atOnce) return await this.#buyAtOnce(missing);
      await buyExactly(missing, this.#quote, this.place.address(), this.data.way);
    } catch (error) {
      if (error instanceof ProblemError && isHeld(error)) toast(heldWords(error.problem), { tone: "bad", action: toLimits(error.problem) });
      else toast(error instanceof ProblemError ? error.message : say("purchase_failed"), { tone: "bad" });
      for (const tray of this.trays) tray.busy = false;
    }
  }

  #recharge() { location.assign(`/recharge?back=${encodeURIComponent(this.place.address())}`); }

  /** One tap: exactly what is missing is bought with the saved card, and what it was missing for is given. @param {number} missing */
  async #buyAtOnce(missing) {
    const shown = this.#quote?.price.amount_minor;
    if (!isGood(this.#quote)) await this.#short(missing, this.#waiting);
    const quote = this.#quote;
    if (quote && quote.price.amount_minor === shown) { // a price that was not shown is not paid
      const order = await payAtOnce(quote, this.place.address(), this.data.card);
      if (!order) return;
      this.#quote = null;
      if (order.state === "paid") return void (await this.#giveWhatWaited(order.coins));
      toast(`${words.declines[order.decline] ?? words.declines.declined} ${say("nothing_taken")}`, { tone: "bad" });
      for (const tray of this.trays) tray.oneTap = "";
      await this.#short(missing, this.#waiting);
    }
    for (const tray of this.trays) tray.busy = false;
  }

  /** @param {number} bought */
  async #giveWhatWaited(bought) {
    const gift = this.#waiting;
    this.#waiting = null;
    const wallet = await api("GET", "/v1/wallet").catch(() => null);
    this.wallet = wallet?.coins ?? (this.#confirmed ?? 0) + bought;
    for (const tray of this.trays) Object.assign(tray, { shortage: null, busy: false, message: "" });
    if (gift) await this.send(gift);
  }

  /** @param {Chosen} chosen */
  #signIn(chosen) {
    this.#remember(chosen);
    location.assign(signInAddress(this.place.address()));
  }

  /** What was chosen, and the words for it, are there again after a visit to the checkout, or to the door. @param {Chosen} chosen */
  #remember({ item_id: itemId, count, message = "" }) { keep("sessionStorage", this.#choiceKey, JSON.stringify({ itemId, count, message })); }

  #recallChoice() {
    const kept = JSON.parse(recall("sessionStorage", this.#choiceKey) ?? "null");
    if (!kept || !this.items.get(kept.itemId)) return;
    for (const tray of this.trays) Object.assign(tray, { selectedId: kept.itemId, count: kept.count, message: kept.message ?? "" });
  }
}

/** Where a guest signs in, to come back. @param {string} back */
export const signInAddress = (back) => `/sign-in?next=${encodeURIComponent(back)}`;
