// Cases: opened, noted in, answered and decided; each act once, however often a button is pressed.
import { api, busy, renew } from "../api.js";
import { clearProblems, confirmed, onSubmit, showProblem, showUnder, wholeNumber } from "../forms.js";
import { Meant } from "../meant.js";
import { toast } from "../toast.js";

const meant = new Meant();

/** @param {FormData} data @param {string} name @returns {string} */
const text = (data, name) => String(data.get(name) ?? "").trim();

const path = () => `/v1/operator/safety-cases/${document.querySelector("[data-case]")?.getAttribute("data-case")}`;

/** Does what a form says and shows what came of it. @param {HTMLFormElement} form @param {() => Promise<unknown>} act @param {string} done */
async function doing(form, act, done) {
  try {
    await act();
    form.reset();
    toast(done);
    await renew(document.querySelector("#case") ? "#case" : "#list");
  } catch (error) {
    showProblem(form, error);
  }
}

/** A word that is needed, or nothing, shown where it is missing. @param {HTMLFormElement} form @param {string} name @param {string} missing @returns {string} */
function needed(form, name, missing) {
  clearProblems(form);
  const said = text(new FormData(form), name);
  if (!said) showUnder(form, name, missing);
  return said;
}

const WHY = "Say why: whoever looks here later wants to know.";

onSubmit("[data-open-case]", (form, button) => busy(button, async () => {
  const person_id = needed(form, "person_id", "Whose? The number stands beside the handle.");
  if (!person_id) return;
  if (!/^[1-9][0-9]{0,17}$/.test(person_id)) return void showUnder(form, "person_id", "Write the number of an account.");
  const said = needed(form, "text", WHY);
  if (said) await doing(form, () => meant.ask("/v1/operator/safety-cases", { person_id, text: said }), "The case is open.");
}));

onSubmit("[data-note]", (form, button) => busy(button, async () => {
  const said = needed(form, "text", "Write something.");
  if (said) await doing(form, () => api("POST", `${path()}/notes`, { text: said }), "It is written down.");
}));

onSubmit("[data-assign]", (form, button) => busy(button, () =>
  doing(form, () => api("POST", `${path()}/assignment`, { person_id: form.dataset.assign || null }), "Done.")));

onSubmit("[data-step]", (form, button) => busy(button, async () => {
  const reason = needed(form, "reason", WHY);
  const day = reason && needed(form, "ends_on", "Until when? Nothing is done without an end.");
  if (!day) return;
  const data = new FormData(form);
  const kind = text(data, "kind");
  const written = text(data, "coins_max");
  const coins = written === "0" ? 0 : wholeNumber(written);
  if (kind === "cap" && coins === null) return void showUnder(form, "coins_max", "Write a whole number.");
  const body = { kind, reason, coins_max: kind === "cap" ? coins : null, ends_at: `${day}T23:59:59Z` };
  await doing(form, () => meant.ask(`${path()}/steps`, body), "It holds.");
}));

onSubmit("[data-lift-step]", (form, button) => busy(button, async () => {
  const reason = needed(form, "reason", WHY);
  if (reason) await doing(form, () => api("POST", `${path()}/steps/${form.dataset.liftStep}/lift`, { reason }), "It is lifted.");
}));

onSubmit("[data-case-freeze]", (form, button) => busy(button, async () => {
  const reason = needed(form, "freeze_reason", WHY);
  if (!reason) return;
  const data = new FormData(form);
  const day = text(data, "freeze_ends_on");
  const body = {
    what: text(data, "what"), person_id: form.dataset.caseFreeze, subject_id: text(data, "subject_id") || null, reason,
    ends_at: day ? `${day}T23:59:59Z` : null,
  };
  await doing(form, () => meant.ask(`${path()}/freezes`, body), "It stands still.");
}));

onSubmit("[data-decide-case]", (form, button) => busy(button, async () => {
  const reason = needed(form, "decision_reason", WHY);
  if (!reason) return;
  const data = new FormData(form);
  const outcome = text(data, "outcome");
  const words = outcome === "cleared" ? "All that was done about it is lifted at once." : "What was done holds on until it ends.";
  if (!await confirmed({ title: "Decide this case?", text: `${words} A case is decided once.`, action: "Decide" })) return;
  const body = { outcome, reason, notice: text(data, "notice") || null };
  await doing(form, () => api("POST", `${path()}/decision`, body), "It is decided.");
}));

onSubmit("[data-answer]", (form, button) => busy(button, async () => {
  const said = needed(form, "text", "Write what they read.");
  if (said) await doing(form, () => api("POST", `/v1/operator/appeals/${form.dataset.answer}/answer`, { text: said }), "They read it now.");
}));

onSubmit("[data-proposal]", (form, button) => busy(button, async () => {
  const reason = needed(form, "reason", WHY);
  if (!reason) return;
  const verdict = button.getAttribute("value");
  const done = verdict === "linked" ? "They count as one person." : "They are two people.";
  await doing(form, () => api("POST", `/v1/operator/link-proposals/${form.dataset.proposal}/decide`, { verdict, reason }), done);
}));
