// The page of a room: connects it, shows what comes, and sends gifts and chat.
import "../components/all.js";
import { ProblemError, pageData } from "../api.js";
import { buyExactly, quoteMissing } from "../buying.js";
import { coins as coinWords, loadable, number, sayOf } from "../format.js";
import { Items } from "../items.js";
import { keep, recall } from "../kept.js";
import { tellParts } from "../room-parts.js";
import { RoomSocket } from "../room-socket.js";
import { toast } from "../toast.js";
import { uuid7 } from "../uuid7.js";
import { say, words } from "../words.js";
import { worthOf } from "../worth.js";
import { Announcer } from "./announcer.js";
import { RoomState } from "./room-state.js";
import { StagePicture } from "./stage-picture.js";

/** @typedef {import("../types.js").Gift} Gift */
/** @typedef {import("../room-messages.js").GiftFrame} GiftFrame */

const data = pageData();
const find = (/** @type {string} */ selector) => /** @type {any} */ (document.querySelector(selector));
const all = (/** @type {string} */ selector) => /** @type {any[]} */ ([...document.querySelectorAll(selector)]);

const TOP_BESIDE = 5; // beside the stage, so that the latest gifts are seen too
const CATALOGUE_MOVED = new Set(["price_changed", "item_retired", "item_not_here", "item_unknown"]);
const CHOICE_KEY = `gift-choice-${data.room_id}`;
const items = new Items({ lang: data.lang });
items.current = data.items;
const worth = data.rate ? worthOf(data.lots, data.rate) : null;
const stage = find("gift-stage");
const combo = find("combo-button");
const chat = find("chat-log");
const trays = all("gift-tray");
const feeds = all("gift-feed");
const sound = find("gift-sound");
const announcer = new Announcer(find("[data-announcer]"));
const picture = new StagePicture({
  place: find("[data-picture]"), note: find("[data-picture-note]"), sound: find("[data-sound]"), play: find("[data-play]"), name: data.creator_name,
});
const room = new RoomState(data.state, data.gifts_enabled, data.own);
const socket = new RoomSocket({ roomId: data.room_id });

// The viewer's coins: what the server last said, less what is on its way.
/** @type {Map<string, number>} */
const onTheWay = new Map();
let turn = Promise.resolve();
let confirmed = /** @type {number | null} */ (data.coins);
/** @type {any} */
let quote = null;

/** What coins are worth to this viewer now: those spent since the page was made come first no more, nor those that go before. @param {number} count @param {number} [before] */
function moneyOf(count, before = 0) { return worth ? worth(count, Math.max(0, (data.coins ?? 0) - (confirmed ?? 0)) + before) : null; }

function showBalance() {
  const balance = confirmed === null ? null : Math.max(0, confirmed - [...onTheWay.values()].reduce((sum, coins) => sum + coins, 0));
  for (const tray of trays) tray.balance = balance;
}

function showRoom() {
  for (const tray of trays) tray.disabledReason = room.reason;
  find("[data-live-badge]").hidden = !room.live;
  find("[data-over]").hidden = room.live;
  if (!room.live) {
    combo.expiresAt = "";
    if (room.state === "ended") {
      find("[data-over-title]").textContent = say("over_title");
      find("[data-over-text]").textContent = say("over_text");
    }
  }
  find("main").dataset.state = room.state;
}

// What comes

/** @param {GiftFrame} frame @param {GiftFrame["gifts"][number]} sent @returns {Gift | null} */
function giftOf(frame, sent) {
  const item = items.of(frame.at, sent);
  return item ? { ...sent, item, at: frame.at, combo: item.combo ? sent.combo : null } : null;
}

socket.on("frames", (message) => inTurn(() => showFrames(message)));

/** What comes is shown in the order in which it came, also when one has to be asked about first. @param {() => void | Promise<void>} show */
function inTurn(show) { turn = turn.then(show).catch(() => {}); }

/** @param {import("../room-messages.js").Frames} message */
async function showFrames({ backlog, frames }) {
  await items.load(frames);
  for (const frame of frames) {
    if (frame.kind === "chat") chat.addMessages(frame.messages);
    else if (frame.kind === "room") showEvent(frame.event, backlog);
    else if (frame.kind === "gift") showGifts(frame, backlog);
  }
  tellParts(frames, backlog);
  showPicture(frames.findLast((frame) => frame.kind === "room"));
}

/** Each event of a room says what it shows. @param {import("../room-messages.js").RoomFrame | undefined} last */
function showPicture(last) {
  if (last?.event === "ended") picture.stop();
  else if (last) {
    if (!last.stage_url || loadable(last.stage_url)) void picture.show(last.stage_url, last.stage_kind);
    else picture.refuse();
  }
}

