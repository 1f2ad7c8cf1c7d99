// Pictures that do not come: the initial stands for a face, a drawing of ours for anything else.

/** @param {EventTarget | null} target */
function standIn(target) {
  if (!(target instanceof HTMLImageElement) || "missing" in target.dataset) return;
  target.dataset.missing = "";
  if (target.dataset.initial === undefined) {
    target.src = new URL("../art/mark.svg", import.meta.url).href;
    return;
  }
  const letter = document.createElement("span");
  letter.className = target.className;
  letter.setAttribute("aria-hidden", "true");
  letter.textContent = target.dataset.initial;
  target.replaceWith(letter);
}

document.addEventListener("error", (event) => standIn(event.target), { capture: true });
// Those that failed before anybody listened are asked for once more.
for (const picture of document.images) if (picture.complete && !picture.naturalWidth && picture.src) picture.src = String(picture.src);
