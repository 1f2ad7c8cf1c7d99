// <gift-moments>: what others gave at this moment of a video, once, small, at the edge of the picture.
import { html, nothing, repeat } from "../../vendor/lit/lit.js";
import { asset, giversOf, sayOf } from "../format.js";
import { say } from "../words.js";
import { PageElement, icon } from "./element.js";

/** @typedef {import("../timeline.js").Mark} Mark */
/** @typedef {{key: number, mark: Mark}} Shown */

const SHOWN_MAX = 2;
const SHOWN_MS = 4_000;

/** Property: `itemOf` (id => Item | undefined). Methods: `show(mark)`, `clear()`. The timeline says the same to those who hear it. */
export class GiftMoments extends PageElement {
  static properties = { itemOf: { attribute: false }, shown: { state: true } };

  constructor() {
    super();
    /** @type {(id: number) => import("../types.js").Item | undefined} */ this.itemOf = () => undefined;
    /** @type {Shown[]} */ this.shown = [];
    this.count = 0;
  }

  /** @param {Mark} mark */
  show(mark) {
    const key = (this.count += 1);
    this.shown = [...this.shown, { key, mark }].slice(-SHOWN_MAX);
    setTimeout(() => { this.shown = this.shown.filter((one) => one.key !== key); }, SHOWN_MS);
  }

  clear() { this.shown = []; }

  render() {
    if (!this.shown.length) return nothing;
    return html`<ol class="moments" aria-hidden="true">${repeat(this.shown, ({ key }) => key, ({ mark }) => this.#moment(mark))}</ol>`;
  }

  /** @param {Mark} mark */
  #moment(mark) {
    const { count, item_id: itemId } = mark;
    const item = this.itemOf(itemId);
    const single = item ? say("sent", { gift: item.name }) : "";
    const who = giversOf(mark, "moment_by") || (count === 1 ? say("somebody") : "");
    const what = count === 1 ? single : `· ${sayOf("moment_count", count)}`;
    return html`<li class="moment">${item ? html`<img src=${asset(item.still)} alt="" width="28" height="28">` : icon("gift", "s")}
      <span class="moment-words truncate"><strong>${who}</strong> ${what}</span></li>`;
  }
}

customElements.define("gift-moments", GiftMoments);
