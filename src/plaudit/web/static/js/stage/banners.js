// The stack of small gifts at the side of the stage: who sent what, and a combo count that grows in place.
import { asset, number } from "../format.js";
import { msUntil } from "../server-clock.js";
import { nameOf, say } from "../words.js";
import { showFace } from "./face.js";
import { isLottie, openMotion } from "./motion.js";
import { ValueQueue, likeness } from "./value-queue.js";

/** @typedef {import("../types.js").Gift} Gift */
/** @typedef {{element: HTMLElement, counter: HTMLElement, key: string, count: number, until: number, since: number, player: import("./motion.js").Player | null}} Banner */

const WAITING_MAX = 40;
const SHOWN_LEAST_MS = 1_100;
const COMBO_EXTRA_MAX_MS = 4_000;
const TICK_MS = 200;
const LEAVE_MS = 260;
const reduced = matchMedia("(prefers-reduced-motion: reduce)");

export class Banners {
  /** @type {Banner[]} */ #shown = [];
  #waiting = new ValueQueue(WAITING_MAX);
  /** @type {ReturnType<typeof setInterval> | undefined} */ #timer;

  /** @param {HTMLElement} host @param {number} limit @param {(gift: Gift) => void} dropped */
  constructor(host, limit, dropped) {
    this.host = host;
    this.limit = limit;
    this.dropped = dropped;
  }

  /** @param {Gift} gift */
  show(gift) {
    const known = this.#shown.find((banner) => banner.key === likeness(gift));
    if (known) this.#grow(known, gift);
    else if (this.#shown.length < this.limit) this.#open(gift);
    else this.#wait(gift);
    this.#timer ??= setInterval(() => this.#tick(), TICK_MS);
  }

  clear() {
    clearInterval(this.#timer);
    this.#timer = undefined;
    for (const banner of this.#shown) banner.player?.destroy();
    this.#shown = [];
    this.#waiting.clear();
    this.host.replaceChildren();
  }

  /** @param {Gift} gift */
  #wait(gift) {
    const lost = this.#waiting.push(gift);
    if (lost) this.dropped(lost);
  }

  /** @param {Gift} gift */
  #lifetime(gift) {
    const left = gift.combo ? msUntil(gift.combo.expires_at) : 0;
    return Math.max(gift.item.duration_ms, Math.min(COMBO_EXTRA_MAX_MS, left));
  }

  /** @param {Gift} gift */
  #open(gift) {
    const element = document.createElement("li");
    element.className = "gift-banner";
    element.dataset.tier = tier(gift.coins);
    element.innerHTML = `<span class="avatar gift-banner-avatar" aria-hidden="true"></span><span class="gift-banner-words"><strong class="truncate"></strong><span class="truncate"></span></span><span class="gift-banner-art"><img alt=""></span><span class="gift-banner-count numeric"></span>`;
    showFace(/** @type {HTMLElement} */ (element.querySelector(".avatar")), gift.sender);
    const art = /** @type {HTMLImageElement} */ (element.querySelector(".gift-banner-art img"));
    art.src = asset(reduced.matches ? gift.item.still : gift.item.art);
    art.dataset.animation = gift.item.animation;
    const [name, words] = element.querySelectorAll(".truncate");
    name.textContent = nameOf(gift.sender);
    words.textContent = say("sent", { gift: gift.item.name });
    const counter = /** @type {HTMLElement} */ (element.querySelector(".gift-banner-count"));
    const count = gift.combo?.count ?? gift.count;
    const now = performance.now();
    const banner = { element, counter, key: likeness(gift), count, since: now, until: now + this.#lifetime(gift), player: null };
    this.#shown.push(banner);
    if (gift.item.animation === "itself" && gift.item.motion && isLottie(gift.item.motion) && !reduced.matches) void this.#play(banner, gift.item.motion);
    this.#count(banner);
    this.host.append(element);
  }

  /** The still picture stands until what moves has come. @param {Banner} banner @param {string} motion */
  async #play(banner, motion) {
    const host = document.createElement("span");
    host.className = "gift-banner-motion";
    try {
      const player = await openMotion(host, motion);
      if (this.#shown.includes(banner)) {
        banner.player = player;
        banner.element.querySelector(".gift-banner-art")?.replaceChildren(host);
      } else player.destroy();
    } catch {
      // the still picture stays
    }
  }

  /** @param {Banner} banner @param {Gift} gift */
  #grow(banner, gift) {
    banner.count = gift.combo ? Math.max(banner.count, gift.combo.count) : banner.count + gift.count;
    banner.until = performance.now() + this.#lifetime(gift);
    this.#count(banner);
    banner.element.dataset.tier = tier(gift.item.coins * banner.count);
    const pop = [{ scale: 1 }, { scale: 1.55 }, { scale: 1 }];
    if (!reduced.matches) banner.counter.animate(pop, { duration: 260, easing: "ease-out" });
  }

  /** @param {Banner} banner */
  #count(banner) { banner.counter.textContent = banner.count > 1 ? `×${number(banner.count)}` : ""; }

  #tick() {
    const now = performance.now();
    const hurried = this.#waiting.length > 0;
    for (const banner of [...this.#shown]) {
      const over = now >= banner.until || (hurried && now - banner.since > SHOWN_LEAST_MS * 2 && now >= banner.until - SHOWN_LEAST_MS);
      if (over) this.#leave(banner);
    }
    while (this.#shown.length < this.limit) {
      const next = this.#waiting.shift();
      if (!next) break;
      this.#open(next);
    }
    if (this.#shown.length === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
  }

  /** @param {Banner} banner */
  #leave(banner) {
    this.#shown = this.#shown.filter((other) => other !== banner);
    banner.element.classList.add("is-leaving");
    setTimeout(() => {
      banner.player?.destroy();
      banner.element.remove();
    }, LEAVE_MS);
  }
}

/** How loud a banner is, by its worth in coins. @param {number} coins */
function tier(coins) {
  if (coins >= 500) return "3";
  return coins >= 50 ? "2" : "1";
}
