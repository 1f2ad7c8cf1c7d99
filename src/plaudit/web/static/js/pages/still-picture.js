// A still picture of art that moves: the first picture of an animated one, the middle of a Lottie file.
import { isLottie, openMotion } from "../stage/motion.js";

const SIDE_MAX = 512; // pixels; what lists and the tray show is smaller

/** @param {Blob} file @param {string} address where it was kept @returns {Promise<Blob>} */
export const stillOf = (file, address) => (isLottie(address) ? middleOf(address) : firstOf(file));

/** @param {Blob} file @returns {Promise<Blob>} */
async function firstOf(file) {
  const picture = file.type === "image/svg+xml" ? null : await createImageBitmap(file);
  if (!picture) throw new Error("the browser draws no moving SVG");
  const scale = Math.min(1, SIDE_MAX / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png"));
}

/** @param {string} address @returns {Promise<Blob>} */
async function middleOf(address) {
  const host = document.createElement("div");
  const player = /** @type {any} */ (await openMotion(host, address));
  try {
    if (!player.isLoaded) await new Promise((resolve) => player.addEventListener("DOMLoaded", resolve));
    player.goToAndStop(Math.floor(player.totalFrames / 2), true);
    const drawn = /** @type {SVGElement} */ (host.querySelector("svg"));
    return new Blob([new XMLSerializer().serializeToString(drawn)], { type: "image/svg+xml" });
  } finally {
    player.destroy();
  }
}
