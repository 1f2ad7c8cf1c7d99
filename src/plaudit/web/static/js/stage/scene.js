// What an animation plays with: figures on the stage, particles, a clock that can pause, and a way to be cut short.
import { asset } from "../format.js";
import { openMotion } from "./motion.js";

/** @typedef {import("../types.js").Gift} Gift */
/** @typedef {import("./particles.js").Particles} Particles */

export class Scene {
  /** @type {Set<Animation>} */ #running = new Set();
  /** @type {import("./motion.js").Player | null} */ #player = null;
  #cut = false;

  /** @param {{layer: HTMLElement, particles: Particles, gift: Gift, random?: () => number}} parts */
  constructor({ layer, particles, gift, random = Math.random }) {
    this.layer = layer;
    this.particles = particles;
    this.gift = gift;
    this.random = random;
    const box = layer.getBoundingClientRect();
    this.width = Math.max(1, layer.clientWidth || box.width);
    this.height = Math.max(1, layer.clientHeight || box.height);
    /** The length everything is measured in: the side of the leading figure. */
    this.unit = Math.min(this.width * 0.62, this.height * 0.42, 460);
    this.duration = gift.item.duration_ms;
  }

  get centre() { return { x: this.width / 2, y: this.height * 0.42 }; }
  get ended() { return this.#cut; }

  /** A drawing on the stage with its middle at the layer's origin. @param {{size?: number, art?: string, className?: string}} [how] */
  figure({ size = 1, art = this.gift.item.art, className = "" } = {}) {
    const image = document.createElement("img");
    image.className = `stage-figure ${className}`.trim();
    image.src = asset(art);
    image.alt = "";
    this.#place(image, size);
    return image;
  }

  /** What moves by itself, over the whole stage; null when it does not come. */
  async moving() {
    const { motion, art } = this.gift.item;
    const host = document.createElement("div");
    host.className = "stage-motion";
    this.layer.append(host);
    try {
      const player = await openMotion(host, motion ?? art);
      if (this.#cut) player.destroy();
      else this.#player = player;
      return host;
    } catch {
      host.remove();
      return null;
    }
  }

  /** A shape painted by a style sheet: ring, rays, glow. @param {string} className @param {number} size in units */
  shape(className, size) {
    const element = document.createElement("div");
    element.className = className;
    this.#place(element, size);
    return element;
  }

  /** @param {HTMLElement} element @param {number} size */
  #place(element, size) {
    const side = this.unit * size;
    Object.assign(element.style, { width: `${side}px`, height: `${side}px`, left: `${-side / 2}px`, top: `${-side / 2}px` });
    this.layer.append(element);
  }

  /**
   * Plays keyframes; resolves at the end, or when the scene is cut.
   * @param {Element} element @param {Keyframe[]} frames @param {KeyframeAnimationOptions} options
   */
  async animate(element, frames, options) {
    if (this.#cut) return;
    const animation = element.animate(frames, { fill: "both", easing: "cubic-bezier(0.2, 0.7, 0.2, 1)", ...options });
    this.#running.add(animation);
    try {
      await animation.finished;
    } catch {
      // cancelled: the scene was cut
    } finally {
      this.#running.delete(animation);
    }
  }

  /** Waits on the scene's own clock, which stands still while paused. @param {number} ms */
  wait(ms) { return this.animate(this.layer, [], { duration: ms, fill: "none" }); }

  /** Repeats an action over a time. @param {number} times @param {number} ms @param {(index: number) => void} act */
  async repeat(times, ms, act) {
    for (let index = 0; index < times && !this.#cut; index += 1) {
      act(index);
      await this.wait(ms / times);
    }
  }

  /** @param {boolean} value */
  set paused(value) {
    for (const animation of this.#running) {
      if (value) animation.pause();
      else animation.play();
    }
    if (value) this.#player?.pause();
    else this.#player?.play();
    this.particles.paused = value;
  }

  cut() {
    this.#cut = true;
    for (const animation of [...this.#running]) animation.cancel();
    this.#player?.destroy();
    this.#player = null;
    this.layer.replaceChildren();
  }
}

/** Keyframe transform from a place, in pixels. @param {number} x @param {number} y @param {number} [scale] @param {number} [turn] degrees */
export const at = (x, y, scale = 1, turn = 0) =>
  `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px) scale(${scale}) rotate(${turn}deg)`;
