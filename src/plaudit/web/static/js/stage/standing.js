// Animations in which the gift takes the middle of the stage: burst, rise, orbit, spin-up, finale.
import { palette } from "./palette.js";
import { at } from "./scene.js";

/** @typedef {import("./scene.js").Scene} Scene */

const OVERSHOOT = "cubic-bezier(0.2, 1.4, 0.4, 1)";
const IN = 0.18;
const OUT = 0.14;

/** Rays and glow behind what stands in the middle. @param {Scene} scene @param {string} glow @param {number} [size] */
export function halo(scene, glow, size = 2.6) {
  const { x, y } = scene.centre;
  const { duration } = scene;
  const light = scene.shape("stage-glow", size);
  light.style.setProperty("--glow", glow);
  const rays = scene.shape("stage-rays", size);
  rays.style.setProperty("--glow", glow);
  void scene.animate(light, [
    { transform: at(x, y, 0.3), opacity: 0 }, { transform: at(x, y), opacity: 1, offset: 0.2 },
    { transform: at(x, y, 1.08), opacity: 1, offset: 0.84 }, { transform: at(x, y, 1.5), opacity: 0 },
  ], { duration });
  void scene.animate(rays, [
    { transform: at(x, y, 0.4, 0), opacity: 0 }, { transform: at(x, y, 1, 30), opacity: 0.75, offset: 0.24 },
    { transform: at(x, y, 1, 100), opacity: 0.75, offset: 0.82 }, { transform: at(x, y, 1.3, 130), opacity: 0 },
  ], { duration, easing: "linear" });
}

/** A ring that runs outwards. @param {Scene} scene @param {number} x @param {number} y @param {string} color @param {number} [size] */
export function shockwave(scene, x, y, color, size = 2) {
  const ring = scene.shape("stage-ring", size);
  ring.style.setProperty("--glow", color);
  void scene.animate(ring, [{ transform: at(x, y, 0.1), opacity: 0.9 }, { transform: at(x, y, 1), opacity: 0 }], { duration: 900 })
    .then(() => ring.remove());
}

/** Small drawings and dots thrown in all directions. @param {Scene} scene @param {number} [power] */
export function spray(scene, x = scene.centre.x, y = scene.centre.y, power = 1) {
  const { colors, sprites } = palette(scene.gift.item.sku);
  const reach = scene.unit * power;
  scene.particles.emit({ count: Math.round(44 * power), x, y, speed: [reach * 0.5, reach * 2.2], colors, gravity: reach * 0.6, drag: 1.3 });
  scene.particles.emit({ count: Math.round(22 * power), x, y, speed: [reach * 0.4, reach * 1.8], colors, shape: "strip", size: [8, 16], gravity: reach * 0.9, drag: 1.1, life: [1.2, 2.2] });
  for (const sprite of sprites) {
    scene.particles.emit({ count: Math.round(12 * power), x, y, speed: [reach * 0.4, reach * 1.6], sprite, size: [22, 44], gravity: reach * 0.5, drag: 1, life: [1.1, 2] });
  }
}

/** The figure breathes where it stands. @param {Scene} scene @param {Element} figure @param {number} share of the duration */
function hover(scene, figure, share) {
  const { x, y } = scene.centre;
  const lift = scene.unit * 0.05;
  return scene.animate(figure, [
    { transform: at(x, y, 1, -2) }, { transform: at(x, y - lift, 1.03, 2) }, { transform: at(x, y, 1, -2) },
    { transform: at(x, y - lift, 1.03, 2) }, { transform: at(x, y, 1, 0) },
  ], { duration: scene.duration * share, easing: "ease-in-out" });
}

/** @param {Scene} scene @param {Element} figure */
function leave(scene, figure) {
  const { x, y } = scene.centre;
  return scene.animate(figure, [{ transform: at(x, y), opacity: 1 }, { transform: at(x, y - scene.unit * 0.25, 1.35), opacity: 0 }],
    { duration: scene.duration * OUT, easing: "ease-in" });
}

/** @param {Scene} scene */
async function burst(scene) {
  const { x, y } = scene.centre;
  const { glow } = palette(scene.gift.item.sku);
  halo(scene, glow);
  const figure = scene.figure();
  void scene.repeat(3, scene.duration * 0.66, () => { spray(scene); shockwave(scene, x, y, glow); });
  await scene.animate(figure, [{ transform: at(x, y, 0, -40), opacity: 0 }, { transform: at(x, y, 1, 0), opacity: 1 }],
    { duration: scene.duration * IN, easing: OVERSHOOT });
  await hover(scene, figure, 1 - IN - OUT);
  await leave(scene, figure);
}

/** @param {Scene} scene */
async function rise(scene) {
  const { x, y } = scene.centre;
  const { glow, sprites } = palette(scene.gift.item.sku);
  halo(scene, glow);
  const figure = scene.figure({ size: 1.1 });
  void scene.repeat(16, scene.duration * 0.6, (index) => scene.particles.emit({
    count: 3, x, y: scene.height + 10, width: scene.width * 0.8, angle: -Math.PI / 2, spread: 0.5, speed: [scene.height * 0.4, scene.height * 0.9],
    gravity: scene.height * 0.15, life: [1.2, 2], size: [20, 38], sprite: sprites[index % (sprites.length || 1)], colors: [glow, "#ffffff"],
  }));
  await scene.animate(figure, [
    { transform: at(x, scene.height + scene.unit, 0.8, -8) }, { transform: at(x, y - scene.unit * 0.12, 1.04, 4), offset: 0.75 }, { transform: at(x, y) },
  ], { duration: scene.duration * 0.28 });
  spray(scene);
  shockwave(scene, x, y, glow);
  await hover(scene, figure, 0.58);
  await leave(scene, figure);
}

