// Giving back an order: how much, why, asked once more, and then done once.
import { busy, pageData, renew } from "../api.js";
import { clearProblems, confirmed, minorUnits, onSubmit, showAtForm, showProblem, wholeNumber } from "../forms.js";
import { coins, money } from "../format.js";
import { Meant } from "../meant.js";
import { toast } from "../toast.js";

/** @type {{order_id: string, currency: string, places: number, left: import("../types.js").Money, coins_left: number}} */
const data = pageData();
const refund = new Meant();

document.addEventListener("change", (event) => {
  const input = event.target;
  if (!(input instanceof HTMLInputElement) || input.name !== "how") return;
  for (const part of document.querySelectorAll("[data-how]")) part.toggleAttribute("hidden", part.getAttribute("data-how") !== input.value);
});

/** What is asked for and how it reads; null when it makes no sense. @param {FormData} form @returns {[object, string] | null} */
function asked(form) {
  if (form.get("how") === "all") return [{ amount_minor: data.left.amount_minor }, money(data.left)]; // and no more than this, whatever is left by then
  if (form.get("how") === "coins") {
    const count = wholeNumber(String(form.get("coins")));
    return count ? [{ coins: count }, `what ${coins(count)} cost`] : null;
  }
  const minor = minorUnits(String(form.get("amount_minor")), data.places);
  return minor ? [{ amount_minor: minor }, money({ amount_minor: minor, currency: data.currency })] : null;
}

onSubmit("[data-refund]", (form, button) => busy(button, async () => {
  clearProblems(form);
  const fields = new FormData(form);
  const part = asked(fields);
  const reason = String(fields.get("reason")).trim();
  if (!part) return showAtForm(form, fields.get("how") === "coins" ? "Write a whole number of coins." : `Write an amount like ${data.places ? "4.99" : "500"}.`);
  if (!reason) return showAtForm(form, "Write why: the buyer reads it.");
  const sure = await confirmed({ title: `Give back ${part[1]}?`, text: "The money goes back the way it was paid. This cannot be undone here.", action: "Give back", danger: true });
  if (!sure) return undefined;
  try {
    const made = await refund.ask(`/v1/operator/orders/${data.order_id}/refunds`, { reason, ...part[0] });
    if (made.content_sha256) toast("So much takes two: another operator confirms it under Decisions.");
    else if (made.state === "undone") toast("The provider refused. Nothing was given back.", { tone: "bad" });
    else if (made.state === "requested") toast("The provider does not answer. It is told again by itself.");
    else toast(`${money(made.amount)} was given back.`);
    await renew("#page-data", "#figures", "#reversals", "#refund");
    Object.assign(data, pageData());
  } catch (error) {
    showProblem(form, error);
  }
  return undefined;
}));
