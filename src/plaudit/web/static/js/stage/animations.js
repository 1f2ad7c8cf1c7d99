// The animations of large gifts by name. Each takes a scene and resolves when the stage is free again.
import { crossing } from "./crossing.js";
import { falling } from "./falling.js";
import { standing } from "./standing.js";

/** @type {Record<string, (scene: import("./scene.js").Scene) => Promise<void>>} */
export const ANIMATIONS = { ...standing, ...falling, ...crossing };

/** An item of another catalogue may name what is not here: it gets a burst. @param {string} name */
export const animationOf = (name) => ANIMATIONS[name] ?? ANIMATIONS.burst;
