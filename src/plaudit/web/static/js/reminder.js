// How far somebody's own limits are as they give, and what they wanted to be told: after so much money, after so long.
import { money, sayOf } from "./format.js";
import { toast } from "./toast.js";
import { say } from "./words.js";

const SESSION_GAP_MS = 30 * 60_000; // a session ends after so long without a gift
const MINUTE_MS = 60_000;

/** @typedef {import("./types.js").Meter} Meter */
/** @typedef {import("./types.js").GivenSoFar} GivenSoFar */

export class Reminder {
  /** @type {number | null} */ #since;
  #lastGift = Date.now();
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer = undefined;

  /** @param {Meter | null} meter as the page was made with it; null: there are no limits */
  constructor(meter) {
    this.meter = meter;
    this.#since = meter?.session_since ? new Date(meter.session_since).getTime() : null;
    this.#wait();
  }

  /** A gift was charged. @param {GivenSoFar} given */
  gave(given) {
    if (!this.meter) return;
    const now = Date.now();
    if (this.#since === null || now - this.#lastGift >= SESSION_GAP_MS) this.#since = now;
    this.#lastGift = now;
    this.meter = { ...this.meter, session_minor: given.session_minor, given_minor: given.period_minor ?? this.meter.given_minor };
    if (given.reminds) this.#tell(say("reminds_amount", { given: this.#given }));
    this.#wait();
  }

  get #given() { return money({ amount_minor: this.meter?.session_minor ?? 0, currency: this.meter?.currency ?? "" }); }

  /** @param {string} text */
  #tell(text) { toast(text, { action: { label: say("your_limits"), run: () => location.assign("/limits") } }); }

  /** For the next time that a session lasts as long as they said. */
  #wait() {
    clearTimeout(this.#timer);
    const each = (this.meter?.remind_minutes ?? 0) * MINUTE_MS;
    if (!each || this.#since === null) return;
    const lasted = Date.now() - this.#since;
    this.#timer = setTimeout(() => {
      if (Date.now() - this.#lastGift >= SESSION_GAP_MS) return; // it is over
      const minutes = Math.round((Date.now() - /** @type {number} */ (this.#since)) / MINUTE_MS);
      this.#tell(sayOf("reminds_minutes", minutes, { given: this.#given }));
      this.#wait();
    }, each - (lasted % each));
  }
}
