// Small things that fly: one canvas, one loop, a fixed ceiling. Distances are in pixels, times in seconds.
import { asset } from "../format.js";

const PARTICLES_MAX = 480;
const SPRITE_SIZE = 96;
const STEP_MAX_S = 1 / 20;
const PIXEL_RATIO_MAX = 2;

/** @typedef {{x: number, y: number, vx: number, vy: number, gravity: number, drag: number, age: number, life: number,
 *   size: number, angle: number, spin: number, shape: string, color: string, sprite: HTMLCanvasElement | null}} Particle */
/**
 * @typedef {object} Emission
 * @property {number} count
 * @property {number} x
 * @property {number} y
 * @property {number} [width] spread of the origin along x
 * @property {number} [angle] direction in radians, 0 to the right, negative upwards
 * @property {number} [spread] radians around it
 * @property {[number, number]} [speed]
 * @property {number} [gravity]
 * @property {number} [drag] part of the speed lost per second
 * @property {[number, number]} [life]
 * @property {[number, number]} [size]
 * @property {number} [spin] radians per second, either way
 * @property {"dot" | "strip" | "streak"} [shape]
 * @property {string[]} [colors]
 * @property {string} [sprite] a drawing below art/sparks or art/gifts
 */

export class Particles {
  /** @type {Particle[]} */ #alive = [];
  /** @type {Map<string, HTMLCanvasElement>} */ #sprites = new Map();
  #frame = 0;
  #last = 0;
  #paused = false;

  /** @param {HTMLCanvasElement} canvas @param {() => number} [random] */
  constructor(canvas, random = Math.random) {
    this.canvas = canvas;
    this.random = random;
    this.context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  }

  /** @param {number} width @param {number} height */
  resize(width, height) {
    const ratio = Math.min(PIXEL_RATIO_MAX, devicePixelRatio || 1);
    this.canvas.width = Math.max(1, Math.round(width * ratio));
    this.canvas.height = Math.max(1, Math.round(height * ratio));
    this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
  }

  /** @param {boolean} value */
  set paused(value) {
    this.#paused = value;
    if (value) cancelAnimationFrame(this.#frame);
    else if (this.#alive.length) this.#start();
    if (value) this.#frame = 0;
  }

  clear() {
    this.#alive = [];
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.context.clearRect(0, 0, this.canvas.width, this.canvas.height);
  }

  /** @param {Emission} emission */
  emit({ count, x, y, width = 0, angle = -Math.PI / 2, spread = Math.PI * 2, speed = [80, 320], gravity = 240, drag = 0.6,
    life = [0.8, 1.6], size = [5, 11], spin = 3, shape = "dot", colors = ["#ff9d86"], sprite }) {
    if (this.#paused) return;
    const image = sprite ? this.#sprite(sprite) : null;
    const room = Math.min(count, PARTICLES_MAX - this.#alive.length);
    for (let index = 0; index < room; index += 1) {
      const heading = angle + (this.random() - 0.5) * spread;
      const pace = this.#between(speed);
      this.#alive.push({
        x: x + (this.random() - 0.5) * width, y, vx: Math.cos(heading) * pace, vy: Math.sin(heading) * pace, gravity, drag,
        age: 0, life: this.#between(life), size: this.#between(size), angle: image ? (this.random() - 0.5) * 0.8 : this.random() * 6,
        spin: (this.random() - 0.5) * 2 * spin, shape, color: colors[Math.floor(this.random() * colors.length)], sprite: image,
      });
    }
    this.#start();
  }

  /** @param {[number, number]} range */
  #between([low, high]) { return low + this.random() * (high - low); }

  #start() {
    if (this.#frame || this.#paused) return;
    this.#last = performance.now();
    this.#frame = requestAnimationFrame(this.#draw);
  }

  #draw = (/** @type {number} */ now) => {
    const step = Math.min(STEP_MAX_S, Math.max(0, (now - this.#last) / 1000));
    this.#last = now;
    this.context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    this.#alive = this.#alive.filter((particle) => (particle.age += step) < particle.life);
    for (const particle of this.#alive) {
      this.#move(particle, step);
      this.#paint(particle);
    }
    this.#frame = this.#alive.length ? requestAnimationFrame(this.#draw) : 0;
  };

  /** @param {Particle} particle @param {number} step */
  #move(particle, step) {
    const kept = Math.max(0, 1 - particle.drag * step);
    particle.vx *= kept;
    particle.vy = particle.vy * kept + particle.gravity * step;
    particle.x += particle.vx * step;
    particle.y += particle.vy * step;
    particle.angle += particle.spin * step;
  }

  /** @param {Particle} particle */
  #paint(particle) {
    const { context } = this;
    const left = 1 - particle.age / particle.life;
    context.save();
    context.globalAlpha = Math.min(1, left * 3) * Math.min(1, particle.age * 12);
    context.translate(particle.x, particle.y);
    context.fillStyle = particle.color;
    if (particle.sprite) {
      context.rotate(particle.angle);
      context.drawImage(particle.sprite, -particle.size / 2, -particle.size / 2, particle.size, particle.size);
    } else if (particle.shape === "strip") {
      context.rotate(particle.angle);
      context.scale(1, Math.cos(particle.angle * 2.3));
      context.fillRect(-particle.size / 2, -particle.size / 4, particle.size, particle.size / 2);
    } else if (particle.shape === "streak") {
      context.rotate(Math.atan2(particle.vy, particle.vx));
      context.fillRect(-particle.size * 3, -1, particle.size * 3, 2);
    } else {
      context.beginPath();
      context.arc(0, 0, (particle.size / 2) * (0.4 + left * 0.6), 0, Math.PI * 2);
      context.fill();
    }
    context.restore();
  }

  /** Drawn once, then stamped: an SVG is dear to draw again and again. @param {string} path @returns {HTMLCanvasElement} */
  #sprite(path) {
    const known = this.#sprites.get(path);
    if (known) return known;
    const stamp = document.createElement("canvas");
    stamp.width = stamp.height = SPRITE_SIZE;
    const image = new Image();
    image.addEventListener("load", () => stamp.getContext("2d")?.drawImage(image, 0, 0, SPRITE_SIZE, SPRITE_SIZE));
    image.src = asset(path);
    this.#sprites.set(path, stamp);
    return stamp;
  }
}
