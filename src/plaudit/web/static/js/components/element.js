// What the components share: Lit in the page's own style sheets, and the small drawings they use again and again.
import { LitElement, html, nothing } from "../../vendor/lit/lit.js";
import { asset, coinUnit, initial, loadable, money, number } from "../format.js";

/** A component that renders into the page itself, so that the style sheets of the look apply. */
export class PageElement extends LitElement {
  /** @returns {HTMLElement} */
  createRenderRoot() { return this; }

  /** @param {string} type @param {object} detail */
  tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }
}

/** @param {string} name @param {string} [size] */
export const icon = (name, size = "") =>
  html`<svg class="icon ${size ? `icon-${size}` : ""}" aria-hidden="true"><use href=${asset("vendor/lucide/icons.svg") + `#${name}`}></use></svg>`;

export const coinGlyph = () => html`<svg class="glyph" aria-hidden="true"><use href=${asset("art/glyphs.svg#coin")}></use></svg>`;

/** @param {import("../types.js").Person} person @param {string} [size] */
export const avatar = (person, size = "s") => (loadable(person.avatar)
  ? html`<img class="avatar avatar-${size}" src=${asset(person.avatar)} alt="" loading="lazy" data-initial=${initial(person.name)}>`
  : html`<span class="avatar avatar-${size}" aria-hidden="true">${initial(person.name)}</span>`);

/** A number of coins with its glyph and, when known, its worth beneath. @param {number} count @param {import("../types.js").Money | null} [value] */
export const amountCoins = (count, value = null) => html`<span class="amount amount-coins"
  ><span class="amount-line">${coinGlyph()}<span class="amount-number">${number(count)}</span><span class="visually-hidden"> ${coinUnit(count)}</span></span>${
  value ? html`<span class="amount-money">${money(value)}</span>` : nothing}</span>`;
