// What stands still: asked once more, then done once, however often the button is pressed.
import { api, busy, renew } from "../api.js";
import { clearProblems, confirmed, onSubmit, showAtForm, showProblem, showUnder } from "../forms.js";
import { Meant } from "../meant.js";
import { toast } from "../toast.js";

const freeze = new Meant();
const named = new Set(["lot", "payout_method", "payout", "room", "gift", "reward"]);

/** @param {FormData} data @param {string} name @returns {string} */
const text = (data, name) => String(data.get(name) ?? "").trim();

onSubmit("[data-freeze]", (form, button) => busy(button, async () => {
  clearProblems(form);
  const data = new FormData(form);
  const what = text(data, "what");
  const day = text(data, "ends_on");
  const body = {
    what,
    person_id: form.dataset.freeze,
    subject_id: named.has(what) ? text(data, "subject_id") || null : null,
    reason: text(data, "reason"),
    message: text(data, "message") || null,
    ends_at: day ? `${day}T23:59:59Z` : null,
  };
  if (named.has(what) && !body.subject_id) return void showUnder(form, "subject_id", "Say which one, by its id.");
  if (!body.reason) return showAtForm(form, "Say why: whoever looks here later wants to know.");
  const told = body.message ? "They are told what you wrote." : "They are not told.";
  const sure = await confirmed({ title: `Freeze this of ${form.dataset.name}?`, text: `It stands still at once. ${told}`, action: "Freeze it" });
  if (!sure) return;
  try {
    await freeze.ask("/v1/operator/freezes", body);
    toast("It stands still.");
    await renew("#list", "#freeze");
  } catch (error) {
    showProblem(form, error);
  }
}));

onSubmit("[data-lift]", (form, button) => busy(button, async () => {
  clearProblems(form);
  const reason = text(new FormData(form), "reason");
  if (!reason) return showAtForm(form, "Say why: whoever looks here later wants to know.");
  try {
    await api("POST", `/v1/operator/freezes/${form.dataset.lift}/lift`, { reason });
    toast("It goes on.");
    await renew("#list");
  } catch (error) {
    showProblem(form, error);
  }
}));
