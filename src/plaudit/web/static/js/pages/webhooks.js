// Endpoints of hosts: added, tried, paused, their secrets changed, events told again.
import { ProblemError, api, busy, renew } from "../api.js";
import { clearProblems, confirmed, onClick, onSubmit, showAtForm, showProblem, wholeNumber } from "../forms.js";
import { toast } from "../toast.js";
import { uuid7 } from "../uuid7.js";

const PLACES = "/v1/operator/webhooks";
let newId = uuid7();

/** The endpoint this page is about. */
const here = () => `${PLACES}/${document.querySelector("[data-webhook]")?.getAttribute("data-webhook")}`;

/** Shows a secret until whoever reads it says that it is kept. @param {string} secret @param {string} next where the page goes then */
function showSecret(secret, next) {
  const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("secret"));
  const text = /** @type {HTMLInputElement} */ (document.getElementById("secret-text"));
  text.value = secret;
  dialog.querySelector("[data-secret-copy]")?.setAttribute("data-copy", secret);
  dialog.querySelector("[data-secret-done]")?.setAttribute("href", next);
  dialog.showModal();
  text.select();
}

/** Does something with the endpoint and shows what came of it. @param {Element} button @param {() => Promise<string>} work what to say then */
const act = (button, work) => busy(button, async () => {
  try {
    toast(await work());
  } catch (error) {
    toast(error instanceof ProblemError ? error.message : "That did not work. Nothing was changed.", { tone: "bad" });
  }
  await renew("#state", "#list", "#do");
});

onSubmit("[data-add-webhook]", (form, button) => busy(button, async () => {
  clearProblems(form);
  const data = new FormData(form);
  const url = String(data.get("url")).trim();
  if (!url) return showAtForm(form, "Write the address of your platform.");
  try {
    const made = await api("POST", PLACES, { id: newId, url, description: String(data.get("description")).trim(), kinds: data.getAll("kinds") });
    newId = uuid7();
    showSecret(made.secret, `/operator/webhooks/${made.endpoint.id}`);
  } catch (error) {
    showProblem(form, error);
  }
}));

onClick("data-test", (button) => act(button, async () => {
  const tried = await api("POST", `${here()}/test`);
  if (tried.status >= 200 && tried.status < 300) return `It answered ${tried.status} in ${tried.duration_ms} ms.`;
  throw new ProblemError(0, { code: "not_taken", detail: tried.status ? `It answered ${tried.status}: only 2xx counts.` : `There was no answer: ${tried.error}.` });
}));

onClick("data-do", (button, what) => act(button, async () => {
  await api("POST", `${here()}/${what}`);
  return what === "pause" ? "It is paused. Events wait." : "It goes on where it was left.";
}));

onClick("data-again", (button, position) => act(button, async () => {
  await api("POST", `${here()}/deliveries/${position}/replay`);
  return "It is told again in a moment.";
}));

onClick("data-rotate", async (button, hours) => {
  const sure = await confirmed({ title: "Make a new secret?", text: `For ${hours} hours messages are signed with the one before too. A secret before that counts no more.`, action: "Make it" });
  if (!sure) return;
  await busy(button, async () => {
    try {
      showSecret((await api("POST", `${here()}/rotate`, {})).secret, location.pathname);
    } catch (error) {
      toast(error instanceof ProblemError ? error.message : "That did not work. Nothing was changed.", { tone: "bad" });
    }
  });
});

onClick("data-remove", async (button) => {
  const sure = await confirmed({ title: "Remove this endpoint?", text: "It is told nothing any more, and its secrets are forgotten.", action: "Remove", danger: true });
  if (!sure) return;
  await busy(button, async () => {
    try {
      await api("DELETE", here());
      location.assign("/operator/webhooks");
    } catch (error) {
      toast(error instanceof ProblemError ? error.message : "That did not work. Nothing was changed.", { tone: "bad" });
    }
  });
});

onSubmit("[data-replay]", (form, button) => busy(button, async () => {
  clearProblems(form);
  const written = String(new FormData(form).get("after")).trim();
  const after = wholeNumber(written);
  if (!after && written !== "0") return showAtForm(form, "Write the number of the last event that it has.");
  try {
    await api("POST", `${here()}/replay`, { after });
    toast("It is told again, beginning in a moment.");
    await renew("#state", "#list", "#do");
  } catch (error) {
    showProblem(form, error);
  }
}));
