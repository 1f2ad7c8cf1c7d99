// One item of the catalogue: pictures are uploaded as they are chosen, and played as in a room before anything is saved.
import { ProblemError, api, busy, upload } from "../api.js";
import { clearProblems, confirmed, onClick, onSubmit, showAtForm, showProblem, showUnder, utcInstant, wholeNumber } from "../forms.js";
import { uuid7 } from "../uuid7.js";
import { say } from "../words.js";
import "../components/gift-stage.js";
import { isLottie } from "../stage/motion.js";
import { stillOf } from "./still-picture.js";

const data = JSON.parse(/** @type {HTMLElement} */ (document.getElementById("page-data")).textContent ?? "{}");
const form = /** @type {HTMLFormElement} */ (document.querySelector("[data-item]"));
const stage = /** @type {any} */ (document.querySelector("gift-stage"));
const SEEN_MS = 2_000; // what is shorter is played more than once
const SENDER = { id: "0", name: "A viewer", avatar: "art/avatars/bear.svg" };

/** @param {string} name @returns {any} */
const input = (name) => form.elements.namedItem(name);
const capital = (/** @type {string} */ name) => name[0].toUpperCase() + name.slice(1);
const text = (/** @type {string} */ name) => String(input(name).value).trim();
const seconds = () => Number(text("seconds").replace(",", "."));
/** @param {string} address what an item names its picture by */
const shownAt = (address) => (/^(https?:|\/)/.test(address) ? address : `/static/${address}`);

/** @param {string} name */
function showPicture(name) {
  const image = /** @type {HTMLImageElement} */ (form.querySelector(`[data-shown="${name}"]`));
  const address = text(name);
  image.hidden = !address || isLottie(address);
  if (!image.hidden) image.src = shownAt(address);
}

for (const name of ["art", "still"]) input(name).addEventListener("change", () => showPicture(name));

let uploads = Promise.resolve();

/** @param {EventTarget | null} target */
function takeChosen(target) {
  const chosen = target instanceof HTMLInputElement ? target : null;
  const name = chosen?.dataset.upload;
  const file = chosen?.files?.[0];
  if (chosen && name && file) uploads = uploads.then(() => take(chosen, name, file));
}

form.addEventListener("change", (event) => takeChosen(event.target));

/** Keeps a file, or says under its field why not: the picture before stays, as does all else. @param {HTMLInputElement} chosen @param {string} name @param {File} file */
async function take(chosen, name, file) {
  const field = /** @type {HTMLElement} */ (chosen.closest(".field"));
  const about = /** @type {HTMLElement} */ (field.querySelector("[data-about]"));
  clearProblems(field);
  about.textContent = "Uploading…";
  try {
    if (file.size > data.art_bytes_max) throw new ProblemError(413, { code: "art_not_usable", detail: `The file is larger than ${data.art_bytes_max / 1_000_000} MB.` });
    const kept = await upload("/v1/operator/art", file);
    input(name).value = kept.address;
    showPicture(name);
    const length = kept.duration_ms ? `, ${kept.duration_ms / 1000} s` : "";
    about.textContent = `${kept.width} by ${kept.height}, ${Math.ceil(kept.bytes / 1000)} kB${length}.${kept.script_removed ? " It had script, which was taken out: see whether it still is what you meant." : ""}`;
    if (name === "art") await settle(kept, file);
  } catch (error) {
    chosen.value = "";
    about.textContent = "";
    showUnder(form, name, error instanceof ProblemError ? error.message : say("did_not_work"), chosen);
  }
}

/** Art that moves is played as it is, and needs a picture that stands still; other art needs none. @param {any} kept @param {File} file */
async function settle(kept, file) {
  input("still").value = "";
  if (kept.moves) {
    input("animation").value = "itself";
    if (kept.duration_ms) input("seconds").value = String((Math.ceil(SEEN_MS / kept.duration_ms) * kept.duration_ms) / 1000);
    try {
      input("still").value = (await upload("/v1/operator/art", await stillOf(file, kept.address))).address;
    } catch {
      showUnder(form, "still", "The picture above moves. Choose one that does not, for who wants no motion.");
    }
  } else if (text("animation") === "itself") input("animation").value = data.animations[text("size")][0];
  showPicture("still");
}

input("size").addEventListener("change", () => {
  const select = /** @type {HTMLSelectElement} */ (input("animation"));
  const before = select.value;
  select.replaceChildren(...data.animations[text("size")].map((/** @type {string} */ name) => new Option(name === "itself" ? "By itself" : capital(name.replace("-", " ")), name)));
  if (data.animations[text("size")].includes(before)) select.value = before;
});

