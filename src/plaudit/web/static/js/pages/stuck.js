// Having work that failed tried again now.
import { ProblemError, api, busy, renew } from "../api.js";
import { onClick } from "../forms.js";
import { toast } from "../toast.js";

onClick("data-retry", (button, id) => busy(button, async () => {
  try {
    await api("POST", `/v1/operator/stuck-work/${id}/retry`);
    toast("It is tried now. Look again in a moment.");
  } catch (error) {
    toast(error instanceof ProblemError ? error.message : "That did not work. Nothing was changed.", { tone: "bad" });
  }
  await renew("#list");
}));
