// <gift-feed>: gifts one under the other, newest first; for the creator each can be ticked off as thanked.
import { classMap, html, nothing, repeat } from "../../vendor/lit/lit.js";
import { asset, coins as coinWords, moment, number, playingTime, sayOf } from "../format.js";
import { nameOf, say } from "../words.js";
import { PageElement, amountCoins, avatar, icon } from "./element.js";

/** @typedef {import("../types.js").Gift} Gift */
/** @typedef {{key: string, gift: Gift, count: number, coins: number, ids: string[], thanked: boolean}} Entry */

/** Coins that were taken back, by gift. @typedef {Map<string, number>} TakenBack */

const ENTRIES_MAX = 200;
const IDS_MAX = 500;

/**
 * Properties: `thankable`, `wordsRemovable` (booleans), `emptyText`. Methods: `add(gift)`, `addAll(gifts)`, `setThanked(ids, thanked)`,
 * `setTakenBack(coins)`, `removeWords(ids)`, `clear()`; `open` are the entries still to thank for: not those of which nothing stands, nor those of who hides. A combo is one entry: its gifts add up, and so does what was taken back of them. Events: `gift-thank` {gift_ids}, `gift-words-remove` {gift}.
 */
export class GiftFeed extends PageElement {
  static properties = { thankable: { type: Boolean }, wordsRemovable: { type: Boolean, attribute: "words-removable" }, emptyText: { attribute: "empty-text" }, entries: { state: true }, takenBack: { state: true } };

  constructor() {
    super();
    this.thankable = false;
    this.wordsRemovable = false;
    this.emptyText = say("feed_empty");
    /** @type {Entry[]} */ this.entries = [];
    /** @type {TakenBack} */ this.takenBack = new Map();
  }

  /** @param {Gift} gift */
  add(gift) { this.addAll([gift]); }

  /** Oldest first, as frames bring them. @param {Gift[]} gifts */
  addAll(gifts) {
    const entries = [...this.entries];
    for (const gift of gifts) {
      const key = gift.combo?.id ?? gift.id;
      const place = entries.findIndex((entry) => entry.key === key);
      const known = place < 0 ? null : entries.splice(place, 1)[0];
      if (known?.ids.includes(gift.id)) entries.splice(place, 0, known);
      else entries.unshift(known ? grown(known, gift) : { key, gift, count: gift.count, coins: gift.coins, ids: [gift.id], thanked: false });
    }
    this.entries = entries.slice(0, ENTRIES_MAX);
  }

  /** @param {string[]} ids @param {boolean} [thanked] false takes the tick back */
  setThanked(ids, thanked = true) {
    const meant = new Set(ids);
    this.entries = this.entries.map((entry) => (entry.ids.some((id) => meant.has(id)) ? { ...entry, thanked } : entry));
  }

  /** Coins that are taken back of each of these gifts; 0: none any more. @param {Iterable<[string, number]>} coins */
  setTakenBack(coins) {
    this.takenBack = new Map([...this.takenBack, ...coins]);
  }

  /** What was said with these gifts is shown no more. @param {Iterable<string>} ids */
  removeWords(ids) {
    const meant = new Set(ids);
    this.entries = this.entries.map((entry) => (entry.gift.message && meant.has(entry.gift.id) ? { ...entry, gift: { ...entry.gift, message: undefined } } : entry));
  }

  get open() { return this.entries.filter((entry) => !entry.thanked && !entry.gift.anonymous && this.#taken(entry) < entry.coins); }

  /** @param {Entry} entry */
  #taken({ ids }) { return ids.reduce((sum, id) => sum + (this.takenBack.get(id) ?? 0), 0); }

  clear() {
    this.entries = [];
    this.takenBack = new Map();
  }

  render() {
    if (!this.entries.length) {
      return html`<div class="state"><div class="state-art">${icon("gift", "l")}</div><p class="state-text">${this.emptyText}</p></div>`;
    }
    return html`<ol class="gift-feed" aria-label=${say("gifts")}>${repeat(this.entries, (entry) => entry.key, (entry) => this.#row(entry))}</ol>`;
  }

  /** @param {Entry} entry */
  #row(entry) {
    const { gift, count, coins, ids, thanked } = entry;
    const taken = this.#taken(entry);
    return html`<li class=${classMap({ "gift-feed-row": true, "is-thanked": thanked, "is-taken-back": taken >= coins, "is-anonymous": Boolean(gift.anonymous) })} data-gift-id=${ids[0]}>
      ${avatar(gift.sender)}
      <div class="grow"><div class="truncate"><strong>${nameOf(gift.sender)}</strong></div>
        <div class="soft truncate gift-feed-about"><small>${gift.item.name}${count > 1 ? html` <span class="numeric">×${number(count)}</span>` : nothing}${gift.position_ms === undefined ? nothing : html` · <span class="numeric">${playingTime(gift.position_ms)}</span>`}${gift.at ? ` · ${moment(gift.at)}` : ""}</small></div>
        ${gift.message ? html`<div class="gift-message">${gift.message}${this.wordsRemovable ? this.#remover(gift) : nothing}</div>` : nothing}
        ${taken ? html`<span class="badge badge-bad" title=${say("taken_back_why")}>${taken >= coins ? say("taken_back") : sayOf("taken_back_coins", taken, { coins: coinWords(taken) })}</span>` : nothing}</div>
      <img class="gift-feed-art" src=${asset(gift.item.still)} alt="">
      ${taken ? reduced(coins, taken) : amountCoins(coins)}
      ${this.thankable && !gift.anonymous && (thanked || taken < coins) ? this.#tick(gift, ids, thanked) : nothing}</li>`;
  }

  /** @param {Gift} gift */
  #remover(gift) {
    return html` <button type="button" class="button button-small button-quiet gift-words-remove" aria-label="${say("remove_words")}: ${nameOf(gift.sender)}"
      @click=${() => this.tell("gift-words-remove", { gift })}>${icon("x", "s")}${say("remove_words")}</button>`;
  }

  /** @param {Gift} gift @param {string[]} ids @param {boolean} thanked */
  #tick(gift, ids, thanked) {
    return html`<button type="button" class="button button-small thank ${thanked ? "is-done" : ""}" aria-pressed=${thanked} ?disabled=${thanked}
      aria-label=${say(thanked ? "thanked_name" : "thank_name", { name: gift.sender.name })} @click=${() => this.tell("gift-thank", { gift_ids: ids })}>
      ${icon(thanked ? "check-check" : "check", "s")}${say(thanked ? "thanked" : "thank")}</button>`;
  }
}

/** What a gift was, struck out, and what of it stands. @param {number} coins @param {number} taken */
const reduced = (coins, taken) => html`<span class="amount amount-coins gift-feed-reduced"><span class="amount-line"
  ><span class="visually-hidden">${say("instead_of", { coins: coinWords(coins) })}</span><s class="amount-number" aria-hidden="true">${number(coins)}</s></span
  >${amountCoins(Math.max(0, coins - taken))}</span>`;

/** @param {Entry} entry @param {Gift} gift @returns {Entry} */
const grown = (entry, gift) => ({
  ...entry, gift, count: Math.max(entry.count + gift.count, gift.combo?.count ?? 0), coins: entry.coins + gift.coins,
  ids: [...entry.ids, gift.id].slice(-IDS_MAX), thanked: false,
});

customElements.define("gift-feed", GiftFeed);
