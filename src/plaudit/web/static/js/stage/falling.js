// Animations that come from above or fill the sky: drop, rain, fireworks.
import { palette } from "./palette.js";
import { at } from "./scene.js";
import { halo, shockwave, spray } from "./standing.js";

/** @typedef {import("./scene.js").Scene} Scene */

/** Falls, bounces twice, and the ground feels it. @param {Scene} scene */
async function drop(scene) {
  const { x, y } = scene.centre;
  const { glow } = palette(scene.gift.item.sku);
  const figure = scene.figure({ size: 1.15 });
  const floor = y + scene.unit * 0.1;
  const shadow = scene.shape("stage-shadow", 1);
  void scene.animate(shadow, [
    { transform: `${at(x, floor + scene.unit * 0.62, 0.3)} scaleY(0.2)`, opacity: 0 },
    { transform: `${at(x, floor + scene.unit * 0.62, 1)} scaleY(0.2)`, opacity: 0.5 },
  ], { duration: scene.duration * 0.14 });
  await scene.animate(figure, [{ transform: at(x, -scene.unit, 1, -25) }, { transform: at(x, floor, 1, 0) }],
    { duration: scene.duration * 0.14, easing: "cubic-bezier(0.6, 0, 1, 0.6)" });
  shockwave(scene, x, floor + scene.unit * 0.5, glow, 2.6);
  spray(scene, x, floor + scene.unit * 0.4, 1.3);
  halo(scene, glow);
  await scene.animate(figure, [
    { transform: `${at(x, floor + scene.unit * 0.06)} scale(1.12, 0.86)`, easing: "ease-out" },
    { transform: at(x, floor - scene.unit * 0.32, 1, 7), offset: 0.4, easing: "ease-in" }, { transform: `${at(x, floor)} scale(1.06, 0.94)`, offset: 0.7, easing: "ease-out" },
    { transform: at(x, floor - scene.unit * 0.08, 1, -3), offset: 0.85, easing: "ease-in" }, { transform: at(x, floor) },
  ], { duration: scene.duration * 0.26 });
  void scene.repeat(3, scene.duration * 0.4, () => spray(scene, x, y, 0.6));
  await scene.animate(figure, [{ transform: at(x, floor) }, { transform: at(x, floor - scene.unit * 0.06, 1.04) }, { transform: at(x, floor) }],
    { duration: scene.duration * 0.44, easing: "ease-in-out" });
  void scene.animate(shadow, [{ opacity: 0.5 }, { opacity: 0 }], { duration: scene.duration * 0.14 });
  await scene.animate(figure, [{ transform: at(x, floor), opacity: 1 }, { transform: at(x, floor - scene.unit * 0.4, 1.3), opacity: 0 }],
    { duration: scene.duration * 0.16, easing: "ease-in" });
}

/** @param {Scene} scene */
async function rain(scene) {
  const { x, y } = scene.centre;
  const { glow, sprites } = palette(scene.gift.item.sku);
  const drawings = sprites.length ? sprites : [scene.gift.item.art];
  halo(scene, glow, 2.2);
  const figure = scene.figure({ size: 0.85 });
  void scene.repeat(36, scene.duration * 0.68, (index) => scene.particles.emit({
    count: 4, x, y: -30, width: scene.width * 1.2, angle: Math.PI / 2 + 0.25, spread: 0.4, speed: [scene.height * 0.16, scene.height * 0.34],
    gravity: scene.height * 0.12, drag: 0.1, life: [2, 3], size: [18, 46], spin: 2.5, sprite: drawings[index % drawings.length],
  }));
  await scene.animate(figure, [
    { transform: at(x, y - scene.unit * 0.4, 0.4, -20), opacity: 0 }, { transform: at(x, y, 1, 4), opacity: 1, offset: 0.2 },
    { transform: at(x, y + scene.unit * 0.04, 1.02, -4), opacity: 1, offset: 0.5 }, { transform: at(x, y, 1, 4), opacity: 1, offset: 0.82 },
    { transform: at(x, y + scene.unit * 0.2, 0.9, 0), opacity: 0 },
  ], { duration: scene.duration, easing: "ease-in-out" });
}

/** One shell: it climbs, and opens. @param {Scene} scene @param {number} x @param {number} y */
async function shell(scene, x, y) {
  const { colors } = palette(scene.gift.item.sku);
  const climb = 620;
  const start = x + (scene.random() - 0.5) * scene.width * 0.2;
  const light = scene.shape("stage-shell", 0.05);
  void scene.repeat(14, climb, (index) => scene.particles.emit({
    count: 2, x: start + ((x - start) * index) / 14, y: scene.height + ((y - scene.height) * index) / 14, speed: [5, 30], life: [0.3, 0.6], size: [3, 6], gravity: 80, colors: ["#ffd9c2"],
  }));
  await scene.animate(light, [{ transform: at(start, scene.height) }, { transform: at(x, y, 0.6) }], { duration: climb, easing: "ease-out" });
  light.remove();
  if (scene.ended) return;
  const color = colors[Math.floor(scene.random() * colors.length)];
  shockwave(scene, x, y, color, 1);
  const reach = scene.unit * (0.8 + scene.random() * 0.7);
  scene.particles.emit({ count: 46, x, y, speed: [reach * 0.9, reach * 1.2], colors: [color, "#ffffff"], shape: "streak", size: [3, 6], drag: 1.8, gravity: reach * 0.35, life: [0.9, 1.5] });
  scene.particles.emit({ count: 30, x, y, speed: [reach * 0.2, reach * 0.8], colors: [color], drag: 1.6, gravity: reach * 0.3, life: [0.9, 1.8], size: [3, 7] });
}

/** @param {Scene} scene */
async function fireworks(scene) {
  const { x, y } = scene.centre;
  const { glow, round } = palette(scene.gift.item.sku);
  halo(scene, glow, 2);
  const figure = scene.figure({ size: 0.8, className: round ? "is-round" : "" });
  const shells = Math.round(scene.duration / 480);
  void scene.repeat(shells, scene.duration * 0.72, () => {
    void shell(scene, scene.width * (0.12 + scene.random() * 0.76), scene.height * (0.08 + scene.random() * 0.5));
  });
  await scene.animate(figure, [
    { transform: at(x, y, 0.2), opacity: 0 }, { transform: at(x, y), opacity: 1, offset: 0.16 }, { transform: at(x, y, 1.06), opacity: 1, offset: 0.84 },
    { transform: at(x, y, 1.3), opacity: 0 },
  ], { duration: scene.duration });
}

export const falling = { drop, rain, fireworks };
