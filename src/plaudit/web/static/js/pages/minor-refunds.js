// A minor's case: asked once more, then opened once; what was refused goes on.
import { api, busy } from "../api.js";
import { clearProblems, confirmed, onSubmit, showAtForm, showProblem } from "../forms.js";
import { Meant } from "../meant.js";
import { toast } from "../toast.js";

const opening = new Meant();

onSubmit("[data-case]", (form, button) => busy(button, async () => {
  clearProblems(form);
  const reason = String(new FormData(form).get("reason")).trim();
  if (!reason) return showAtForm(form, "Say why: whoever looks here later wants to know.");
  const { person, since, until, name } = form.dataset;
  const sure = await confirmed({ title: `Give all of it back to ${name}?`, text: "Gifts are taken back from every creator, and the money goes back the way it came.", action: "Give it back", danger: true });
  if (!sure) return;
  try {
    const made = await opening.ask("/v1/operator/minor-refunds", { person_id: person, since, until, reason });
    if (made.content_sha256) return toast("So much takes two: another operator confirms it under Decisions.");
    location.assign("/operator/minor-refunds");
  } catch (error) {
    showProblem(form, error);
  }
}));

onSubmit("[data-resume]", (form, button) => busy(button, async () => {
  clearProblems(form);
  try {
    await api("POST", `/v1/operator/minor-refunds/${form.dataset.resume}/resume`);
    location.reload();
  } catch (error) {
    showProblem(form, error);
  }
}));
