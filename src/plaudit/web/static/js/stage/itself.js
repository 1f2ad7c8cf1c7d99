// The animation of art that moves by itself: it has the whole stage, for as long as the item says.
import { standing } from "./standing.js";

/** Art that does not come is a burst of its still picture. @param {import("./scene.js").Scene} scene */
async function itself(scene) {
  const moving = await scene.moving();
  if (scene.ended) return;
  if (!moving) {
    await standing.burst(scene);
    return;
  }
  await scene.animate(moving, [{ opacity: 0 }, { opacity: 1, offset: 0.05 }, { opacity: 1, offset: 0.93 }, { opacity: 0 }], { duration: scene.duration, easing: "linear" });
}

export const own = { itself };
