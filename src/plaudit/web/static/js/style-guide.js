// Feeds the style guide's components with samples. `?play=<sku>` plays a gift at once.
import "./components/all.js";
import { uuid7 } from "./uuid7.js";
import { worthOf } from "./worth.js";

const { items, people, rate } = JSON.parse(/** @type {HTMLElement} */ (document.getElementById("guide-samples")).textContent ?? "{}");
const find = (/** @type {string} */ selector) => /** @type {any} */ (document.querySelector(selector));
const stage = find("gift-stage");
const chat = find("chat-log");
const feed = find("gift-feed");
const combo = find("combo-button");
const moneyOf = worthOf([], rate);
/** @type {Map<string, {id: string, count: number}>} */
const combos = new Map();

/** @param {any} item @param {number} [from] index of the sender @param {number} [count] */
function gift(item, from = 0, count = 1) {
  const sender = people[from % people.length];
  const key = `${sender.id}:${item.id}`;
  const known = combos.get(key) ?? { id: uuid7(), count: 0 };
  known.count += count;
  combos.set(key, known);
  const running = item.combo ? { ...known, expires_at: new Date(Date.now() + 5000).toISOString() } : null;
  return { id: uuid7(), item, count, coins: item.coins * count, combo: running, sender, at: new Date().toISOString() };
}

/** @param {ReturnType<typeof gift>} sent */
function show(sent) {
  stage.show(sent);
  chat.addGift(sent);
  feed.add(sent);
  find("gift-sound").play(sent.coins);
}

const trays = /** @type {any[]} */ ([...document.querySelectorAll("gift-tray")]);
for (const tray of trays) {
  Object.assign(tray, { items, moneyOf, selectedId: 11 });
  tray.addEventListener("gift-send", (/** @type {CustomEvent} */ event) => {
    const item = items.find((/** @type {any} */ known) => known.id === event.detail.item_id);
    const sent = gift(item, 0, event.detail.count);
    tray.balance -= event.detail.coins;
    show(sent);
    tray.settle(event.detail.id, true);
    Object.assign(combo, { item, count: sent.combo?.count ?? 0, expiresAt: sent.combo?.expires_at ?? "" });
  });
}
Object.assign(find("#guide-tray"), { shortage: { coins_short: 12 } });
combo.addEventListener("gift-send", () => {
  const sent = gift(combo.item);
  Object.assign(combo, { count: sent.combo?.count, expiresAt: sent.combo?.expires_at });
  show(sent);
});
feed.addEventListener("gift-thank", (/** @type {CustomEvent} */ event) => feed.setThanked(event.detail.gift_ids));

const top = people.slice(0, 4).map((/** @type {any} */ person, /** @type {number} */ index) => ({ rank: index + 1, person, coins: [48_120, 9_300, 2_450, 99][index] }));
for (const board of /** @type {NodeListOf<any>} */ (document.querySelectorAll("top-gifters"))) board.entries = top;
chat.addNote("Welcome. Be kind to each other.");
chat.addMessages([
  { id: "1", sender: people[1], text: "Boa noite from Recife!" }, { id: "2", sender: people[4], text: "That last song was lovely" },
  { id: "3", sender: people[2], text: "こんばんは、初見です" }, { id: "4", sender: people[0], text: "One more before you go?" },
]);
const bySku = (/** @type {string} */ sku) => items.find((/** @type {any} */ item) => item.sku === sku);
feed.addAll([gift(bySku("rose"), 1, 10), gift(bySku("castle"), 2), gift(bySku("cake"), 3, 2)]);

const plays = find("#guide-plays");
for (const item of items) {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "button button-small", textContent: item.name });
  button.addEventListener("click", () => show(gift(item, item.id)));
  plays.append(button);
}
for (const sku of new URLSearchParams(location.search).getAll("play")) if (bySku(sku)) show(gift(bySku(sku), bySku(sku).id));
