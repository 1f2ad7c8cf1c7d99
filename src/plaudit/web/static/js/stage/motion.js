// Art that moves by itself: an animated picture, or a Lottie file in the light player, which is fetched when one is played.
import { asset } from "../format.js";

/** @typedef {{play(): void, pause(): void, destroy(): void}} Player */

const READ_MS = 5_000; // a gift is not held up longer by art that does not come
const LENGTH_MAX = 1_000_000; // as much as may be uploaded; at other addresses nobody else looks
/** A picture plays from when it is shown, and cannot be stopped. @type {Player} */
const PICTURE = { play() {}, pause() {}, destroy() {} };

/** @param {string} address */
export const isLottie = (address) => new URL(asset(address), location.href).pathname.endsWith(".json");

/**
 * Plays what moves, over and over, in an element that decides its size.
 * @param {HTMLElement} host @param {string} address @returns {Promise<Player>} rejected when it does not come or is none
 */
export async function openMotion(host, address) {
  if (!isLottie(address)) {
    const image = document.createElement("img");
    image.alt = "";
    image.src = asset(address);
    await image.decode();
    host.replaceChildren(image);
    return PICTURE;
  }
  const [animationData, { default: lottie }] = await Promise.all([readLottie(asset(address)), import("../../vendor/lottie/lottie.light.js")]);
  host.replaceChildren();
  return lottie.loadAnimation({
    container: host, renderer: "svg", loop: true, autoplay: true, animationData, rendererSettings: { preserveAspectRatio: "xMidYMid meet" },
  });
}

/** @param {string} address */
async function readLottie(address) {
  const answer = await fetch(address, { signal: AbortSignal.timeout(READ_MS), headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${address} answers ${answer.status}`);
  const text = await answer.text();
  if (text.length > LENGTH_MAX) throw new Error(`${address} is too large`);
  const read = JSON.parse(text);
  // The player would load fonts as style sheets and scripts of other addresses.
  for (const font of read.fonts?.list ?? []) Object.assign(font, { fPath: "", fOrigin: "", origin: 0 });
  return read;
}