onClick("data-play", () => {
  const art = text("art");
  clearProblems(form);
  if (!art) return void showUnder(form, "art", "Choose a picture first.");
  const still = text("still") || art;
  const item = {
    id: data.id, sku: text("sku") || "new", name: text("name") || "New item", coins: wholeNumber(text("coins")) || 1,
    category: text("category"), size: text("size"), combo: false, animation: text("animation"),
    duration_ms: Math.round(seconds() * 1000) || 2_600,
    art: shownAt(isLottie(art) ? still : art), still: shownAt(still), motion: isLottie(art) || still !== art ? shownAt(art) : null,
  };
  stage.clear();
  stage.show({ id: uuid7(), item, count: 1, coins: item.coins, combo: null, sender: SENDER, at: new Date().toISOString() });
});

/** The request; throws what is wrong with the form, field by field. @returns {Record<string, unknown>} */
function wanted() {
  const coins = wholeNumber(text("coins"));
  /** @type {{field: string, reason: string}[]} */ const errors = [];
  if (!text("name")) errors.push({ field: "name", reason: "is empty: give it a name" });
  if (!coins) errors.push({ field: "coins", reason: "must be a whole number, 1 or more" });
  if (!text("sku")) errors.push({ field: "sku", reason: "is empty" });
  if (!text("art")) errors.push({ field: "art", reason: "is empty: an item needs a picture" });
  if (!(seconds() > 0)) errors.push({ field: "seconds", reason: "must be a number of seconds, such as 2.5" });
  /** @type {Record<string, string>} */ const names = {};
  for (const line of text("names").split("\n").map((one) => one.trim()).filter(Boolean)) {
    const [, tag, name] = line.match(/^([A-Za-z-]+)\s*:\s*(.+)$/) ?? [];
    if (tag) names[tag] = name;
    else errors.push({ field: "names", reason: `says “${line}”, which is not a language and a name, such as “de: Rose”` });
  }
  if (errors.length) throw new ProblemError(422, { code: "invalid_fields", errors });
  return {
    seen_version: data.seen_version, sort: data.sort, sku: text("sku"), name: text("name"), coins, category: text("category"),
    art: text("art"), still: text("still"), alt: text("alt"), size: text("size"), animation: text("animation"),
    duration_ms: Math.round(seconds() * 1000), combo: input("combo").checked, hidden: input("hidden").checked, names,
    regions: text("regions").toUpperCase().split(/[\s,]+/).filter(Boolean),
    creator_ids: text("creator_ids").split(/[\s,]+/).filter(Boolean).map(Number),
    begins: utcInstant(text("begins")), ends: utcInstant(text("ends")),
  };
}

/** What is wrong, under the field it is about. @param {unknown} error */
function told(error) {
  if (error instanceof ProblemError) {
    const found = error.problem.findings?.map((/** @type {{place: string, words: string}} */ one) => ({ field: one.place.split(".")[1], reason: one.words }));
    error.problem.errors = (found ?? error.fields).map((/** @type {{field: string, reason: string}} */ one) => ({ ...one, field: one.field.replace(/^(body\.)?duration_ms$/, "seconds") }));
    if (error.code === "version_gone") return showAtForm(form, "Somebody changed this item meanwhile. Load the page again to see it.");
    if (error.code === "sku_taken") return void showUnder(form, "sku", error.message);
  }
  showProblem(form, error);
}

onSubmit("[data-item]", (_, button) => busy(button, async () => {
  clearProblems(form);
  await uploads;
  try {
    await api("PUT", `/v1/operator/catalogue/${data.id}`, wanted());
    location.assign("/operator/catalogue");
  } catch (error) {
    told(error);
  }
}));

onClick("data-retire", (button) => busy(button, async () => {
  const sure = await confirmed({ title: `Retire ${text("name")}?`, text: "Nobody can send it any more, and what was to begin is withdrawn. What was sent stays. Saving it again brings it back.", action: "Retire it", danger: true });
  if (!sure) return;
  try {
    await api("POST", `/v1/operator/catalogue/${data.id}/retire`, { seen_version: data.seen_version });
    location.assign("/operator/catalogue");
  } catch (error) {
    told(error);
  }
}));

// On a slow line a file is chosen before this script is there.
for (const chosen of form.querySelectorAll("input[data-upload]")) takeChosen(chosen);