/** @param {GiftFrame} frame @param {boolean} backlog */
function showGifts(frame, backlog) {
  const gifts = frame.gifts.map((sent) => giftOf(frame, sent)).filter((gift) => gift !== null);
  for (const gift of gifts) {
    chat.addGift(gift);
    if (backlog) continue;
    stage.show(gift);
    sound?.play(gift.coins);
    announcer.say(gift);
  }
  for (const feed of feeds) feed.addAll(gifts);
}

/** @param {string} event @param {boolean} backlog */
function showEvent(event, backlog) {
  room.apply(event);
  if (!backlog && RoomState.words(event)) chat.addNote(RoomState.words(event));
  showRoom();
}

socket.on("state", ({ viewers, top_gifters: top }) => {
  for (const count of all("viewer-count")) count.value = viewers;
  for (const list of all("top-gifters")) list.entries = list.closest("#panel-gifts") ? top.slice(0, TOP_BESIDE) : top;
});
socket.on("hello", ({ coins }) => setWallet(coins));
socket.on("wallet", ({ coins }) => setWallet(coins));
socket.on("resync", () => inTurn(() => {
  chat.clear();
  for (const feed of feeds) feed.clear();
}));

/** @param {number | null} coins */
function setWallet(coins) {
  confirmed = coins;
  showBalance();
}

let connection = /** @type {import("../room-socket.js").Connection} */ ({ state: "connecting" });

function showConnection() {
  const box = find("[data-connection]");
  const signedOut = connection.state === "closed" && connection.reason === "signed_out";
  const told = signedOut ? say("signed_out") : connection.state === "closed" && connection.reason ? say("unreachable_room")
    : navigator.onLine === false ? say("offline_room") : connection.state === "offline" ? say("reconnecting") : "";
  box.hidden = !told;
  box.textContent = told;
  if (signedOut) box.append(" ", signInLink());
}

/** Where somebody whose session has ended goes on. */
function signInLink() {
  const link = document.createElement("a");
  link.href = signInAddress();
  link.textContent = say("sign_in_again");
  return link;
}
socket.on("connection", (told) => {
  connection = told;
  showConnection();
});
for (const event of ["online", "offline"]) addEventListener(event, showConnection);

// What is sent

/** @param {{id: string, item_id: number, count: number, coins: number}} meant */
async function send({ id, ...wanted }) {
  const { item_id, count, coins } = wanted;
  const item = items.get(item_id);
  if (!item || !room.open) return settled(id, false);
  if (confirmed === null) return signIn();
  if (!onTheWay.has(id)) {
    const balance = trays[0].balance;
    if (coins > balance) {
      settled(id, false);
      return short(coins - balance);
    }
    onTheWay.set(id, coins);
    showBalance();
    countCombo(item, count);
    remember(item_id, count);
  }
  await settle(id, wanted);
}

/** @param {string} id @param {boolean} isPosted */
function settled(id, isPosted) { for (const tray of trays) tray.settle(id, isPosted); }

/** @param {string} id @param {{item_id: number, count: number, coins: number}} wanted */
async function settle(id, wanted) {
  const answer = await socket.sendGift({ ...wanted, id });
  if (!answer.ok && answer.problem?.code === "no_answer") {
    settled(id, false);
    toast(say("no_answer_yet"), { action: { label: say("try_again"), run: () => void settle(id, wanted) } });
    return;
  }
  onTheWay.delete(id);
  const gift = /** @type {any} */ (answer.gift);
  settled(id, Boolean(answer.ok && gift));
  if (answer.ok && gift) {
    confirmed = gift.coins_after;
    closeTray();
    if (combo.item?.id === wanted.item_id) combo.count = Math.max(combo.count, gift.combo.count);
  } else {
    combo.expiresAt = "";
    await refused(answer.problem ?? { code: "closed" }, wanted);
  }
  showBalance();
}

/** @param {import("../types.js").Item} item @param {number} count */
function countCombo(item, count) {
  if (!item.combo) return;
  const running = combo.item?.id === item.id && combo.expiresAt && new Date(combo.expiresAt).getTime() > Date.now();
  Object.assign(combo, {
    item, count: (running ? combo.count : 0) + count, expiresAt: new Date(Date.now() + data.combo_window_ms).toISOString(),
  });
  closeTray();
}

/** On a phone the tray lies over what was just given. */
function closeTray() { for (const dialog of all("dialog.tray-sheet[open]")) dialog.close(); }

