// <gift-feed>: gifts one under the other, newest first; for the creator each can be ticked off as thanked.
import { classMap, html, nothing, repeat } from "../../vendor/lit/lit.js";
import { asset, number, time } from "../format.js";
import { PageElement, amountCoins, avatar, icon } from "./element.js";

/** @typedef {import("../types.js").Gift} Gift */
/** @typedef {{key: string, gift: Gift, count: number, coins: number, ids: string[], thanked: boolean}} Entry */

const ENTRIES_MAX = 200;
const IDS_MAX = 500;

/**
 * Properties: `thankable` (boolean), `emptyText`. Methods: `add(gift)`, `addAll(gifts)`, `setThanked(ids, thanked)`, `clear()`.
 * A combo is one entry: its gifts add up. Event: `gift-thank` {gift_ids}.
 */
export class GiftFeed extends PageElement {
  static properties = { thankable: { type: Boolean }, emptyText: { attribute: "empty-text" }, entries: { state: true } };

  constructor() {
    super();
    this.thankable = false;
    this.emptyText = "Gifts appear here as they come.";
    /** @type {Entry[]} */ this.entries = [];
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

  clear() { this.entries = []; }

  render() {
    if (!this.entries.length) {
      return html`<div class="state"><div class="state-art">${icon("gift", "l")}</div><p class="state-text">${this.emptyText}</p></div>`;
    }
    return html`<ol class="gift-feed" aria-label="Gifts">${repeat(this.entries, (entry) => entry.key, (entry) => this.#row(entry))}</ol>`;
  }

  /** @param {Entry} entry */
  #row({ gift, count, coins, ids, thanked }) {
    return html`<li class=${classMap({ "gift-feed-row": true, "is-thanked": thanked })} data-gift-id=${ids[0]}>
      ${avatar(gift.sender)}
      <div class="grow"><div class="truncate"><strong>${gift.sender.name}</strong></div>
        <div class="soft truncate"><small>${gift.item.name}${count > 1 ? html` <span class="numeric">×${number(count)}</span>` : nothing}${gift.at ? ` · ${time(gift.at)}` : ""}</small></div></div>
      <img class="gift-feed-art" src=${asset(gift.item.art)} alt="">
      ${amountCoins(coins)}
      ${this.thankable ? this.#tick(gift, ids, thanked) : nothing}</li>`;
  }

  /** @param {Gift} gift @param {string[]} ids @param {boolean} thanked */
  #tick(gift, ids, thanked) {
    return html`<button type="button" class="button button-small thank ${thanked ? "is-done" : ""}" aria-pressed=${thanked} ?disabled=${thanked}
      aria-label=${thanked ? `Thanked ${gift.sender.name}` : `Thank ${gift.sender.name}`} @click=${() => this.tell("gift-thank", { gift_ids: ids })}>
      ${icon(thanked ? "check-check" : "check", "s")}${thanked ? "Thanked" : "Thank"}</button>`;
  }
}

/** @param {Entry} entry @param {Gift} gift @returns {Entry} */
const grown = (entry, gift) => ({
  ...entry, gift, count: Math.max(entry.count + gift.count, gift.combo?.count ?? 0), coins: entry.coins + gift.coins,
  ids: [...entry.ids, gift.id].slice(-IDS_MAX), thanked: false,
});

customElements.define("gift-feed", GiftFeed);
