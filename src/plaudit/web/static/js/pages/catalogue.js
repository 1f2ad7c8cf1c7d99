// The catalogue's list: the starter set, and the order of the tray.
import { api, busy, renew } from "../api.js";
import { confirmed, onClick } from "../forms.js";
import { toast } from "../toast.js";

/** @param {unknown} error */
const failed = (error) => toast(error instanceof Error ? error.message : "That did not work. Nothing was changed.", { tone: "bad" });

const order = () => JSON.parse(/** @type {HTMLElement} */ (document.getElementById("page-data")).textContent ?? "{}").order;

onClick("data-starter", (button) => busy(button, async () => {
  const there = document.querySelector("[data-item]") !== null;
  const sure = !there || await confirmed({ title: "Add the starter set?", text: "Your own items stay. Items of the set that were changed or retired become what they were at first.", action: "Add them" });
  if (!sure) return;
  try {
    const { changed } = await api("POST", "/v1/operator/catalogue/starter");
    toast(changed ? `${changed} ${changed === 1 ? "item" : "items"} added or changed.` : "All of them are there already.");
    await renew("#page-data", "#items");
  } catch (error) {
    failed(error);
  }
}));

onClick("data-move", (button, by) => busy(button, async () => {
  const id = Number(button.closest("[data-item]")?.getAttribute("data-item"));
  const ids = order();
  const from = ids.indexOf(id);
  const to = from + Number(by);
  if (from < 0 || to < 0 || to >= ids.length) return;
  ids.splice(to, 0, ...ids.splice(from, 1));
  try {
    await api("PUT", "/v1/operator/catalogue/order", { item_ids: ids });
    await renew("#page-data", "#items");
    const moved = document.querySelector(`[data-item="${id}"] [data-move="${by}"]`);
    if (moved instanceof HTMLElement) moved.focus();
  } catch (error) {
    failed(error);
  }
}));
