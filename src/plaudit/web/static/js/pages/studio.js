// The studio: making, starting and ending rooms, converting, and looking again when diamonds mature.
import { ProblemError, api, busy, pageData, renew } from "../api.js";
import { clearProblems, confirmed, onClick, onSubmit, showAtForm, showProblem, wholeNumber } from "../forms.js";
import { coins as coinWords, diamonds as diamondWords, money, moneyByRate, sayOf } from "../format.js";
import { Meant } from "../meant.js";
import { toast } from "../toast.js";
import { say } from "../words.js";
import "./overlays.js";
import "./stream-key.js";

const LOOK_MS = 5_000;

/** @param {() => Promise<unknown>} act @param {string} done */
async function attempt(act, done) {
  try {
    await act();
    if (done) toast(done);
  } catch (error) {
    toast(error instanceof ProblemError ? error.message : say("did_not_work"), { tone: "bad" });
  }
}

// Rooms
const newRoom = new Meant();
onSubmit("[data-new-room]", (form, button) => busy(button, async () => {
  clearProblems(form);
  const data = new FormData(form);
  const stage = String(data.get("stage_url") ?? "").trim();
  try {
    const room = await newRoom.ask("/v1/rooms", { title: String(data.get("title")).trim(), cover: data.get("cover"), ...(stage ? { stage_url: stage } : {}) });
    if (button.value === "live") {
      await api("POST", `/v1/rooms/${room.id}/start`);
      location.assign(`/studio/live/${room.id}`);
      return;
    }
    form.closest("dialog")?.close();
    form.reset();
    await renew("#rooms");
  } catch (error) {
    showProblem(form, error);
  }
}));
onClick("data-start-room", (button, id) => busy(button, () => attempt(async () => {
  await api("POST", `/v1/rooms/${id}/start`);
  location.assign(`/studio/live/${id}`);
}, "")));
onClick("data-end-room", async (button, id) => {
  const sure = await confirmed({ title: say("end_title"), text: say("end_text", { title: button.dataset.title ?? "" }), action: say("end"), danger: true });
  if (sure) await attempt(async () => { await api("POST", `/v1/rooms/${id}/end`); await renew("#rooms"); }, say("ended"));
});

// Conversion
const form = /** @type {HTMLFormElement | null} */ (document.querySelector("[data-convert]"));

/** What is written, and what it makes. @param {HTMLFormElement} of */
function wanted(of) {
  const data = pageData();
  const coins = wholeNumber(/** @type {HTMLInputElement} */ (of.elements.namedItem("coins")).value);
  return { coins, diamonds: Number((BigInt(coins) * BigInt(data.numerator)) / BigInt(data.denominator)) };
}

function estimate() {
  if (!form) return;
  const data = pageData();
  const { diamonds } = wanted(form);
  const place = (/** @type {string} */ name, /** @type {string} */ text) => { const found = form.querySelector(name); if (found) found.textContent = text; };
  place("[data-diamonds]", diamondWords(diamonds));
  place("[data-worth]", money(moneyByRate(data.rate)(diamonds)));
}
form?.addEventListener("input", estimate);
estimate();

const conversion = new Meant();
onSubmit("[data-convert]", (target, button) => busy(button, async () => {
  clearProblems(target);
  const { coins, diamonds } = wanted(target);
  if (!coins) return showAtForm(target, say("whole_coins"));
  try {
    const done = await conversion.ask("/v1/conversions", { coins, ...(diamonds ? { diamonds } : {}) });
    target.closest("dialog")?.close();
    toast(sayOf("became", done.coins, { coins: coinWords(done.coins), diamonds: diamondWords(done.diamonds) }));
    await look();
  } catch (error) {
    showProblem(target, error);
    await renew("#page-data").catch(() => false);
    estimate();
  }
  return undefined;
}));
document.querySelector("[data-automatic]")?.addEventListener("change", (event) => {
  const box = /** @type {HTMLInputElement} */ (event.target);
  void attempt(() => api("PATCH", "/v1/creators/me/settings", { automatic_conversion: box.checked }), say(box.checked ? "automatic" : "by_hand"));
});

// The figures move by themselves while the page is looked at.
async function look() {
  await renew("#way", "#earnings", "#page-data").catch(() => false);
}
setInterval(() => { if (!document.hidden && !document.querySelector("dialog[open], details[open]")) void look(); }, LOOK_MS);
