// The animations of large gifts by name. Each takes a scene and resolves when the stage is free again.
import { crossing } from "./crossing.js";
import { falling } from "./falling.js";
import { own } from "./itself.js";
import { standing } from "./standing.js";

/** @type {Record<string, (scene: import("./scene.js").Scene) => Promise<void>>} */
export const ANIMATIONS = { ...standing, ...falling, ...crossing, ...own };

/** A page that was open when we learned a new one does not know it yet: it shows a burst. @param {string} name */
export const animationOf = (name) => ANIMATIONS[name] ?? ANIMATIONS.burst;
