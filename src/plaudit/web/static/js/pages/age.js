// Somebody's age: their wallet is asked, and what it proved is taken back.
import { api, busy } from "../api.js";
import { clearProblems, confirmed, onSubmit, showProblem } from "../forms.js";
import { Meant } from "../meant.js";
import { say } from "../words.js";

const asking = new Meant();

onSubmit("[data-ask-wallet]", (form, button) => busy(button, async () => {
  clearProblems(form);
  try {
    const asked = await asking.ask("/v1/me/age-requests", {});
    const place = document.getElementById("wallet-link");
    place?.querySelector("a")?.setAttribute("href", asked.link);
    if (place) place.hidden = false;
  } catch (error) {
    showProblem(form, error);
  }
}));

onSubmit("[data-withdraw-proof]", (form, button) => busy(button, async () => {
  clearProblems(form);
  if (!(await confirmed({ title: say("take_back_title"), text: say("take_back_text"), action: say("take_back_yes"), danger: true }))) return;
  try {
    await api("DELETE", `/v1/me/age-proofs/${form.dataset.withdrawProof}`);
    location.reload();
  } catch (error) {
    showProblem(form, error);
  }
}));
