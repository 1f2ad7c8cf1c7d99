// Saved cards: another one is left at the provider's page, one is chosen for one tap, one is removed.
import { api, busy, pageData, renew } from "../api.js";
import { clearProblems, onClick, showAtForm, showProblem } from "../forms.js";
import { Meant } from "../meant.js";
import { toast } from "../toast.js";
import { say } from "../words.js";

const data = pageData();
const saving = new Meant();
const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("remove-card"));
let removing = "";

document.getElementById("save-card")?.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = /** @type {HTMLFormElement} */ (event.target);
  clearProblems(form);
  if (!new FormData(form).has("agreed")) return showAtForm(form, say("agree_first"));
  void busy(form.querySelector("[type=submit]"), async () => {
    try {
      const asked = { provider: form.dataset.provider, consent_version: data.consent_version, return_url: "/wallet/cards?saved=1" };
      const { address } = await saving.ask("/v1/me/cards", asked);
      if (window.parent === window) location.assign(address);
      else window.open(address, "_blank", "noopener");
    } catch (error) {
      showProblem(form, error);
    }
  });
});

onClick("data-choose", (button, id) => busy(button, async () => {
  try {
    await api("PUT", `/v1/me/cards/${id}/default`);
    toast(say("chosen"));
  } catch {
    toast(say("did_not_work"), { tone: "bad" });
  }
  await renew("#cards");
}));

onClick("data-remove", async (button, id) => {
  removing = id;
  clearProblems(dialog);
  const text = dialog.querySelector("[data-text]");
  if (text) text.textContent = say("remove", { card: /** @type {HTMLElement} */ (button).dataset.name ?? "" });
  dialog.showModal();
});

onClick("data-confirm-remove", (button) => busy(button, async () => {
  try {
    await api("DELETE", `/v1/me/cards/${removing}`);
    dialog.close();
    toast(say("removed"));
    await renew("#cards");
  } catch (error) {
    showProblem(dialog, error);
  }
}));

/** Back from the provider's page: what it keeps now is shown. */
async function askProvider() {
  const before = new Set([...document.querySelectorAll("[data-remove]")].map((button) => button.getAttribute("data-remove")));
  history.replaceState(null, "", "/wallet/cards");
  try {
    const { cards } = await api("POST", "/v1/me/cards/refresh");
    toast(say(cards.some((/** @type {{id: string}} */ { id }) => !before.has(id)) ? "saved" : "not_saved"));
  } catch {
    toast(say("did_not_work"), { tone: "bad" });
  }
  await renew("#cards");
}

if (data.comes_back) void askProvider();
