// Items of the catalogue as gifts show them: each in the version it was sent as, asked for when a page does not have it yet.

/** @typedef {import("./types.js").Item} Item */
/** @typedef {{item_id: number, count: number, coins: number}} Sent */
/** @typedef {import("./room-messages.js").AnyFrame | {kind: "gift", at: string, gifts: Sent[]}} AnyFrame */

const KEPT_MAX = 500; // gifts a page remembers one by one

export class Items {
  /** @type {Map<number, Item>} */ #current = new Map();
  /** Versions of each item that were asked for. @type {Map<number, Item[]>} */ #past = new Map();
  /** What single gifts showed: those for which a price before was honoured. @type {Map<string, Item>} */ #single = new Map();

  /** @param {{lang?: string}} [how] */
  constructor({ lang = "" } = {}) { this.lang = lang; }

  /** The catalogue as it is now. @param {Item[]} items */
  set current(items) {
    for (const before of this.#current.values()) this.#remember(before);
    this.#current = new Map(items.map((item) => [item.id, item]));
  }

  get all() { return this.#current.values(); }

  /** @param {number} id */
  get(id) { return this.#current.get(id); }

  /** Asks for what frames show and is not here. What does not come is shown as it is today, or not at all. @param {AnyFrame[]} frames */
  async load(frames) {
    /** @type {Map<string, Promise<void>>} */ const asked = new Map();
    for (const frame of frames) {
      if (frame.kind !== "gift") continue;
      for (const sent of frame.gifts) {
        const key = keyOf(frame.at, sent);
        if (!this.#known(frame.at, sent) && !asked.has(key)) asked.set(key, this.#ask(key, frame.at, sent));
      }
    }
    await Promise.all(asked.values());
  }

  /** What a gift showed, after `load`. @param {string} at @param {Sent} sent @returns {Item | null} */
  of(at, sent) { return this.#known(at, sent) ?? this.#current.get(sent.item_id) ?? null; }

  /** @param {string} at @param {Sent} sent */
  #known(at, sent) {
    const current = this.#current.get(sent.item_id);
    const versions = [...(current ? [current] : []), ...(this.#past.get(sent.item_id) ?? [])];
    return versions.find((version) => fits(version, at, sent)) ?? this.#single.get(keyOf(at, sent));
  }

  /** Newest first. @param {Item} item */
  #remember(item) {
    const others = (this.#past.get(item.id) ?? []).filter((other) => other.version !== item.version);
    this.#past.set(item.id, [...others, item].sort((a, b) => b.begins.localeCompare(a.begins)));
  }

  /** @param {string} key @param {string} at @param {Sent} sent */
  async #ask(key, at, sent) {
    const query = new URLSearchParams({ unit_coins: String(sent.coins / sent.count), at, ...(this.lang ? { lang: this.lang } : {}) });
    try {
      const answer = await fetch(`/v1/catalogue/${sent.item_id}?${query}`, { headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      const item = await answer.json();
      this.#remember(item);
      if (fits(item, at, sent)) return;
      this.#single.set(key, item);
      if (this.#single.size > KEPT_MAX) this.#single.delete(/** @type {string} */ (this.#single.keys().next().value));
    } catch {
      // shown as it is today
    }
  }
}

/** Whether a gift was sent as this version. @param {Item} item @param {string} at @param {Sent} sent */
function fits(item, at, sent) {
  const moment = new Date(at).getTime();
  return item.coins * sent.count === sent.coins && new Date(item.begins).getTime() <= moment && (!item.until || moment < new Date(item.until).getTime());
}

/** @param {string} at @param {Sent} sent */
const keyOf = (at, sent) => `${sent.item_id}:${sent.coins / sent.count}:${at}`;
