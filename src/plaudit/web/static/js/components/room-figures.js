// <top-gifters> and <viewer-count>: the standing figures of a room.
import { html, nothing, repeat } from "../../vendor/lit/lit.js";
import { coins as coinWords, compactNumber, number, sayOf } from "../format.js";
import { say } from "../words.js";
import { PageElement, amountCoins, avatar, icon } from "./element.js";

/** Properties: `entries` ({rank, person, coins}[]), `compact` (faces only), `unranked` (nobody may be ranked by money). */
export class TopGifters extends PageElement {
  static properties = { entries: { attribute: false }, compact: { type: Boolean }, unranked: { type: Boolean } };

  constructor() {
    super();
    /** @type {import("../types.js").TopGifter[]} */ this.entries = [];
    this.compact = false;
    this.unranked = false;
  }

  render() {
    if (this.unranked || !this.entries.length) return this.compact ? nothing : html`<p class="soft">${say(this.unranked ? "unranked" : "nobody_first")}</p>`;
    if (this.compact) {
      return html`<ol class="top-faces" aria-label=${say("top_gifters")}>${this.entries.slice(0, 3).map(({ person, coins }) =>
        html`<li title="${person.name}: ${coinWords(coins)}">${avatar(person)}<span class="visually-hidden">${person.name}, ${coinWords(coins)}</span></li>`)}</ol>`;
    }
    return html`<ol class="top-gifters" aria-label=${say("top_gifters")}>${repeat(this.entries, (entry) => entry.person.id, ({ rank, person, coins }) =>
      html`<li data-rank=${rank}><span class="top-rank numeric">${rank}</span>${avatar(person)}<span class="grow truncate">${person.name}</span>${amountCoins(coins)}</li>`)}</ol>`;
  }
}

/** Property: `value` (people watching now). */
export class ViewerCount extends PageElement {
  static properties = { value: { type: Number } };

  constructor() {
    super();
    this.value = 0;
  }

  render() {
    return html`<span class="viewer-count numeric" title=${sayOf("watching", this.value)}>${icon("eye", "s")}<span aria-hidden="true">${compactNumber(this.value)}</span><span class="visually-hidden">${sayOf("watching", this.value)}</span></span>`;
  }
}

customElements.define("top-gifters", TopGifters);
customElements.define("viewer-count", ViewerCount);
