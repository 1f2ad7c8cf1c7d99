// <coin-count value="340">: a number that runs to its next value, silently: what changes it is told where it happens.
import { locale } from "../words.js";

const RUN_MS = 600;
const reduced = matchMedia("(prefers-reduced-motion: reduce)");
const written = new Intl.NumberFormat(locale);

export class CoinCount extends HTMLElement {
  static observedAttributes = ["value"];
  #shown = 0;
  #frame = 0;
  #ready = false;

  /** The number to show; setting it animates from the one shown before. */
  get value() { return Number(this.getAttribute("value") ?? 0); }
  set value(next) { this.setAttribute("value", String(next)); }

  connectedCallback() {
    this.classList.add("numeric");
    this.#ready = true;
    this.#write(this.value);
  }

  disconnectedCallback() { cancelAnimationFrame(this.#frame); }

  attributeChangedCallback() {
    if (!this.#ready) return;
    cancelAnimationFrame(this.#frame);
    if (reduced.matches || document.hidden) this.#write(this.value);
    else this.#run(this.#shown, this.value, performance.now());
  }

  /** @param {number} from @param {number} to @param {number} start */
  #run(from, to, start) {
    const step = (/** @type {number} */ now) => {
      const part = Math.min(1, Math.max(0, (now - start) / RUN_MS));
      const eased = 1 - (1 - part) ** 3;
      this.#write(Math.round(from + (to - from) * eased));
      if (part < 1) this.#frame = requestAnimationFrame(step);
    };
    this.#frame = requestAnimationFrame(step);
  }

  /** @param {number} value */
  #write(value) {
    this.#shown = value;
    this.textContent = written.format(value);
  }
}

customElements.define("coin-count", CoinCount);
