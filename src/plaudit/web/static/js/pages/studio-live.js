// The creator's live view: gifts with sound, ticked off as thanked, by hand or by key.
import "../components/all.js";
import { ProblemError, api, busy, pageData } from "../api.js";
import { confirmed, onClick } from "../forms.js";
import { coins as coinWords } from "../format.js";
import { Items } from "../items.js";
import { tellParts } from "../room-parts.js";
import { RoomSocket } from "../room-socket.js";
import { toast } from "../toast.js";
import { say, words } from "../words.js";
import { Announcer } from "./announcer.js";
import "./overlays.js";
import { Thanking } from "./thanking.js";

const PAGE = 200;
const BACKLOG_WAIT_MS = 1_500;

const data = pageData();
const find = (/** @type {string} */ selector) => /** @type {any} */ (document.querySelector(selector));
const items = new Items({ lang: data.lang });
items.current = data.items;
let turn = Promise.resolve();
const feed = find("gift-feed");
const stage = find("gift-stage");
const chat = find("chat-log");
const announcer = new Announcer(find("[data-announcer]"));
const RECEIVED = `/v1/creators/me/gifts?room_id=${data.room_id}&`;
const thanking = new Thanking(feed, RECEIVED);
/** @type {any[] | null} */ let early = []; // gifts that come before the past was read
const socket = new RoomSocket({ roomId: data.room_id });

/** @param {string} at @param {any} sent */
function giftOf(at, sent) {
  const item = items.of(at, sent);
  if (!item) return null;
  thanking.know(sent);
  return { ...sent, item, at, combo: item.combo && sent.combo ? sent.combo : null };
}

// What comes
socket.on("frames", (message) => {
  turn = turn.then(() => showFrames(message)).catch(() => {});
});

/** In the order in which they came, also when one has to be asked about first. @param {import("../room-messages.js").Frames} message */
async function showFrames({ backlog, frames }) {
  await items.load(frames);
  for (const frame of frames) {
    if (frame.kind === "chat") chat.addMessages(frame.messages);
    else if (frame.kind === "room") move(frame.event);
    else if (frame.kind === "gift") receive(frame, backlog);
    else if (frame.kind === "reversal") void look();
  }
  tellParts(frames, backlog);
}

/** @param {import("../room-messages.js").GiftFrame} frame @param {boolean} backlog */
function receive(frame, backlog) {
  const gifts = frame.gifts.map((sent) => giftOf(frame.at, sent)).filter((gift) => gift !== null);
  for (const gift of gifts) {
    chat.addGift(gift);
    if (backlog) continue;
    stage.show(gift);
    find("gift-sound").play(gift.coins);
    announcer.say(gift);
  }
  if (early) early.push(...gifts);
  else feed.addAll(gifts);
  void thanking.count();
}

socket.on("state", ({ viewers, coins, top_gifters: top, ranked }) => {
  find("viewer-count").value = viewers;
  find("top-gifters").unranked = !ranked;
  find("top-gifters").entries = top;
  find("[data-room-coins]").textContent = coinWords(coins);
});
socket.on("connection", ({ state }) => {
  find("[data-connection]").hidden = state !== "offline";
});

/** The gifts of before, and which of them are thanked: those of the socket's backlog once. */
async function readPast() {
  const backlog = new Promise((resolve) => {
    socket.addEventListener("frames", resolve, { once: true });
    setTimeout(resolve, BACKLOG_WAIT_MS);
  });
  /** @type {any[]} */ let received = [];
  try {
    [{ items: received }] = await Promise.all([api("GET", `${RECEIVED}limit=${PAGE}`), backlog]);
  } catch (error) {
    toast(error instanceof ProblemError ? error.message : say("past_unread"), { tone: "bad" });
  }
  await items.load(received.map((gift) => ({ kind: "gift", at: gift.at, gifts: [gift] })));
  await turn;
  const fresh = early ?? [];
  early = null;
  const shown = new Set(fresh.map((gift) => gift.id));
  feed.addAll(received.filter((gift) => !shown.has(gift.id)).reverse().map((gift) => giftOf(gift.at, gift)).filter(Boolean));
  feed.addAll(fresh);
  feed.setThanked(received.filter((gift) => gift.thanked_at).map((gift) => gift.id));
  mark(received);
  find("[data-loading]").remove();
  feed.hidden = false;
  void thanking.count();
}

/** @param {any[]} received */
const mark = (received) => {
  feed.setTakenBack(received.map((gift) => [gift.id, gift.coins_taken_back]));
  void thanking.count();
};
let [looking, again] = [false, false];

/** Gifts were taken back, or given back: which ones is told to nobody but their creator. */
async function look() {
  if (looking) {
    again = true;
    return;
  }
  looking = true;
  try {
    do {
      again = false;
      mark((await api("GET", `${RECEIVED}limit=${PAGE}`)).items);
    } while (again);
  } catch {
    toast(say("taken_back_unread"), { tone: "bad" });
  }
  looking = false;
}

// The room itself
/** @param {string} event */
function move(event) {
  if (event === "started") data.state = "live";
  if (event === "ended") data.state = "ended";
  if (event === "gifts_paused" || event === "gifts_resumed") data.gifts_enabled = event === "gifts_resumed";
  show();
}

function show() {
  const badge = find("[data-state-badge] .badge");
  badge.className = data.state === "live" ? "badge badge-live" : "badge";
  badge.textContent = words.states[data.state];
  find("[data-go-live]").hidden = data.state !== "scheduled";
  find("[data-end-live]").hidden = data.state !== "live";
  find("[data-pause-gifts]").hidden = data.state !== "live";
  find("[data-pause-gifts]").textContent = say(data.gifts_enabled ? "pause" : "resume");
}

/** @param {HTMLElement} button @param {() => Promise<any>} act */
const change = (button, act) => busy(button, async () => {
  try {
    const room = await act();
    Object.assign(data, { state: room.state, gifts_enabled: room.gifts_enabled });
    show();
  } catch (error) {
    toast(error instanceof ProblemError ? error.message : say("did_not_work"), { tone: "bad" });
  }
});
onClick("data-go-live", (button) => change(button, () => api("POST", `/v1/rooms/${data.room_id}/start`)));
onClick("data-pause-gifts", (button) => change(button, () => api("PATCH", `/v1/rooms/${data.room_id}`, { gifts_enabled: !data.gifts_enabled })));
onClick("data-end-live", async (button) => {
  if (await confirmed({ title: say("end_title"), text: say("end_text"), action: say("end"), danger: true })) {
    await change(button, () => api("POST", `/v1/rooms/${data.room_id}/end`));
  }
});
find("[data-composer]").addEventListener("submit", async (/** @type {SubmitEvent} */ event) => {
  event.preventDefault();
  const input = find("#say");
  const text = input.value.trim();
  if (!text) return;
  input.value = "";
  const answer = await socket.sendChat(text);
  if (!answer.ok) toast(say("message_lost"), { tone: "bad" });
});

socket.start();
void readPast();
