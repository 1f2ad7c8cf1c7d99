// Animations in which the gift travels over the stage: drive, sail, leap, launch, swoop.
import { palette } from "./palette.js";
import { at } from "./scene.js";
import { shockwave, spray } from "./standing.js";

/** @typedef {import("./scene.js").Scene} Scene */
/** @typedef {{x: number, y: number, scale?: number, turn?: number, opacity?: number}} Spot */

const SAMPLES = 60;

/**
 * Moves a figure along a path and lets something fly off it on the way.
 * @param {Scene} scene @param {Element} figure @param {(part: number) => Spot} path @param {number} duration
 * @param {(spot: Spot, part: number) => void} [shed]
 */
function travel(scene, figure, path, duration, shed) {
  const frames = Array.from({ length: SAMPLES + 1 }, (_, step) => {
    const { x, y, scale = 1, turn = 0, opacity = 1 } = path(step / SAMPLES);
    return { transform: at(x, y, scale, turn), opacity };
  });
  if (shed) void scene.repeat(48, duration, (index) => shed(path(index / 48), index / 48));
  return scene.animate(figure, frames, { duration, easing: "linear" });
}

/** Comes in fast, slows in the middle to be seen, and is gone. @param {number} part */
const slowMiddle = (part) => part + Math.sin(part * Math.PI * 2) * 0.115;

/** Drawings look to the left, so that is where they drive. @param {Scene} scene */
async function drive(scene) {
  const { colors, glow } = palette(scene.gift.item.sku);
  const figure = scene.figure({ size: 1.25 });
  const road = scene.height * 0.5;
  const run = scene.width + scene.unit * 2.6;
  void scene.repeat(30, scene.duration * 0.8, () => scene.particles.emit({
    count: 3, x: scene.width + 40, y: scene.height * (0.2 + scene.random() * 0.55), angle: Math.PI, spread: 0.04, speed: [scene.width * 1.2, scene.width * 2.2],
    gravity: 0, drag: 0, life: [0.7, 1], size: [14, 40], shape: "streak", colors: [`${glow}99`, "#ffffff66"],
  }));
  await travel(scene, figure, (part) => ({
    x: scene.width + scene.unit * 1.3 - run * slowMiddle(part), y: road - Math.abs(Math.sin(part * 26)) * scene.unit * 0.025,
    turn: part < 0.25 ? -3 : part > 0.75 ? 4 : Math.sin(part * 30),
  }), scene.duration, (spot) => scene.particles.emit({
    count: 4, x: spot.x + scene.unit * 0.55, y: spot.y + scene.unit * 0.36, angle: -0.3, spread: 0.7, speed: [60, 260], gravity: 120, life: [0.5, 1.1], size: [6, 18], colors,
  }));
}

/** @param {Scene} scene */
async function sail(scene) {
  const { sprites, colors } = palette(scene.gift.item.sku);
  const figure = scene.figure({ size: 1.1 });
  const sea = scene.height * 0.52;
  const wave = scene.shape("stage-wave", 1);
  Object.assign(wave.style, { left: "0", top: "auto", bottom: "0", width: "100%", height: "46%" });
  void scene.animate(wave, [
    { transform: "translateY(100%)" }, { transform: "translateY(6%)", offset: 0.16 }, { transform: "translateY(0)", offset: 0.5 },
    { transform: "translateY(6%)", offset: 0.84 }, { transform: "translateY(100%)" },
  ], { duration: scene.duration, easing: "ease-in-out" });
  await travel(scene, figure, (part) => ({
    x: scene.width + scene.unit * 0.8 - (scene.width + scene.unit * 1.6) * slowMiddle(part),
    y: sea + Math.sin(part * 18) * scene.unit * 0.06, turn: Math.sin(part * 18 + 1) * 7,
  }), scene.duration, (spot, part) => {
    if (part < 0.08 || part > 0.92) return;
    scene.particles.emit({ count: 2, x: spot.x, y: spot.y + scene.unit * 0.5, width: scene.unit * 0.8, angle: -Math.PI / 2, spread: 1.6, speed: [60, 200], gravity: 340, life: [0.5, 1], size: [10, 24], sprite: sprites[0] });
    scene.particles.emit({ count: 3, x: spot.x, y: spot.y + scene.unit * 0.52, width: scene.unit, speed: [20, 120], gravity: 260, life: [0.4, 0.9], size: [3, 8], colors });
  });
}

/** Up out of nothing, over, and in again. @param {Scene} scene */
async function leap(scene) {
  const { sprites, colors, glow } = palette(scene.gift.item.sku);
  const figure = scene.figure({ size: 1.2 });
  const floor = scene.height * 0.92;
  const splash = (/** @type {number} */ x) => {
    shockwave(scene, x, floor, glow, 1.6);
    scene.particles.emit({ count: 46, x, y: floor, width: scene.unit * 0.6, angle: -Math.PI / 2, spread: 1.1, speed: [scene.height * 0.3, scene.height * 0.95], gravity: scene.height, drag: 0.4, colors, size: [5, 13] });
    scene.particles.emit({ count: 16, x, y: floor, width: scene.unit * 0.6, angle: -Math.PI / 2, spread: 0.9, speed: [scene.height * 0.3, scene.height * 0.8], gravity: scene.height, sprite: sprites[0], size: [20, 46] });
  };
  const from = scene.width * 0.86;
  const to = scene.width * 0.14;
  const leaps = scene.duration > 5800 ? 2 : 1;
  for (let index = 0; index < leaps && !scene.ended; index += 1) {
    splash(from);
    await travel(scene, figure, (part) => {
      const eased = part + Math.sin(part * Math.PI * 2) * 0.09;
      return {
        x: from + (to - from) * eased, y: floor + scene.unit * 0.7 - Math.sin(eased * Math.PI) * (floor - scene.height * 0.3 + scene.unit * 0.7),
        scale: 0.9 + Math.sin(part * Math.PI) * 0.25, turn: 38 - part * 76,
      };
    }, (scene.duration * 0.86) / leaps, (spot, part) => scene.particles.emit({
      count: part > 0.15 && part < 0.85 ? 3 : 0, x: spot.x + scene.unit * 0.2, y: spot.y, width: scene.unit * 0.5, speed: [10, 70], gravity: 90, colors: [...colors, "#ffffff"], size: [3, 9], life: [0.7, 1.4],
    }));
    splash(to);
  }
  await scene.wait(scene.duration * 0.14);
}