/** Companions circle the figure, before it and behind it. @param {Scene} scene */
async function orbit(scene) {
  const { x, y } = scene.centre;
  const { glow, colors } = palette(scene.gift.item.sku);
  halo(scene, glow, 2.2);
  const figure = scene.figure({ size: 0.9 });
  const companions = 6;
  for (let index = 0; index < companions; index += 1) {
    const companion = scene.figure({ size: 0.36 });
    /** @type {Keyframe[]} */
    const path = [];
    for (let step = 0; step <= 48; step += 1) {
      const turn = (index / companions + (step / 48) * 2) * Math.PI * 2;
      const depth = Math.sin(turn);
      const widen = Math.min(1, step / 8, (48 - step) / 6);
      path.push({
        transform: at(x + Math.cos(turn) * scene.unit * 0.95 * widen, y + depth * scene.unit * 0.3 * widen - scene.unit * 0.05, 0.75 + depth * 0.35, Math.cos(turn) * 14),
        zIndex: depth > 0 ? 3 : 1, opacity: Math.min(1, widen * 1.6),
      });
    }
    void scene.animate(companion, path, { duration: scene.duration * 0.94, easing: "linear" });
  }
  void scene.repeat(20, scene.duration * 0.8, () => scene.particles.emit({
    count: 4, x, y, width: scene.unit * 1.8, speed: [10, 60], gravity: -30, life: [0.8, 1.5], size: [3, 8], colors,
  }));
  await scene.animate(figure, [{ transform: at(x, y, 0), opacity: 0, zIndex: 2 }, { transform: at(x, y), opacity: 1, zIndex: 2 }],
    { duration: scene.duration * IN, easing: OVERSHOOT });
  await hover(scene, figure, 1 - IN - OUT);
  await leave(scene, figure);
}

/** Turns up faster and faster, lights flying off its rim. @param {Scene} scene */
async function spinUp(scene) {
  const { x, y } = scene.centre;
  const { glow, colors, round } = palette(scene.gift.item.sku);
  halo(scene, glow);
  const figure = scene.figure({ size: 1.2, className: round ? "is-round" : "" });
  void scene.repeat(40, scene.duration * 0.78, (index) => {
    const turn = (index / 40) ** 2 * Math.PI * 6;
    scene.particles.emit({
      count: 3, x: x + Math.cos(turn) * scene.unit * 0.55, y: y + Math.sin(turn) * scene.unit * 0.55, angle: turn + Math.PI / 2, spread: 0.6,
      speed: [scene.unit * 0.2, scene.unit * (0.4 + index / 40)], colors, gravity: 60, size: [5, 12],
    });
  });
  await scene.animate(figure, [
    { transform: at(x, y, 0, -90), opacity: 0 }, { transform: at(x, y, 1, 0), opacity: 1, offset: 0.2, easing: "cubic-bezier(0.5, 0, 0.9, 0.7)" },
    { transform: at(x, y, 1.1, 720), opacity: 1 },
  ], { duration: scene.duration * 0.8 });
  spray(scene, x, y, 1.4);
  shockwave(scene, x, y, glow, 2.6);
  await scene.animate(figure, [{ transform: at(x, y, 1.1, 720), opacity: 1 }, { transform: at(x, y, 1.8, 780), opacity: 0 }],
    { duration: scene.duration * 0.2, easing: "ease-out" });
}

/** Three acts: a light goes on, the house applauds, everything flies. @param {Scene} scene */
async function finale(scene) {
  const { x, y } = scene.centre;
  const { glow, colors, sprites } = palette(scene.gift.item.sku);
  halo(scene, glow, 3.4);
  const figure = scene.figure({ size: 1.15 });
  void scene.repeat(24, scene.duration * 0.5, (index) => scene.particles.emit({
    count: 4, x, y: scene.height + 20, width: scene.width, angle: -Math.PI / 2, spread: 0.4, speed: [scene.height * 0.5, scene.height * 1.1],
    gravity: scene.height * 0.5, drag: 0.3, life: [1.5, 2.4], size: [26, 54], sprite: sprites[index % sprites.length],
  }));
  await scene.animate(figure, [{ transform: at(x, -scene.unit, 0.6, -180), opacity: 0 }, { transform: at(x, y), opacity: 1 }],
    { duration: scene.duration * IN, easing: OVERSHOOT });
  shockwave(scene, x, y, glow, 3);
  void scene.repeat(7, scene.duration * 0.6, (index) => {
    const side = index % 2 ? 0 : scene.width;
    scene.particles.emit({
      count: 26, x: side, y: scene.height * 0.85, angle: side ? -Math.PI * 0.68 : -Math.PI * 0.32, spread: 0.6, speed: [scene.height * 0.7, scene.height * 1.3],
      gravity: scene.height * 0.7, drag: 0.8, shape: "strip", size: [8, 18], colors, life: [1.8, 2.8],
    });
    spray(scene, scene.width * (0.2 + scene.random() * 0.6), scene.height * (0.15 + scene.random() * 0.4), 0.9);
  });
  await hover(scene, figure, 1 - IN - OUT);
  await leave(scene, figure);
}

export const standing = { burst, rise, orbit, "spin-up": spinUp, finale };
