// <gift-stage>: shows gifts as they come. Small ones stack up as banners; large ones take the whole stage, one at a time.
import { coins, number } from "../format.js";
import { animationOf } from "../stage/animations.js";
import { Banners } from "../stage/banners.js";
import { showFace } from "../stage/face.js";
import { Particles } from "../stage/particles.js";
import { Scene } from "../stage/scene.js";
import { ValueQueue } from "../stage/value-queue.js";
import { nameOf, say } from "../words.js";

/** @typedef {import("../types.js").Gift} Gift */

const QUEUE_MAX = 24;
const BANNERS_MAX = 3;
const SEEN_MAX = 512;
const STILL_MS = 3_200;
const PAUSE_BETWEEN_MS = 180;
const reduced = matchMedia("(prefers-reduced-motion: reduce)");

/**
 * Methods: `show(gift)`, `skip()`, `clear()`. Attribute `banners` ("0" hides them, at most 3), attribute `muted-large`
 * shows large gifts as banners too. Events: `gift-shown`, `gift-dropped`, each with the gift as detail.
 */
export class GiftStage extends HTMLElement {
  #queue = new ValueQueue(QUEUE_MAX);
  /** @type {Set<string>} */ #seen = new Set();
  /** @type {Scene | null} */ #scene = null;
  /** @type {Particles | null} */ #particles = null;
  /** @type {Banners | null} */ #banners = null;
  /** @type {HTMLElement | null} */ #layer = null;
  #busy = false;
  #sourceVisible = true;
  #resizing = new ResizeObserver(() => this.#particles?.resize(this.clientWidth, this.clientHeight));

  connectedCallback() {
    this.innerHTML = `<div class="stage-layer"></div><canvas class="stage-particles"></canvas><div class="stage-caption" role="status" aria-live="polite"></div><ol class="gift-banners"></ol>`;
    this.#layer = /** @type {HTMLElement} */ (this.querySelector(".stage-layer"));
    this.#particles = new Particles(/** @type {HTMLCanvasElement} */ (this.querySelector("canvas")));
    const limit = Math.min(BANNERS_MAX, Number(this.getAttribute("banners") ?? BANNERS_MAX));
    this.#banners = new Banners(/** @type {HTMLElement} */ (this.querySelector(".gift-banners")), limit, (gift) => this.#tell("gift-dropped", gift));
    this.#resizing.observe(this);
    document.addEventListener("visibilitychange", this.#look);
    addEventListener("obsSourceVisibleChanged", this.#look);
  }

  disconnectedCallback() {
    this.clear();
    this.#resizing.disconnect();
    document.removeEventListener("visibilitychange", this.#look);
    removeEventListener("obsSourceVisibleChanged", this.#look);
  }

  /** Shows a gift once; a gift already seen is passed over. @param {Gift} gift */
  show(gift) {
    if (this.#seen.has(gift.id)) return;
    this.#seen.add(gift.id);
    if (this.#seen.size > SEEN_MAX) this.#seen.delete(/** @type {string} */ (this.#seen.values().next().value));
    if (gift.item.size === "small" || this.hasAttribute("muted-large")) {
      this.#banners?.show(gift);
      this.#tell("gift-shown", gift);
      return;
    }
    const lost = this.#queue.push(gift);
    if (lost) this.#tell("gift-dropped", lost);
    void this.#play();
  }

  /** Ends what is playing; the next follows. */
  skip() { this.#scene?.cut(); }

  clear() {
    this.#queue.clear();
    this.#scene?.cut();
    this.#particles?.clear();
    this.#banners?.clear();
  }

  get #hidden() { return document.hidden || !this.#sourceVisible; }

  #look = (/** @type {Event} */ event) => {
    if (event instanceof CustomEvent) this.#sourceVisible = event.detail?.visible !== false;
    if (this.#scene) this.#scene.paused = this.#hidden;
    if (!this.#hidden) void this.#play();
  };

  async #play() {
    if (this.#busy || this.#hidden) return;
    this.#busy = true;
    try {
      while (!this.#hidden) {
        const gift = this.#queue.shift();
        if (!gift) break;
        await this.#perform(gift);
      }
    } finally {
      this.#busy = false;
    }
  }

  /** @param {Gift} gift */
  async #perform(gift) {
    if (!this.#layer || !this.#particles || !this.isConnected) return;
    const scene = new Scene({ layer: this.#layer, particles: this.#particles, gift });
    this.#scene = scene;
    this.#particles.resize(this.clientWidth, this.clientHeight);
    this.#caption(gift);
    this.dataset.playing = gift.item.sku;
    this.#tell("gift-shown", gift);
    try {
      await (reduced.matches ? still(scene) : animationOf(gift.item.animation)(scene));
    } finally {
      scene.cut();
      this.#scene = null;
      delete this.dataset.playing;
      this.querySelector(".stage-caption")?.classList.remove("is-shown");
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_BETWEEN_MS));
  }

  /** @param {Gift} gift */
  #caption(gift) {
    const caption = this.querySelector(".stage-caption");
    if (!caption) return;
    caption.innerHTML = `<span class="avatar" aria-hidden="true"></span><span><strong></strong><span></span></span>`;
    showFace(/** @type {HTMLElement} */ (caption.querySelector(".avatar")), gift.sender);
    const count = gift.combo?.count ?? gift.count;
    const [name, words] = caption.querySelectorAll("strong, span:not(.avatar) > span");
    name.textContent = nameOf(gift.sender);
    words.textContent = `${say("sent", { gift: `${gift.item.name}${count > 1 ? ` ×${number(count)}` : ""}` })} · ${coins(gift.coins)}`;
    caption.classList.add("is-shown");
  }

  /** @param {string} type @param {Gift} gift */
  #tell(type, gift) { this.dispatchEvent(new CustomEvent(type, { detail: gift })); }
}

/** For readers who want no motion: the drawing fades in, stays, and fades out. @param {Scene} scene */
async function still(scene) {
  const { x, y } = scene.centre;
  const figure = scene.figure({ art: scene.gift.item.still });
  figure.style.transform = `translate(${x}px, ${y}px)`;
  const duration = Math.min(STILL_MS, scene.duration);
  await scene.animate(figure, [{ opacity: 0 }, { opacity: 1, offset: 0.15 }, { opacity: 1, offset: 0.85 }, { opacity: 0 }], { duration });
}

customElements.define("gift-stage", GiftStage);