/** Trembles, lights, climbs away, and comes back as a star. @param {Scene} scene */
async function launch(scene) {
  const { sprites, colors, glow } = palette(scene.gift.item.sku);
  const { x } = scene.centre;
  const pad = scene.height * 0.66;
  const figure = scene.figure({ size: 1.1 });
  const nose = -45; // the drawing points up and to the right; this stands it upright
  const fire = (/** @type {number} */ y, /** @type {number} */ count) => {
    scene.particles.emit({ count, x, y: y + scene.unit * 0.48, width: scene.unit * 0.16, angle: Math.PI / 2, spread: 0.5, speed: [160, 420], gravity: 0, drag: 1.4, life: [0.4, 0.9], size: [12, 30], colors });
    scene.particles.emit({ count: 1, x, y: y + scene.unit * 0.45, angle: Math.PI / 2, spread: 0.4, speed: [120, 320], gravity: 0, life: [0.3, 0.7], size: [26, 50], sprite: sprites[0] });
  };
  await scene.animate(figure, [{ transform: at(x, scene.height + scene.unit, 1, nose) }, { transform: at(x, pad, 1, nose) }], { duration: scene.duration * 0.12 });
  void scene.repeat(16, scene.duration * 0.22, () => fire(pad, 4));
  await scene.animate(figure, Array.from({ length: 25 }, (_, index) => ({
    transform: at(x + (index % 2 ? 1 : -1) * scene.unit * 0.012 * (index / 12), pad + (index % 3) - 1, 1, nose),
  })), { duration: scene.duration * 0.22, easing: "linear" });
  shockwave(scene, x, pad + scene.unit * 0.5, glow, 2.4);
  scene.particles.emit({ count: 60, x, y: pad + scene.unit * 0.55, width: scene.unit * 0.4, angle: Math.PI / 2, spread: 2.9, speed: [80, 420], gravity: -20, drag: 1.8, size: [24, 60], life: [1.2, 2.2], colors: ["#ffffff66", "#e8dcd655"] });
  await travel(scene, figure, (part) => ({ x, y: pad - (pad + scene.unit * 1.2) * part ** 2.2, turn: nose + Math.sin(part * 12) * 1.5 }), scene.duration * 0.3, (spot) => fire(spot.y, 5));
  await scene.wait(scene.duration * 0.06);
  const sky = scene.height * 0.28;
  shockwave(scene, x, sky, glow, 3);
  spray(scene, x, sky, 1.8);
  scene.particles.emit({ count: 90, x, y: sky, speed: [scene.unit * 0.8, scene.unit * 1.5], shape: "streak", colors: [...colors, "#ffffff"], drag: 1.5, gravity: scene.unit * 0.3, size: [4, 8], life: [1, 1.9] });
  await scene.wait(scene.duration * 0.3);
}

/** Comes out of the distance, sweeps past close by, and is lost in the distance again. @param {Scene} scene */
async function swoop(scene) {
  const { sprites, colors, glow } = palette(scene.gift.item.sku);
  const { x, y } = scene.centre;
  const figure = scene.figure({ size: 1.3 });
  await travel(scene, figure, (part) => {
    const turn = part * Math.PI * 2;
    const near = Math.sin(part * Math.PI);
    return {
      x: x + Math.cos(turn * 1.5 + 0.6) * scene.width * 0.27 * (0.35 + near * 0.65), y: y + Math.sin(turn * 2) * scene.height * 0.13,
      scale: 0.15 + near * 0.95, turn: Math.cos(turn * 2) * 16, opacity: Math.min(1, part * 8, (1 - part) * 8),
    };
  }, scene.duration * 0.9, (spot, part) => {
    const size = (spot.scale ?? 1) * scene.unit;
    scene.particles.emit({ count: 4, x: spot.x, y: spot.y, width: size * 0.5, speed: [10, 90], gravity: 50, drag: 1, colors: [...colors, "#ffffff"], size: [3, 10], life: [0.8, 1.7] });
    if (sprites.length && Math.round(part * 48) % 2 === 0) scene.particles.emit({ count: 1, x: spot.x, y: spot.y, speed: [20, 90], gravity: 60, sprite: sprites[0], size: [size * 0.08, size * 0.16], life: [0.7, 1.4] });
  });
  shockwave(scene, x, y, glow, 1.6);
  spray(scene, x, y, 1);
  await scene.wait(scene.duration * 0.1);
}

export const crossing = { drive, sail, leap, launch, swoop };
