// Letting a creator off what they owe: proposed once, however often the button is pressed; another operator confirms it.
import { busy, renew } from "../api.js";
import { clearProblems, onSubmit, showAtForm, showProblem, wholeNumber } from "../forms.js";
import { Meant } from "../meant.js";
import { toast } from "../toast.js";

const writeOff = new Meant();

onSubmit("[data-write-off]", (form, button) => busy(button, async () => {
  clearProblems(form);
  const data = new FormData(form);
  const diamonds = wholeNumber(String(data.get("diamonds")));
  const reason = String(data.get("reason")).trim();
  if (!diamonds) return showAtForm(form, "Write a whole number of diamonds.");
  if (!reason) return showAtForm(form, "Say why: whoever confirms it wants to know.");
  try {
    const made = await writeOff.ask("/v1/operator/debt-write-offs", { creator_id: form.dataset.writeOff, diamonds, reason });
    toast(made.content_sha256 ? "Proposed: another operator confirms it under Decisions." : `${form.dataset.name} is let off.`);
    await renew("#owed", "#let-off", "#write-off");
  } catch (error) {
    showProblem(form, error);
  }
}));
