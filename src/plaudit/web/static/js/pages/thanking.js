// Thanks of a creator: gifts of a feed ticked off, one by one or all at once, by hand or by key. The last tick can be taken back.
import { ProblemError, api, busy } from "../api.js";
import { onClick } from "../forms.js";
import { number, sayOf } from "../format.js";
import { toast } from "../toast.js";
import { say } from "../words.js";

const CHUNK = 200; // gifts named in one call

export class Thanking {
  /** Who sent each gift: thanks name both. @type {Map<string, string>} */ #senders = new Map();
  /** @type {string[][]} */ #done = [];

  /**
   * Looks after the feed of a page: its ticks, `[data-to-thank]`, `[data-all-thanked]`, the choice `which`, `[data-thank-all]`, and its keys.
   * @param {any} feed
   * @param {string} path of the list of all gifts of the room or video, with a question mark
   */
  constructor(feed, path) {
    this.feed = feed;
    this.path = path;
    feed.addEventListener("gift-thank", (/** @type {CustomEvent} */ event) => void this.#thank(event.detail.gift_ids));
    for (const choice of document.querySelectorAll('input[name="which"]')) {
      choice.addEventListener("change", (event) => {
        feed.dataset.which = /** @type {HTMLInputElement} */ (event.target).value;
        void this.count();
      });
    }
    onClick("data-thank-all", (button) => busy(button, () => this.#thankAll()));
    document.addEventListener("keydown", (event) => this.#key(event));
  }

  /** A gift that may be thanked for. @param {{id: string, sender: {id: string}}} gift */
  know({ id, sender }) { this.#senders.set(id, sender.id); }

  /** Says how many wait to be thanked for. */
  async count() {
    await this.feed.updateComplete;
    const open = this.feed.open.length;
    const badge = find("[data-to-thank]");
    badge.hidden = !open;
    badge.textContent = number(open);
    for (const button of document.querySelectorAll("[data-thank-all]")) {
      const focused = button === document.activeElement;
      /** @type {HTMLElement} */ (button).hidden = open < 2;
      if (focused && open < 2) find("#gifts-title").focus();
    }
    find("[data-all-thanked]").hidden = this.feed.hidden || open > 0 || !this.feed.entries.length || this.feed.dataset.which === "all";
  }

  /** @param {string[]} ids */
  async #thank(ids) {
    this.#mark(ids);
    this.#done.push(ids);
    try {
      await this.#tell("POST", ids);
      this.#offerUndo(say("ticked"));
    } catch (error) {
      this.#mark(ids, false);
      toast(error instanceof ProblemError ? error.message : say("not_ticked"), { tone: "bad" });
    }
  }

  /** Everything that was there when it was asked for, also what is too long ago to be in the feed. */
  async #thankAll() {
    /** @type {string[]} */ const all = [];
    this.#done.push(all);
    try {
      for (let cursor = ""; cursor !== null; ) {
        const { items, next } = await api("GET", `${this.path}thanked=false&limit=${CHUNK}${cursor && `&cursor=${cursor}`}`);
        for (const gift of items) this.know(gift);
        const ids = items.filter((/** @type {any} */ gift) => gift.coins_taken_back < gift.coins).map((/** @type {{id: string}} */ { id }) => id);
        if (ids.length) await this.#tell("POST", ids);
        all.push(...ids);
        this.#mark(ids);
        cursor = next;
      }
      this.#offerUndo(sayOf("all_ticked", all.length));
    } catch (error) {
      toast(error instanceof ProblemError ? error.message : say("not_ticked"), { tone: "bad" });
    }
  }

  async takeBack() {
    const ids = this.#done.pop();
    if (!ids) return;
    const asked = document.activeElement?.closest("#toasts");
    this.#mark(ids, false);
    if (asked) void this.feed.updateComplete.then(() => this.#focus(this.feed.querySelector(`[data-gift-id="${ids[0]}"] .thank`)));
    try {
      await this.#tell("DELETE", ids);
    } catch (error) {
      this.#mark(ids);
      toast(error instanceof ProblemError ? error.message : say("not_unticked"), { tone: "bad" });
    }
  }

  /** @param {string[]} ids @param {boolean} [thanked] */
  #mark(ids, thanked = true) {
    const at = this.#ticks.indexOf(/** @type {any} */ (document.activeElement));
    this.feed.setThanked(ids, thanked);
    if (at >= 0) void this.feed.updateComplete.then(() => this.#keepFocus(at));
    void this.count();
  }

  /** Ticks that can be set. @returns {HTMLButtonElement[]} */
  get #ticks() { return [...this.feed.querySelectorAll(".thank:not(:disabled)")]; }

  /** Where a tick was that is set now, the next one is. @param {number} at */
  #keepFocus(at) {
    const ticks = this.#ticks;
    if (!ticks.includes(/** @type {any} */ (document.activeElement))) this.#focus(ticks[Math.min(at, ticks.length - 1)]);
  }

  /** @param {HTMLElement | null | undefined} tick without one, the head of the list */
  #focus(tick) { (tick ?? find("#gifts-title")).focus(); }

  /** @param {string} text */
  #offerUndo(text) { toast(text, { action: { label: say("undo"), run: () => void this.takeBack() } }); }

  /** @param {"POST" | "DELETE"} method @param {string[]} ids */
  async #tell(method, ids) {
    for (let start = 0; start < ids.length; start += CHUNK) {
      const gifts = ids.slice(start, start + CHUNK).map((id) => ({ id, viewer_id: this.#senders.get(id) }));
      await api(method, "/v1/creators/me/gifts/thank", { gifts });
    }
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.ctrlKey || event.metaKey || event.altKey || target.closest("input, textarea, select, dialog")) return;
    const buttons = this.#ticks;
    const at = buttons.indexOf(/** @type {any} */ (document.activeElement));
    if (event.key === "t" || event.key === "T") buttons[Math.max(0, at)]?.click();
    else if (event.key === "u" || event.key === "U") void this.takeBack();
    else if (event.key === "ArrowDown" && at >= 0) buttons[Math.min(buttons.length - 1, at + 1)]?.focus();
    else if (event.key === "ArrowUp" && at >= 0) buttons[Math.max(0, at - 1)]?.focus();
    else if (event.key === "ArrowDown" && target === document.body) buttons[0]?.focus();
    else return;
    event.preventDefault();
  }
}

/** @param {string} selector */
const find = (selector) => /** @type {any} */ (document.querySelector(selector));
