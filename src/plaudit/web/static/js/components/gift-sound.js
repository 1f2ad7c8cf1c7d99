// <gift-sound>: switch and volume of the chimes. Method `play(coins)`; silent until the reader turns it on.
import { html } from "../../vendor/lit/lit.js";
import { GiftSound } from "../sound.js";
import { say } from "../words.js";
import { PageElement, icon } from "./element.js";

const FIRST_VOLUME = 0.6;

export class GiftSoundSwitch extends PageElement {
  static properties = { volume: { state: true } };

  constructor() {
    super();
    this.sound = new GiftSound();
    this.volume = this.sound.volume;
  }

  /** @param {number} coins */
  play(coins) { this.sound.play(coins); }

  /** @param {number} volume */
  #set(volume) {
    this.sound.volume = volume;
    this.volume = this.sound.volume;
  }

  #toggle() {
    this.#set(this.volume ? 0 : FIRST_VOLUME);
    this.sound.play(100);
  }

  render() {
    return html`<div class="sound-switch"><button type="button" class="button button-quiet button-icon" aria-pressed=${this.volume > 0} aria-label=${say("sound")} @click=${this.#toggle}>${icon(this.volume ? "volume-2" : "volume-x")}</button>
      <input type="range" min="0" max="1" step="0.05" .value=${String(this.volume)} aria-label=${say("volume")}
        @input=${(/** @type {InputEvent} */ event) => this.#set(Number(/** @type {HTMLInputElement} */ (event.target).value))} @change=${() => this.sound.play(100)}></div>`;
  }
}

customElements.define("gift-sound", GiftSoundSwitch);
