// Deciding what others proposed, and taking back what oneself did.
import { ProblemError, api, busy, renew } from "../api.js";
import { confirmed, onClick } from "../forms.js";
import { toast } from "../toast.js";

/** @param {HTMLElement} button @param {() => Promise<any>} act @param {string} done */
const decide = (button, act, done) => busy(button, async () => {
  try {
    await act();
    toast(done);
  } catch (error) {
    toast(error instanceof ProblemError ? error.message : "That did not work. Nothing was changed.", { tone: "bad" });
  }
  await renew("#list", ".operator-tabs");
});

onClick("data-confirm", async (button, id) => {
  const { what, sha256 } = button.dataset;
  const sure = await confirmed({ title: `Confirm: ${what}?`, text: "You confirm exactly what the table says.", action: "Confirm" });
  if (sure) await decide(button, () => api("POST", `/v1/decisions/${id}/confirm`, { content_sha256: sha256 }), "Confirmed.");
});
onClick("data-refuse", async (button, id) => {
  const reason = await confirmed({ title: "Refuse this?", text: "Whoever proposed it reads why.", ask: "Why?", action: "Refuse", danger: true });
  if (reason) await decide(button, () => api("POST", `/v1/decisions/${id}/refuse`, { reason }), "Refused.");
});
onClick("data-withdraw", (button, id) => decide(button, () => api("POST", `/v1/decisions/${id}/withdraw`), "Withdrawn."));
onClick("data-emergency", async (button, id) => {
  const { sha256 } = button.dataset;
  const emergency = await confirmed({ title: "Confirm this alone?", text: "All other operators are shown that you did, and why, until one of them has seen it.", ask: "Why can it not wait?", action: "Confirm alone", danger: true });
  if (emergency) await decide(button, () => api("POST", `/v1/decisions/${id}/confirm`, { content_sha256: sha256, emergency }), "Confirmed. Others are told.");
});
onClick("data-seen", (button, id) => decide(button, () => api("POST", `/v1/decisions/${id}/seen`), "Noted."));
