// Sending a mail again, and trying the mail server.
import { ProblemError, api, busy, renew } from "../api.js";
import { clearProblems, onClick, onSubmit, showProblem } from "../forms.js";
import { toast } from "../toast.js";

onClick("data-repeat", (button, id) => busy(button, async () => {
  try {
    await api("POST", `/v1/operator/mails/${id}/repeat`);
    toast("It is sent again now.");
  } catch (error) {
    toast(error instanceof ProblemError ? error.message : "That did not work. Nothing was changed.", { tone: "bad" });
  }
  await renew("#list");
}));

onSubmit("[data-test-mail]", (form, button) => busy(button, async () => {
  clearProblems(form);
  try {
    const { address } = await api("POST", "/v1/operator/mails:test", { address: String(new FormData(form).get("address")).trim() });
    toast(`The mail server took a mail to ${address}.`);
  } catch (error) {
    showProblem(form, error);
  }
}));
