// Giving coins away: asked once more, then done once, however often the button is pressed.
import { busy, renew } from "../api.js";
import { clearProblems, confirmed, onSubmit, showAtForm, showProblem, wholeNumber } from "../forms.js";
import { coins as coinWords } from "../format.js";
import { Meant } from "../meant.js";
import { toast } from "../toast.js";

const grant = new Meant();

/** @param {string} day @returns {string | null} the end of a day, UTC */
const endOf = (day) => (day ? `${day}T23:59:59Z` : null);

onSubmit("[data-grant]", (form, button) => busy(button, async () => {
  clearProblems(form);
  const data = new FormData(form);
  const wanted = wholeNumber(String(data.get("coins")));
  const reason = String(data.get("reason")).trim();
  if (!wanted) return showAtForm(form, "Write a whole number of coins.");
  if (!reason) return showAtForm(form, "Say why: whoever looks here later wants to know.");
  const body = { person_id: form.dataset.grant, coins: wanted, reason, expires_at: endOf(String(data.get("expires_on") ?? "")) };
  const sure = await confirmed({ title: `Give ${coinWords(wanted)} to ${form.dataset.name}?`, text: "They are there at once, and cannot be taken away again.", action: "Give them" });
  if (!sure) return;
  try {
    const made = await grant.ask("/v1/operator/grants", body);
    toast(made.content_sha256 ? "So much takes two: another operator confirms it under Decisions." : `${coinWords(wanted)} given to ${form.dataset.name}.`);
    await renew("#given", "#give");
  } catch (error) {
    showProblem(form, error);
  }
}));
