// The face of somebody on the stage: their picture, or the first letter of their name.
import { asset, initial, loadable } from "../format.js";
import "../pictures.js";

/** @param {HTMLElement} place @param {import("../types.js").Person} person */
export function showFace(place, person) {
  if (!loadable(person.avatar)) {
    place.textContent = initial(person.name);
    return;
  }
  const picture = document.createElement("img");
  picture.className = place.className;
  picture.alt = "";
  picture.dataset.initial = initial(person.name);
  picture.src = asset(person.avatar);
  place.replaceWith(picture);
}
