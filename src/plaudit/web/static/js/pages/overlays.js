// Overlay links: made, shown once with their address, revoked.
import { ProblemError, api, busy, renew } from "../api.js";
import { confirmed, onClick } from "../forms.js";
import { Meant } from "../meant.js";
import { toast } from "../toast.js";
import { locale, say } from "../words.js";

const newLink = new Meant();
onClick("data-new-overlay", (button) => busy(button, async () => {
  try {
    const made = await newLink.ask("/v1/overlay-tokens", { label: say("overlay_label", { day: new Intl.DateTimeFormat(locale, { dateStyle: "medium" }).format(new Date()) }) });
    await renew("#overlays");
    show(made.url);
  } catch (error) {
    toast(error instanceof ProblemError ? error.message : say("overlay_not_made"), { tone: "bad" });
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
  const sure = await confirmed({ title: say("overlay_revoke_title"), text: say("overlay_revoke_text", { label: button.dataset.label ?? "" }), action: say("revoke"), danger: true });
  if (!sure) return;
  try {
    await api("DELETE", `/v1/overlay-tokens/${id}`);
    await renew("#overlays");
    toast(say("overlay_revoked"));
  } catch (error) {
    toast(error instanceof ProblemError ? error.message : say("overlay_not_revoked"), { tone: "bad" });
  }
});
