// The stream key: made, shown once, renewed, revoked.
import { ProblemError, api, busy, renew } from "../api.js";
import { confirmed, onClick } from "../forms.js";
import { toast } from "../toast.js";
import { uuid7 } from "../uuid7.js";
import { say } from "../words.js";

const PATH = "/v1/creators/me/stream-key";

onClick("data-renew-stream-key", async (button, purpose) => {
  const sure = purpose === "make" || await confirmed({ title: say("key_title"), text: say("key_text"), action: say("key_make"), danger: true });
  if (!sure) return;
  await busy(button, async () => {
    try {
      const made = await api("PUT", PATH, { id: uuid7() });
      await renew("#stream-key");
      show(made.key);
    } catch (error) {
      toast(error instanceof ProblemError ? error.message : say("key_not_made"), { tone: "bad" });
    }
  });
});

/** @param {string} key */
function show(key) {
  const place = document.querySelector("[data-stream-new]");
  const input = /** @type {HTMLInputElement | null} */ (document.getElementById("stream-secret"));
  const copy = /** @type {HTMLElement | null} */ (document.querySelector("[data-stream-copy]"));
  if (!place || !input || !copy) return;
  input.value = key;
  copy.dataset.copy = key;
  place.toggleAttribute("hidden", false);
  input.select();
}

onClick("data-revoke-stream-key", async () => {
  const sure = await confirmed({ title: say("key_revoke_title"), text: say("key_revoke_text"), action: say("revoke"), danger: true });
  if (!sure) return;
  try {
    await api("DELETE", PATH);
    await renew("#stream-key");
    toast(say("key_revoked"));
  } catch (error) {
    toast(error instanceof ProblemError ? error.message : say("key_not_revoked"), { tone: "bad" });
  }
});
