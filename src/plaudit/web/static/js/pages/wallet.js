// Taking back unspent coins: what would come back, asked once more, and then done once.
import { ProblemError, api, busy, renew } from "../api.js";
import { clearProblems, onClick, showAtForm, showProblem } from "../forms.js";
import { coins, money } from "../format.js";
import { toast } from "../toast.js";
import { uuid7 } from "../uuid7.js";
import { say, words } from "../words.js";

document.querySelector("[data-store-consent]")?.addEventListener("change", async (event) => {
  const box = /** @type {HTMLInputElement} */ (event.target);
  try {
    await api("PUT", "/v1/me/store-consent", { given: box.checked });
    toast(say(box.checked ? "consent_kept" : "consent_off"));
  } catch {
    box.checked = !box.checked;
    toast(say("consent_not_kept"), { tone: "bad" });
  }
});

const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("take-back"));
/** @type {any} */ let preview = null;
let withdrawalId = "";

/** @param {string} name @param {string} text */
function place(name, text) {
  const found = dialog.querySelector(name);
  if (found) found.textContent = text;
}

/** @param {string} orderId */
async function look(orderId) {
  preview = await api("GET", `/v1/orders/${orderId}/withdrawal`);
  withdrawalId = uuid7();
  clearProblems(dialog);
  dialog.querySelector("[data-possible]")?.toggleAttribute("hidden", !preview.possible);
  dialog.querySelector("[data-impossible]")?.toggleAttribute("hidden", preview.possible);
  place("[data-money]", money(preview.amount));
  place("[data-coins]", say("unspent", { coins: coins(preview.coins) }));
  place("[data-held]", preview.coins_held ? say("held", { coins: coins(preview.coins_held) }) : "");
  place("[data-confirm-take-back]", say("take_back", { amount: money(preview.amount) }));
  place("[data-why]", words.obstacles[preview.obstacle] ?? preview.explanation ?? "");
  place("[data-how]", words.stores[preview.store?.name] ?? preview.store?.how ?? "");
  place("[data-store]", preview.store ? say("open_store", { store: preview.store.name }) : "");
  const store = dialog.querySelector("[data-store]");
  store?.toggleAttribute("hidden", !preview.store);
  store?.setAttribute("href", preview.store?.url ?? "/wallet");
}

onClick("data-take-back", (button, orderId) => busy(button, async () => {
  try {
    await look(orderId);
    dialog.showModal();
  } catch {
    toast(say("not_looked_up"), { tone: "bad" });
  }
}));

onClick("data-confirm-take-back", (button) => busy(button, async () => {
  try {
    const taken = await api("POST", "/v1/withdrawals", { id: withdrawalId, order_id: preview.order_id, coins: preview.coins });
    dialog.close();
    if (taken.state === "undone") toast(say("refused"), { tone: "bad" });
    else toast(say("on_its_way", { amount: money(taken.amount) }));
  } catch (error) {
    if (error instanceof ProblemError && error.code === "coins_were_spent") {
      await look(preview.order_id);
      showAtForm(dialog, say("spent_meanwhile"));
    } else showProblem(dialog, error);
  }
  await renew("#coins", "#lots", "#history-section", ".balance").catch(() => false);
}));