/** The catalogue as it is now, in the trays. */
async function readItems() {
  const answer = await fetch(data.catalogue, { cache: "no-cache", credentials: "same-origin", headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok) return;
  items.current = (await answer.json()).items;
  for (const tray of trays) tray.items = [...items.all];
  if (combo.item) combo.item = items.get(combo.item.id) ?? combo.item;
}

/** @param {{code: string, [field: string]: any}} problem @param {{item_id: number, count: number, coins: number}} wanted */
async function refused(problem, wanted) {
  if (problem.code === "insufficient_coins") return short(problem.coins_short);
  if (problem.code === "unauthenticated") return signIn();
  if (problem.code === "room_not_live") room.apply("ended");
  if (problem.code === "gifts_paused") room.apply("gifts_paused");
  showRoom();
  if (CATALOGUE_MOVED.has(problem.code)) await readItems();
  const why = problem.code === "price_changed" ? newPrice(wanted) : words.refused[problem.code] ?? words.problems[problem.code] ?? problem.title ?? say("gift_failed");
  toast(`${why} ${sayOf("coins_stayed", wanted.coins, { coins: coinWords(wanted.coins) })}`, { tone: "bad" });
}

/** @param {{item_id: number, count: number}} wanted */
function newPrice({ item_id: id, count }) {
  const item = items.get(id);
  if (!item) return say("price_changed");
  return say(count > 1 ? "new_prices" : "new_price", { gift: item.name, coins: coinWords(item.coins), total: coinWords(item.coins * count), count: number(count) });
}

/** Says what is missing, and what exactly that costs. @param {number} missing */
async function short(missing) {
  quote = null;
  const price = moneyOf(missing, confirmed ?? 0);
  for (const tray of trays) tray.shortage = { coins_short: missing, price };
  try {
    quote = await quoteMissing(missing);
    for (const tray of trays) if (tray.shortage) tray.shortage = { coins_short: missing, buys: quote.coins, price: quote.price };
  } catch {
    // the list price stays; buying asks again
  }
}

function signInAddress() { return `/sign-in?next=${encodeURIComponent(location.pathname)}`; }

function signIn() { location.assign(signInAddress()); }

/** What was chosen is there again after a visit to the checkout. @param {number} itemId @param {number} count */
function remember(itemId, count) { keep("sessionStorage", CHOICE_KEY, JSON.stringify({ itemId, count })); }

for (const tray of trays) {
  Object.assign(tray, { items: data.items, moneyOf, countMax: data.count_max });
  tray.addEventListener("gift-send", (/** @type {CustomEvent} */ event) => void send(event.detail));
  tray.addEventListener("gift-short", (/** @type {CustomEvent} */ event) => {
    remember(event.detail.item_id, event.detail.count);
    void short(event.detail.coins_short);
  });
  tray.addEventListener("sign-in", signIn);
  tray.addEventListener("buy-coins", () => location.assign(`/recharge?back=${encodeURIComponent(location.pathname)}`));
  tray.addEventListener("buy-exactly", (/** @type {CustomEvent} */ event) => void buy(event.detail.coins));
}
combo.addEventListener("gift-send", (/** @type {CustomEvent} */ event) => void send({ id: uuid7(), ...event.detail }));

/** @param {number} missing */
async function buy(missing) {
  for (const tray of trays) tray.busy = true;
  try {
    await buyExactly(missing, quote, location.pathname, data.way);
  } catch (error) {
    toast(error instanceof ProblemError ? error.message : say("purchase_failed"), { tone: "bad" });
    for (const tray of trays) tray.busy = false;
  }
}

find("[data-composer]")?.addEventListener("submit", async (/** @type {SubmitEvent} */ event) => {
  event.preventDefault();
  const input = /** @type {HTMLInputElement} */ (find("#say"));
  const text = input.value.trim();
  if (!text) return;
  input.value = "";
  const answer = await socket.sendChat(text);
  if (answer.ok) return;
  if (!input.value) input.value = text;
  const problem = /** @type {any} */ (answer.problem ?? {});
  toast(problem.code === "no_answer" ? say("message_unsure") : words.problems[problem.code] ?? problem.detail ?? problem.title ?? say("message_lost"), { tone: "bad" });
});

// Tabs beside the stage
const tabs = all('[role="tab"]');
for (const tab of tabs) {
  tab.addEventListener("click", () => open(tab));
  tab.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "ArrowRight" && event.key !== "ArrowLeft") return;
    const next = tabs[(tabs.indexOf(tab) + 1) % tabs.length];
    open(next);
    next.focus();
  });
}

/** @param {HTMLElement} chosen */
function open(chosen) {
  for (const tab of tabs) {
    const on = tab === chosen;
    tab.setAttribute("aria-selected", String(on));
    tab.tabIndex = on ? 0 : -1;
    find(`#${tab.getAttribute("aria-controls")}`).hidden = !on;
  }
}

const kept = JSON.parse(recall("sessionStorage", CHOICE_KEY) ?? "null");
if (kept && items.get(kept.itemId)) for (const tray of trays) Object.assign(tray, { selectedId: kept.itemId, count: kept.count });
showBalance();
showRoom();
if (data.stage_refused) picture.refuse();
else if (data.state === "live") void picture.show(data.stage_url, data.stage_kind);
socket.start();
