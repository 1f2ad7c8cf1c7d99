// <combo-button>: appears after a gift that can be repeated; each press sends one more until its ring has run out.
import { html, nothing } from "../../vendor/lit/lit.js";
import { asset, coins, number } from "../format.js";
import { say } from "../words.js";
import { PageElement } from "./element.js";

const CIRCLE = 2 * Math.PI * 46;

/**
 * Properties: `item` (Item | null), `count` (the combo's absolute count), `expiresAt` (RFC 3339; empty hides the button).
 * Events: `gift-send` {item_id, count: 1, coins}, `combo-over` {item_id}.
 */
export class ComboButton extends PageElement {
  static properties = { item: { attribute: false }, count: { type: Number }, expiresAt: { attribute: "expires-at" } };

  constructor() {
    super();
    /** @type {import("../types.js").Item | null} */ this.item = null;
    this.count = 0;
    this.expiresAt = "";
    /** @type {ReturnType<typeof setTimeout> | undefined} */ this.timer = undefined;
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.timer);
  }

  get #left() { return this.expiresAt ? Math.max(0, new Date(this.expiresAt).getTime() - Date.now()) : 0; }

  /** @param {Map<string, unknown>} changed */
  updated(changed) {
    if (!changed.has("expiresAt") && !changed.has("count")) return;
    clearTimeout(this.timer);
    const left = this.#left;
    if (!left || !this.item) return;
    const item = this.item;
    this.timer = setTimeout(() => {
      this.expiresAt = "";
      this.tell("combo-over", { item_id: item.id });
    }, left);
    this.querySelector(".combo-ring")?.animate([{ strokeDashoffset: 0 }, { strokeDashoffset: CIRCLE }], { duration: left, fill: "both" });
    if (changed.has("count") && this.count > 1 && !matchMedia("(prefers-reduced-motion: reduce)").matches) {
      this.querySelector(".combo-count")?.animate([{ scale: 1.5 }, { scale: 1 }], { duration: 200, easing: "ease-out" });
    }
  }

  #press() {
    const { item } = this;
    if (item) this.tell("gift-send", { item_id: item.id, count: 1, coins: item.coins });
  }

  render() {
    const { item } = this;
    if (!item || !this.#left) return nothing;
    return html`<button type="button" class="combo" aria-label=${say("send_more", { gift: item.name, coins: coins(item.coins) })} @click=${this.#press}>
      <svg viewBox="0 0 100 100" aria-hidden="true"><circle class="combo-track" cx="50" cy="50" r="46"></circle>
        <circle class="combo-ring" cx="50" cy="50" r="46" stroke-dasharray=${CIRCLE}></circle></svg>
      <img src=${asset(item.still)} alt=""><span class="combo-count numeric" aria-live="polite">×${number(Math.max(1, this.count))}</span></button>`;
  }
}

customElements.define("combo-button", ComboButton);
