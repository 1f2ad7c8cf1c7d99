// Legal holds: placed once however often the button is pressed, and lifted with a reason.
import { api, busy, renew } from "../api.js";
import { clearProblems, onSubmit, showAtForm, showProblem } from "../forms.js";
import { Meant } from "../meant.js";
import { toast } from "../toast.js";

const hold = new Meant();

/** @param {HTMLFormElement} form @returns {string} */
const reasonOf = (form) => String(new FormData(form).get("reason") ?? "").trim();

onSubmit("[data-hold]", (form, button) => busy(button, async () => {
  clearProblems(form);
  const reason = reasonOf(form);
  if (!reason) return showAtForm(form, "Say why: whoever looks here later wants to know.");
  try {
    await hold.ask("/v1/operator/legal-holds", { person_id: form.dataset.hold, reason });
    toast("What is held of them is kept on.");
    await renew("#list", "#hold");
  } catch (error) {
    showProblem(form, error);
  }
}));

onSubmit("[data-lift]", (form, button) => busy(button, async () => {
  clearProblems(form);
  const reason = reasonOf(form);
  if (!reason) return showAtForm(form, "Say why: whoever looks here later wants to know.");
  try {
    await api("POST", `/v1/operator/legal-holds/${form.dataset.lift}/lift`, { reason });
    toast("What is old goes with the next look.");
    await renew("#list");
  } catch (error) {
    showProblem(form, error);
  }
}));
