// Guardians: a code is made, looked up, answered and confirmed; a guardian limits, agrees and stops.
import { api, busy, pageData } from "../api.js";
import { clearProblems, confirmed, minorUnits, onClick, onSubmit, showAtForm, showProblem, showUnder } from "../forms.js";
import { Meant } from "../meant.js";
import { toast } from "../toast.js";
import { say } from "../words.js";

/** @type {Record<string, {currency: string, places: number}>} of each minor */
const minors = pageData();
const setting = new Meant();
const inviting = new Meant();

/** Does it, and says beside the form why not. @param {HTMLFormElement} form @param {HTMLElement} button @param {() => Promise<unknown>} act */
const attempt = (form, button, act) => busy(/** @type {HTMLButtonElement} */ (button), async () => {
  clearProblems(form);
  try {
    await act();
  } catch (error) {
    showProblem(form, error);
  }
});

/** The page as it is now, at the same place. */
const again = () => location.reload();

/** Minutes after midnight; null: nothing was written. @param {FormDataEntryValue | null} time */
function minutes(time) {
  const match = /^(\d\d):(\d\d)/.exec(String(time ?? ""));
  return match ? Number(match[1]) * 60 + Number(match[2]) : null;
}

/** What a form says of its limit, empty: none; null: it makes no sense, which is said there. @param {HTMLFormElement} form @returns {object | null} */
function asked(form) {
  const fields = new FormData(form);
  const { currency, places } = minors[form.dataset.minor ?? ""];
  if (form.dataset.limit === "night") {
    const [from, to] = [minutes(fields.get("night.from_minute")), minutes(fields.get("night.to_minute"))];
    if (from === null && to === null) return {};
    if (from !== null && to !== null && from !== to) return { night: { from_minute: from, to_minute: to } };
    showUnder(form, from === null ? "night.from_minute" : "night.to_minute", say("both_times"));
    return null;
  }
  const written = String(fields.get("amount_minor")).trim();
  if (!written) return {};
  const minor = minorUnits(written, places);
  if (minor) return { amount_minor: minor, currency };
  showUnder(form, "amount_minor", say("an_amount"));
  return null;
}

onSubmit("[data-limit]", (form, button) => attempt(form, button, async () => {
  const wanted = asked(form);
  if (!wanted) return;
  const time_zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  await setting.ask(`/v1/me/minors/${form.dataset.minor}/limits/${form.dataset.limit}`, { ...wanted, time_zone }, "PUT");
  toast(say("kept"));
}));

onSubmit("[data-stop]", (form, button) => attempt(form, button, async () => {
  await api("PUT", `/v1/me/minors/${form.dataset.stop}/stop`, { stopped: form.dataset.stopped !== "true" });
  again();
}));

for (const box of /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("[data-consent]"))) {
  const form = /** @type {HTMLFormElement} */ (box.closest("form"));
  box.addEventListener("change", async () => {
    clearProblems(form);
    try {
      await api("PUT", `/v1/me/minors/${form.dataset.consents}/consents/${box.dataset.consent}`, { agreed: box.checked });
      toast(say("kept"));
    } catch (error) {
      box.checked = !box.checked;
      showProblem(form, error);
    }
  });
}

onSubmit("[data-leave]", (form, button) => attempt(form, button, async () => {
  const name = form.dataset.name;
  if (name && !(await confirmed({ title: say("leave_title", { name }), text: say("leave_text"), action: say("leave_yes"), danger: true }))) return;
  await api("DELETE", `/v1/me/${form.dataset.leave}`);
  again();
}));

onSubmit("[data-code]", (form, button) => attempt(form, button, async () => {
  const code = String(new FormData(form).get("code")).trim();
  const found = await api("POST", "/v1/me/guardian-invitations:look-up", { code });
  if (!(await confirmed({ title: say("answer_title", { name: found.guardian }), text: say("answer_text"), action: say("answer_yes") }))) return;
  await api("POST", "/v1/me/guardian-invitations:answer", { code, understood: true });
  again();
}));

onSubmit("[data-invitation]", (form, button) => attempt(form, button, async () => {
  await api("POST", `/v1/me/guardian-invitations/${form.dataset.invitation}/confirm`);
  again();
}));

onClick("data-withdraw", (button, id) => attempt(/** @type {HTMLFormElement} */ (button.closest("form")), button, async () => {
  await api("DELETE", `/v1/me/guardian-invitations/${id}`);
  again();
}));

onSubmit("[data-invite]", (form, button) => attempt(form, button, async () => {
  const made = await inviting.ask("/v1/me/guardian-invitations", {});
  const place = document.getElementById("made-code");
  const shown = place?.querySelector("strong");
  if (!place || !shown) return showAtForm(form, made.code);
  shown.textContent = made.code;
  place.hidden = false;
}));
