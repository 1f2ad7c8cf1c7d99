// A bounded queue of gifts that wait for the stage: the most valuable first, like with like merged, the least dropped.

const AGE_LIMIT_MS = 120_000;

/** @typedef {import("../types.js").Gift} Gift */
/** @typedef {{key: string, gift: Gift, order: number, at: number}} Waiting */

/** What is shown as one: a combo, or the same item from the same sender; who hides is never the same. @param {Gift} gift */
export const likeness = (gift) => gift.combo?.id ?? (gift.anonymous ? gift.id : `${gift.sender.id}:${gift.item.id}`);

/** How often the gift counts: absolute within a combo, else added up. @param {Gift} earlier @param {Gift} later @returns {Gift} */
export function merged(earlier, later) {
  const combo = later.combo && earlier.combo
    ? { ...later.combo, count: Math.max(earlier.combo.count, later.combo.count) }
    : later.combo ?? earlier.combo;
  return { ...later, combo, count: earlier.count + later.count, coins: earlier.coins + later.coins };
}

export class ValueQueue {
  /** @type {Waiting[]} */ #waiting = [];
  #order = 0;

  /** @param {number} limit @param {() => number} [now] */
  constructor(limit, now = () => performance.now()) {
    this.limit = limit;
    this.now = now;
  }

  get length() { return this.#waiting.length; }

  /** @param {Gift} gift @returns {Gift | null} what had to leave for it */
  push(gift) {
    const key = likeness(gift);
    const known = this.#waiting.find((waiting) => waiting.key === key);
    if (known) {
      known.gift = merged(known.gift, gift);
      known.at = this.now();
    } else {
      this.#waiting.push({ key, gift, order: this.#order++, at: this.now() });
    }
    this.#waiting.sort((a, b) => b.gift.coins - a.gift.coins || a.order - b.order);
    return this.#waiting.length > this.limit ? (this.#waiting.pop()?.gift ?? null) : null;
  }

  /** The next to show; what has waited too long is passed over. @returns {Gift | null} */
  shift() {
    const oldest = this.now() - AGE_LIMIT_MS;
    this.#waiting = this.#waiting.filter((waiting) => waiting.at >= oldest);
    return this.#waiting.shift()?.gift ?? null;
  }

  clear() { this.#waiting = []; }
}
