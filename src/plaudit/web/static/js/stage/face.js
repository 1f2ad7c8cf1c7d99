// The face of somebody on the stage: their picture, or the first letter of their name.
import { asset, loadable } from "../format.js";

/** @param {HTMLElement} place @param {import("../types.js").Person} person */
export function showFace(place, person) {
  const letter = () => { place.textContent = person.name.slice(0, 1); };
  if (!loadable(person.avatar)) return letter();
  const picture = document.createElement("img");
  picture.className = place.className;
  picture.alt = "";
  picture.addEventListener("error", () => { picture.replaceWith(place); letter(); }, { once: true });
  picture.src = asset(person.avatar);
  place.replaceWith(picture);
  return undefined;
}
