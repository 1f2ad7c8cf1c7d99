// Overlay links: made, shown once with their address, revoked.
import { ProblemError, api, busy, renew } from "../api.js";
import { confirmed, onClick } from "../forms.js";
import { toast } from "../toast.js";
import { uuid7 } from "../uuid7.js";

onClick("data-new-overlay", (button) => busy(button, async () => {
  try {
    const made = await api("POST", "/v1/overlay-tokens", { id: uuid7(), label: `Overlay of ${new Intl.DateTimeFormat("en", { dateStyle: "medium" }).format(new Date())}` });
    await renew("#overlays");
    show(made.url);
  } catch (error) {
    toast(error instanceof ProblemError ? error.message : "The link could not be made.", { tone: "bad" });
  }
}));

/** @param {string} url */
function show(url) {
  const place = document.querySelector("[data-overlay-new]");
  const input = /** @type {HTMLInputElement | null} */ (document.getElementById("overlay-url"));
  const copy = /** @type {HTMLElement | null} */ (document.querySelector("[data-overlay-copy]"));
  if (!place || !input || !copy) return;
  input.value = url;
  copy.dataset.copy = url;
  place.toggleAttribute("hidden", false);
  input.select();
}

onClick("data-revoke-overlay", async (button, id) => {
  const sure = await confirmed({ title: "Revoke this link?", text: `“${button.dataset.label}” goes blank at once, wherever it is used.`, action: "Revoke", danger: true });
  if (!sure) return;
  try {
    await api("DELETE", `/v1/overlay-tokens/${id}`);
    await renew("#overlays");
    toast("The link is revoked.");
  } catch (error) {
    toast(error instanceof ProblemError ? error.message : "The link could not be revoked.", { tone: "bad" });
  }
});
