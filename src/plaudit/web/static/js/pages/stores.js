// What operators do about app stores: say whose a held purchase is, or how it was dealt with; tell a store again, or no more.
import { ProblemError, api, busy, renew } from "../api.js";
import { confirmed, onClick } from "../forms.js";
import { toast } from "../toast.js";
import { uuid7 } from "../uuid7.js";

/** @param {HTMLElement} button @param {string} path @param {object | undefined} body @param {string} done @param {string} shown */
const act = (button, path, body, done, shown = "#purchase") => busy(button, async () => {
  try {
    await api("POST", path, body);
    toast(done);
  } catch (error) {
    toast(error instanceof ProblemError ? error.message : "That did not work. Nothing was changed.", { tone: "bad" });
  }
  await renew(shown);
});

onClick("data-bind", async (button, orderId) => {
  const resolution = await confirmed({ title: "Give the coins to this order?", text: "The order is paid with this purchase, and its buyer has the coins at once.", ask: "How do you know whose it is?", action: "Give the coins" });
  if (resolution) await act(button, `/v1/operator/store-purchases/${button.dataset.purchase}/bind`, { order_id: orderId, resolution }, "The coins are given.");
});

/** @type {Map<string, string>} the id of the grant that is asked for, by purchase: an answer that was lost is asked for again */
const grants = new Map();

onClick("data-grant", async (button, personId) => {
  const purchase = button.dataset.purchase ?? "";
  const resolution = await confirmed({ title: "Give these coins away?", text: "They are promotional: spent before bought ones, and never refunded.", ask: "Why?", action: "Give the coins" });
  if (!resolution) return;
  if (!grants.has(purchase)) grants.set(purchase, uuid7());
  await act(button, `/v1/operator/store-purchases/${purchase}/grant`, { id: grants.get(purchase), person_id: personId, resolution }, "The coins are given.");
});

onClick("data-close-purchase", async (button, id) => {
  const resolution = await confirmed({ title: "Close this purchase?", text: "It never gives coins after that.", ask: "What was done about it?", action: "Close" });
  if (resolution) await act(button, `/v1/operator/store-purchases/${id}/close`, { resolution }, "Closed.");
});

onClick("data-tell-again", (button, id) => act(button, `/v1/operator/store-reports/${id}/retry`, undefined, "It is told again now.", "#reports"));

onClick("data-close-report", async (button, id) => {
  const resolution = await confirmed({ title: "Have the store not told?", text: "It is tried no more after that.", ask: "Why?", action: "Close" });
  if (resolution) await act(button, `/v1/operator/store-reports/${id}/close`, { resolution }, "Closed.", "#reports");
});
