// What operators do about money that comes in: replay messages, close problems and differences, have days compared.
import { ProblemError, api, busy, renew } from "../api.js";
import { clearProblems, confirmed, onClick, showProblem } from "../forms.js";
import { toast } from "../toast.js";
import { uuid7 } from "../uuid7.js";

const OUTCOMES = /** @type {Record<string, string>} */ ({
  applied: "Applied.",
  repeated: "Everything it says was known already. Nothing changed.",
  ignored: "It is of no concern, or older than what is known.",
  problem: "It needs a person: its line says why.",
  waiting: "It has to wait, and is tried again by itself.",
});

/** @param {HTMLElement} button @param {() => Promise<string>} act which answers what to say */
const act = (button, act) => busy(button, async () => {
  try {
    toast(await act());
  } catch (error) {
    toast(error instanceof ProblemError ? error.message : "That did not work. Nothing was changed.", { tone: "bad" });
  }
  await renew("#list", "#counts");
});

onClick("data-replay", (button, id) => act(button, async () => {
  const answer = await api("POST", `/v1/operator/messages/${id}/replay`);
  return OUTCOMES[answer.outcome] ?? "Done.";
}));

onClick("data-resolve", async (button, id) => {
  const resolution = await confirmed({ title: "Close this problem?", text: "This moves no money and no coins. It stays in the list with your words.", ask: "What was done about it?", action: "Close" });
  if (resolution) await act(button, async () => {
    await api("POST", `/v1/operator/payment-problems/${id}/resolve`, { resolution });
    return "Closed.";
  });
});

onClick("data-close", async (button, id) => {
  const resolution = await confirmed({ title: "Close this difference?", text: "This moves no money and no coins. It stays in the list with your words.", ask: "What became of it?", action: "Close" });
  if (resolution) await act(button, async () => {
    await api("POST", `/v1/operator/differences/${id}/close`, { resolution });
    return "Closed.";
  });
});

/** @param {string} name @param {(data: FormData) => Promise<string>} send */
function onSubmit(name, send) {
  document.addEventListener("submit", (event) => {
    const form = /** @type {HTMLFormElement} */ (event.target);
    if (form.dataset.form !== name) return;
    event.preventDefault();
    clearProblems(form);
    void busy(form.querySelector("button"), async () => {
      try {
        toast(await send(new FormData(form)));
        await renew("#list", "#counts");
      } catch (error) {
        showProblem(form, error);
      }
    });
  });
}

onSubmit("compare", async (data) => {
  await api("POST", "/v1/operator/reconciliations", { id: uuid7(), provider: String(data.get("provider")), day: String(data.get("day")) });
  return "Queued. It is compared now; look again in a moment.";
});

onSubmit("replay", async (data) => {
  const day = (/** @type {string} */ name) => new Date(`${String(data.get(name))}T00:00:00Z`);
  const until = new Date(day("until").getTime() + 86_400_000);
  const provider = String(data.get("provider"));
  const state = String(data.get("state"));
  const answer = await api("POST", "/v1/operator/messages/replay", {
    since: day("since").toISOString(), until: until.toISOString(), ...(provider ? { provider } : {}), ...(state ? { state } : {}),
  });
  return answer.queued === 1 ? "One message is applied again." : `${answer.queued} messages are applied again.`;
});
