// Somebody's own limits: one is set, what waits is withdrawn, a break or a self-exclusion begins once it was asked again.
import { api, busy, pageData, renew } from "../api.js";
import { clearProblems, confirmed, minorUnits, onClick, onSubmit, showProblem, showUnder, wholeNumber } from "../forms.js";
import { Meant } from "../meant.js";
import { toast } from "../toast.js";
import { say } from "../words.js";

/** @type {{currency: string, places: number, time_zone: string | null}} of limits; without a zone that of this device is taken */
let data = pageData();
const setting = new Meant();
const pausing = new Meant();

/** Minutes after midnight; null: nothing was written. @param {FormDataEntryValue | null} time */
function minutes(time) {
  const match = /^(\d\d):(\d\d)/.exec(String(time ?? ""));
  return match ? Number(match[1]) * 60 + Number(match[2]) : null;
}

/** What a form says of its limit, empty: none; null: it makes no sense, which is said there. @param {HTMLFormElement} form @returns {object | null} */
function asked(form) {
  const fields = new FormData(form);
  if (form.dataset.limit === "night") {
    const [from, to] = [minutes(fields.get("night.from_minute")), minutes(fields.get("night.to_minute"))];
    if (from === null && to === null) return {};
    if (from !== null && to !== null && from !== to) return { night: { from_minute: from, to_minute: to, asks: fields.has("asks") } };
    return refuse(form, from === null ? "night.from_minute" : "night.to_minute", say("both_times"));
  }
  if (form.dataset.limit === "remind_minutes") {
    const text = String(fields.get("minutes")).trim();
    const wanted = wholeNumber(text);
    return !text ? {} : wanted ? { minutes: wanted } : refuse(form, "minutes", say("whole_minutes"));
  }
  const written = String(fields.get("amount_minor")).trim();
  if (!written) return {};
  const minor = minorUnits(written, data.places);
  return minor ? { amount_minor: minor, currency: data.currency } : refuse(form, "amount_minor", say("an_amount", { example: say("example") }));
}

/** @param {HTMLFormElement} form @param {string} name @param {string} text @returns {null} */
function refuse(form, name, text) {
  showUnder(form, name, text);
  /** @type {HTMLElement | null} */ (form.querySelector("[aria-invalid]"))?.focus();
  return null;
}

/** The row as it is now; what is written in others stays. @param {string} kind */
async function show(kind) {
  await renew(`#limit-${kind}`, "#zone", "#page-data");
  data = pageData();
  /** @type {HTMLElement | null} */ (document.querySelector(`#limit-${kind} input`))?.focus();
}

onSubmit("[data-limit]", (form, button) => busy(button, async () => {
  for (const one of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-limit]"))) clearProblems(one);
  const wanted = asked(form);
  const kind = form.dataset.limit ?? "";
  if (!wanted) return;
  const zone = data.time_zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  try {
    const { limits } = await setting.ask(`/v1/me/limits/${kind}`, { ...wanted, time_zone: zone }, "PUT");
    toast(say(limits.some((/** @type {any} */ one) => one.kind === kind && one.waiting) ? "holds_later" : "holds_now"));
    await show(kind);
  } catch (error) {
    showProblem(form, error);
  }
}));

onClick("data-withdraw", (button, kind) => busy(button, async () => {
  try {
    await api("DELETE", `/v1/me/limits/${kind}/waiting`);
    toast(say("withdrawn"));
    await show(kind);
  } catch (error) {
    showProblem(/** @type {HTMLElement} */ (button.closest("form")), error);
  }
}));

onSubmit("[data-pause]", (form, button) => busy(button, async () => {
  clearProblems(form);
  const what = form.dataset.pause ?? "";
  const length = form.querySelector("select")?.selectedOptions[0];
  if (!length) return;
  const yes = await confirmed({ title: say(`${what}_title`, { length: length.text }), text: say(`${what}_text`), action: say(`${what}_yes`), danger: what === "exclusions" });
  if (!yes) return;
  try {
    await pausing.ask(`/v1/me/${what}`, { days: Number(length.value), ...(what === "exclusions" ? { understood: true } : {}) });
    location.assign("/limits");
  } catch (error) {
    showProblem(form, error);
  }
}));
