// The page of a room: connects it, shows what comes, and sends gifts and chat.
import "../components/all.js";
import { pageData } from "../api.js";
import { loadable } from "../format.js";
import { Items } from "../items.js";
import { tellParts } from "../room-parts.js";
import { RoomSocket } from "../room-socket.js";
import { mayBeASale } from "../scam-words.js";
import { toast } from "../toast.js";
import { say, words } from "../words.js";
import { Announcer } from "./announcer.js";
import { Giving, signInAddress } from "./giving.js";
import { RoomState } from "./room-state.js";
import { StagePicture } from "./stage-picture.js";

/** @typedef {import("../types.js").Gift} Gift */
/** @typedef {import("../room-messages.js").GiftFrame} GiftFrame */

const data = pageData();
const find = (/** @type {string} */ selector) => /** @type {any} */ (document.querySelector(selector));
const all = (/** @type {string} */ selector) => /** @type {any[]} */ ([...document.querySelectorAll(selector)]);

const TOP_BESIDE = 5; // beside the stage, so that the latest gifts are seen too
const items = new Items({ lang: data.lang });
items.current = data.items;
const stage = find("gift-stage");
const combo = find("combo-button");
const chat = find("chat-log");
const feeds = all("gift-feed");
const sound = find("gift-sound");
const announcer = new Announcer(find("[data-announcer]"));
const picture = new StagePicture({
  place: find("[data-picture]"), note: find("[data-picture-note]"), sound: find("[data-sound]"), play: find("[data-play]"), name: data.creator_name,
});
const room = new RoomState(data.state, data.gifts_enabled, data.own, data.gifts_closed);
const socket = new RoomSocket({ roomId: data.room_id });

const giving = new Giving(data, { trays: all("gift-tray"), combo, items }, {
  isOpen: () => room.open,
  announcer,
  address: () => location.pathname,
  send: (gift) => socket.sendGift(gift),
  refused({ code }) {
    if (code === "room_not_live") room.apply("ended");
    if (code === "gifts_paused") room.apply("gifts_paused");
    showRoom();
  },
});
let turn = Promise.resolve();

function showRoom() {
  giving.reason = room.reason;
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
    if (gift.sender.id !== data.viewer_id) announcer.say(gift);
  }
  for (const feed of feeds) feed.addAll(gifts);
}

/** @param {string} event @param {boolean} backlog */
function showEvent(event, backlog) {
  room.apply(event);
  if (!backlog && RoomState.words(event)) chat.addNote(RoomState.words(event));
  showRoom();
}

socket.on("state", ({ viewers, top_gifters: top, ranked, gifts_closed: closed }) => {
  if (room.giftsClosed !== closed) {
    room.giftsClosed = closed;
    showRoom();
  }
  for (const count of all("viewer-count")) count.value = viewers;
  for (const list of all("top-gifters")) list.unranked = !(ranked && data.ranked);
  for (const list of all("top-gifters")) list.entries = list.closest("#panel-gifts") ? top.slice(0, TOP_BESIDE) : top;
});
socket.on("hello", ({ coins }) => { giving.wallet = coins; });
socket.on("wallet", ({ coins }) => { giving.wallet = coins; });
socket.on("resync", () => inTurn(() => {
  chat.clear();
  for (const feed of feeds) feed.clear();
}));

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
  link.href = signInAddress(location.pathname);
  link.textContent = say("sign_in_again");
  return link;
}
socket.on("connection", (told) => {
  connection = told;
  showConnection();
});
for (const event of ["online", "offline"]) addEventListener(event, showConnection);

// What is said
find("#say")?.addEventListener("input", () => {
  find("#say-hint").hidden = !mayBeASale(find("#say").value);
});
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

showRoom();
if (data.stage_refused) picture.refuse();
else if (data.state === "live") void picture.show(data.stage_url, data.stage_kind);
socket.start();
