// <gift-timeline>: what was given at which moment of a video, calm under its player; a mark says more, and leads there.
import { classMap, html, nothing } from "../../vendor/lit/lit.js";
import { asset, coins, giversOf, playingTime, sayOf } from "../format.js";
import { say } from "../words.js";
import { PageElement, amountCoins, icon } from "./element.js";

/** @typedef {import("../timeline.js").Mark} Mark */

/** Wide enough for a finger, and apart from the next. */
export const MARK_PX = 28;

/**
 * Properties: `marks` (Mark[] in order), `durationMs`, `positionMs`, `itemOf` (id => Item | undefined).
 * Event: `moment-chosen` {at_ms}.
 */
export class GiftTimeline extends PageElement {
  static properties = {
    marks: { attribute: false }, durationMs: { type: Number, attribute: "duration-ms" }, positionMs: { type: Number }, itemOf: { attribute: false },
    chosen: { state: true }, reachable: { state: true },
  };

  constructor() {
    super();
    /** @type {Mark[]} */ this.marks = [];
    this.durationMs = 1;
    this.positionMs = 0;
    /** @type {(id: number) => import("../types.js").Item | undefined} */ this.itemOf = () => undefined;
    /** Where the mark lies of which more is said; -1: of none. */
    this.chosen = -1;
    this.reachable = 0;
  }

  /** @param {Mark} mark */
  #choose(mark) {
    this.chosen = mark.at_ms;
    this.tell("moment-chosen", { at_ms: mark.at_ms });
  }

  /** Arrow keys walk the marks; they are one stop of the tab key. @param {KeyboardEvent} event */
  #walk(event) {
    const buttons = /** @type {HTMLElement[]} */ ([...this.querySelectorAll(".timeline-mark")]);
    const here = buttons.indexOf(/** @type {HTMLElement} */ (event.target));
    const steps = { ArrowRight: 1, ArrowLeft: -1, Home: -here, End: buttons.length - 1 - here };
    if (here < 0 || !(event.key in steps)) return;
    event.preventDefault();
    this.reachable = Math.min(buttons.length - 1, Math.max(0, here + steps[/** @type {keyof typeof steps} */ (event.key)]));
    buttons[this.reachable].focus();
  }

  render() {
    if (!this.marks.length) return nothing;
    const reachable = Math.min(this.reachable, this.marks.length - 1);
    return html`<div class="timeline" role="group" aria-label=${say("timeline")} @keydown=${this.#walk}>
        <span class="timeline-line" aria-hidden="true"><span class="timeline-played"></span></span>
        ${this.marks.map((mark, index) => this.#mark(mark, index === reachable))}
      </div>${this.#more()}`;
  }

  /** Places are set by script: no style is inline. */
  updated() {
    for (const mark of /** @type {NodeListOf<HTMLElement>} */ (this.querySelectorAll(".timeline-mark"))) mark.style.left = this.#percent(Number(mark.dataset.atMs));
    const played = /** @type {HTMLElement | null} */ (this.querySelector(".timeline-played"));
    if (played) played.style.width = this.#percent(this.positionMs);
  }

  /** @param {number} ms */
  #percent(ms) { return `${Math.min(100, Math.max(0, (ms * 100) / this.durationMs))}%`; }

  /** @param {Mark} mark @param {boolean} reachable */
  #mark(mark, reachable) {
    const item = this.itemOf(mark.item_id);
    return html`<button type="button" class=${classMap({ "timeline-mark": true, "is-chosen": mark.at_ms === this.chosen })} data-at-ms=${mark.at_ms}
      tabindex=${reachable ? 0 : -1} aria-pressed=${mark.at_ms === this.chosen}
      aria-label=${this.#words(mark)} @click=${() => this.#choose(mark)}>${item ? html`<img src=${asset(item.still)} alt="">` : icon("gift", "s")}</button>`;
  }

  /** @param {Mark} mark */
  #words(mark) {
    const item = this.itemOf(mark.item_id);
    const what = sayOf("moment_gifts", mark.count, { coins: coins(mark.coins) });
    return `${playingTime(mark.at_ms)}: ${what}${item ? `, ${item.name}` : ""}${mark.senders.length ? `, ${giversOf(mark, "moment_from")}` : ""}`;
  }

  #more() {
    const mark = this.marks.find((one) => one.at_ms === this.chosen);
    if (!mark) return nothing;
    const item = this.itemOf(mark.item_id);
    return html`<div class="timeline-more" role="status">
      ${item ? html`<img src=${asset(item.still)} alt="" width="36" height="36">` : icon("gift")}
      <span class="grow"><strong class="numeric">${playingTime(mark.at_ms)}</strong> · ${sayOf("moment_count", mark.count)}${item ? ` · ${item.name}` : ""}
        ${mark.senders.length ? html`<br><span class="soft">${giversOf(mark, "moment_from")}</span>` : nothing}</span>
      ${amountCoins(mark.coins)}</div>`;
  }
}

customElements.define("gift-timeline", GiftTimeline);
