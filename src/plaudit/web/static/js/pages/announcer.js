// Tells screen readers about gifts without drowning them: the dearest of the last seconds, and how many others came.
import { number, sayOf } from "../format.js";
import { say } from "../words.js";

const PAUSE_MS = 6_000;

export class Announcer {
  /** @type {import("../types.js").Gift[]} */ #waiting = [];
  #timer = 0;

  /** @param {HTMLElement | null} place a polite live region */
  constructor(place) { this.place = place; }

  /** @param {import("../types.js").Gift} gift */
  say(gift) {
    this.#waiting.push(gift);
    if (this.#waiting.length > 200) this.#waiting.shift();
    if (!this.#timer) this.#timer = window.setTimeout(() => this.#tell(), PAUSE_MS);
  }

  #tell() {
    this.#timer = 0;
    const gifts = this.#waiting.splice(0).sort((a, b) => b.coins - a.coins);
    const [first] = gifts;
    if (!first || !this.place) return;
    const others = new Set(gifts.map((gift) => gift.combo?.id ?? gift.id)).size - 1;
    const count = first.combo?.count ?? first.count;
    const told = say(count > 1 ? "told_many" : "told", { name: first.sender.name, gift: first.item.name, count: number(count) });
    this.place.textContent = others ? `${told} ${sayOf("told_others", others)}` : told;
  }
}
