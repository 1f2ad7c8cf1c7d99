// Tells screen readers about gifts without drowning them: one's own with what is left, of those of others the dearest of the
// last seconds and how many came.
import { coins as coinWords, number, sayOf } from "../format.js";
import { nameOf, say } from "../words.js";

const PAUSE_MS = 6_000;
const OWN_PAUSE_MS = 1_000; // taps that follow each other are one sentence

export class Announcer {
  /** @type {import("../types.js").Gift[]} */ #waiting = [];
  #timer = 0;
  /** @type {{item: import("../types.js").Item, count: number, coinsLeft: number} | null} */ #own = null;
  #ownTimer = 0;

  /** @param {HTMLElement | null} place a polite live region */
  constructor(place) { this.place = place; }

  /** @param {import("../types.js").Gift} gift of somebody else */
  say(gift) {
    this.#waiting.push(gift);
    if (this.#waiting.length > 200) this.#waiting.shift();
    if (!this.#timer) this.#timer = window.setTimeout(() => this.#tell(), PAUSE_MS);
  }

  /** What the reader has given. @param {import("../types.js").Item} item @param {number} count @param {number} coinsLeft */
  sent(item, count, coinsLeft) {
    if (this.#own && this.#own.item.id !== item.id) this.#tellOwn();
    this.#own = { item, count: count + (this.#own?.count ?? 0), coinsLeft };
    clearTimeout(this.#ownTimer);
    this.#ownTimer = window.setTimeout(() => this.#tellOwn(), OWN_PAUSE_MS);
  }

  #tellOwn() {
    clearTimeout(this.#ownTimer);
    if (!this.#own) return;
    const { item, count, coinsLeft } = this.#own;
    this.#own = null;
    this.#write(say(count > 1 ? "own_sent_many" : "own_sent", { gift: item.name, count: number(count), coins: coinWords(coinsLeft) }));
  }

  #tell() {
    this.#timer = 0;
    const gifts = this.#waiting.splice(0).sort((a, b) => b.coins - a.coins);
    const [first] = gifts;
    if (!first) return;
    const others = new Set(gifts.map((gift) => gift.combo?.id ?? gift.id)).size - 1;
    const count = first.combo?.count ?? first.count;
    const told = say(count > 1 ? "told_many" : "told", { name: nameOf(first.sender), gift: first.item.name, count: number(count) });
    this.#write(others ? `${told} ${sayOf("told_others", others)}` : told);
  }

  /** @param {string} text */
  #write(text) { if (this.place) this.place.textContent = text; }
}
