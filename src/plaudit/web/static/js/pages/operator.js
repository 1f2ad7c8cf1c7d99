// Deciding payouts.
import { ProblemError, api, busy, renew } from "../api.js";
import { confirmed, onClick } from "../forms.js";
import { toast } from "../toast.js";

/** @param {HTMLElement} button @param {() => Promise<any>} act @param {(payout: any) => string} done */
const decide = (button, act, done) => busy(button, async () => {
  try {
    toast(done(await act()));
  } catch (error) {
    toast(error instanceof ProblemError ? error.message : "That did not work. Nothing was changed.", { tone: "bad" });
  }
  await renew("#to-decide", "#problems");
});

/** @param {{provider?: string, content_sha256?: string}} answer */
const approved = ({ provider, content_sha256 }) => (content_sha256 ? "So much takes two: another operator confirms it under Decisions." : provider === "manual" ? "Approved. Export it under Payouts to pay it." : "Approved. It is sent now.");
onClick("data-approve", async (button, id) => {
  const { what } = button.dataset;
  const sure = await confirmed({ title: `Approve ${what}?`, text: "What has been sent cannot be taken back here.", action: "Approve" });
  if (sure) await decide(button, () => api("POST", `/v1/payouts/${id}/approve`), approved);
});
onClick("data-names", (button, id) => busy(button, async () => {
  try {
    const { holder_name, vouched_name } = await api("GET", `/v1/operator/payouts/${id}/names`);
    await confirmed({ title: "Two names", text: `The account: ${holder_name}. Vouched for: ${vouched_name ?? "nobody’s"}. That you looked is kept.`, action: "Seen" });
  } catch (error) {
    toast(error instanceof ProblemError ? error.message : "That did not work.", { tone: "bad" });
  }
}));
onClick("data-verdict", async (button, id) => {
  const { said, since, what } = button.dataset;
  const them = said === "is_them";
  const reason = await confirmed({ title: them ? "It is them whom sanctions name?" : "It is somebody else whom sanctions name?", text: them ? `${what} stays where it is. Its creator is not told.` : `${what} can be sent then. Its creator is not told.`, ask: "How do you know?", action: them ? "It is them" : "Somebody else", danger: them });
  const done = (/** @type {{content_sha256?: string}} */ { content_sha256 }) => (content_sha256 ? "So much takes two: another operator confirms it under Decisions." : "Your verdict is kept.");
  if (reason) await decide(button, () => api("POST", `/v1/operator/payouts/${id}/screening-verdicts`, { verdict: said, said_at: since, reason }), done);
});
onClick("data-pass", async (button, id) => {
  const { control, figure, what, words } = button.dataset;
  const reason = await confirmed({ title: `Let ${what} pass?`, text: `${words} It still waits for somebody to approve it.`, ask: "Why?", action: "Let pass" });
  if (reason) await decide(button, () => api("POST", `/v1/operator/payouts/${id}/passes`, { control, figure: Number(figure), reason }), () => "It may pass. Your reason is kept.");
});
onClick("data-refuse", async (button, id) => {
  const reason = await confirmed({ title: `Refuse ${button.dataset.what}?`, text: "The diamonds are available to the creator again, who reads why.", ask: "Why?", action: "Refuse", danger: true });
  if (reason) await decide(button, () => api("POST", `/v1/payouts/${id}/refuse`, { reason }), () => "Refused. The creator reads your reason.");
});
