// The page of a video: its player, gifts along it as they were given and as they come, and the tray to give from.
import "../components/gift-tray.js";
import "../components/combo-button.js";
import "../components/gift-stage.js";
import "../components/gift-feed.js";
import "../components/gift-moments.js";
import "../components/room-figures.js";
import { ProblemError, api, pageData } from "../api.js";
import { MARK_PX } from "../components/gift-timeline.js";
import { Items } from "../items.js";
import { keep, recall } from "../kept.js";
import { GivenMoments, Passing } from "../timeline.js";
import { addressesOf } from "../video-address.js";
import { VideoEvents } from "../video-events.js";
import { words } from "../words.js";
import { Announcer } from "./announcer.js";
import { Giving } from "./giving.js";
import { VideoPlayer } from "./video-player.js";

/** @typedef {import("../types.js").Gift} Gift */

const SHOWN_KEY = "gifts-on-videos";
const MOMENT_MS = 1_500; // what was given within it passes as one
const OWN_PAUSE_MS = 2_500; // those who give most are summed a little later
const OTHERS_PAUSE_MS = 20_000; // of many pages, each at a time of its own
const SEEN_MAX = 2_000;

const data = pageData();
const addressOf = addressesOf(data.video_id, data.key);
const find = (/** @type {string} */ selector) => /** @type {any} */ (document.querySelector(selector));
const items = new Items({ lang: data.lang });
items.current = data.known_items;
const known = new Map(data.known_items.map((/** @type {import("../types.js").Item} */ item) => [item.id, item]));
const [stage, moments, timeline, feed, top, tray] = ["gift-stage", "gift-moments", "gift-timeline", "gift-feed", "top-gifters", "gift-tray"].map(find);
const announcer = new Announcer(find("[data-announcer]"));
const given = new GivenMoments();
const passing = new Passing();
const player = new VideoPlayer(find("video[data-hls]"), find("[data-play]"), find("[data-problem]"));
const choice = find("[data-show-gifts]");
/** Gifts that were shown, so that one's own, which its answer brings, is not shown again. @type {Set<string>} */ const seen = new Set();
/** @type {VideoEvents | null} */ let events = null;
/** @type {ReturnType<typeof setTimeout> | undefined} */ let soon;
let turn = Promise.resolve();
/** @type {import("../timeline.js").Mark[]} */ let passable = [];

const itemOf = (/** @type {number} */ id) => items.get(id) ?? known.get(id);
for (const part of [moments, timeline]) part.itemOf = itemOf;

// Along the video

/** Marks that would lie on each other are one. */
const gapMs = () => Math.ceil((data.duration_ms * MARK_PX) / Math.max(MARK_PX, timeline.clientWidth));

function showMarks() {
  timeline.marks = given.marks(gapMs());
  passable = given.marks(MOMENT_MS);
}

new ResizeObserver(showMarks).observe(find("[data-timeline]"));
timeline.addEventListener("moment-chosen", (/** @type {CustomEvent} */ event) => player.goTo(event.detail.at_ms));
player.onMove((positionMs) => {
  timeline.positionMs = positionMs;
  if (choice.checked) for (const mark of passing.move(positionMs, passable)) moments.show(mark);
});
player.onJump((positionMs) => passing.jump(positionMs));

/** @param {{id: string, at: string, item_id: number, count: number, coins: number}[]} sent @returns {Promise<Gift[]>} */
async function asGifts(sent) {
  await items.load(sent.map((gift) => ({ kind: "gift", at: gift.at, gifts: [gift] })));
  return sent.map((gift) => /** @type {any} */ ({ combo: null, ...gift, item: items.of(gift.at, gift) })).filter((gift) => gift.item);
}

/** What was given, anew. */
async function read() {
  try {
    const [{ marks, cursor }] = await Promise.all([api("GET", addressOf("/timeline")), readGivers()]);
    given.replace(marks, cursor);
    showMarks();
    find("[data-unread]").hidden = true;
    return cursor;
  } catch {
    find("[data-unread]").hidden = false;
    return "";
  }
}

async function readGivers() {
  const { top: most, ranked, last } = await api("GET", addressOf("/givers", { limit: "5" }));
  top.unranked = !ranked;
  top.entries = most;
  const gifts = await asGifts(last);
  for (const gift of gifts) see(gift.id);
  feed.clear();
  feed.addAll(gifts.reverse());
}

/** Once, however often it is asked for meanwhile. @param {() => Promise<unknown>} [what] @param {number} [pauseMs] */
function readSoon(what = read, pauseMs = OTHERS_PAUSE_MS * (0.5 + Math.random())) {
  soon ??= setTimeout(() => {
    soon = undefined;
    what().catch(() => {}); // what is shown stays
  }, pauseMs);
}

// What comes

/** @param {import("../room-messages.js").AnyFrame[]} frames @param {boolean} backlog */
async function hear(frames, backlog) {
  for (const frame of frames) {
    if (frame.kind === "message_removed") feed.removeWords([frame.gift_id]);
    if (frame.kind !== "gift") continue;
    const gifts = await asGifts(frame.gifts.map((gift) => ({ ...gift, at: frame.at })));
    for (const gift of gifts) receive(gift, frame.seq, backlog);
  }
  showMarks();
  if (frames.some((frame) => frame.kind === "reversal")) readAnew();
  else readSoon(readGivers);
}

/** It was deleted, or made private, while it was looked at. @param {string} code */
function tellGone(code) {
  const [place, told] = [find("[data-gone]"), words.closed[code] ?? words.closed.video_deleted];
  place.hidden = false;
  place.querySelector("[data-words]").textContent = told;
  if (tray) tray.disabledReason = told;
}

/** Something does not hold any more; all pages hear of it at once. */
function readAnew() {
  clearTimeout(soon);
  soon = undefined;
  readSoon(read, OWN_PAUSE_MS * (0.5 + Math.random()));
}

/** @param {string} id */
function see(id) {
  seen.add(id);
  if (seen.size > SEEN_MAX) seen.delete(/** @type {string} */ (seen.values().next().value));
}

/** @param {Gift} gift @param {number} seq of its frame; 0: it was answered @param {boolean} backlog */
function receive(gift, seq, backlog) {
  given.add({ ...gift, item_id: gift.item.id }, seq);
  if (seen.has(gift.id)) return;
  see(gift.id);
  feed.add({ ...gift, combo: null });
  if (backlog) return;
  stage.show({ ...gift, combo: gift.item.combo ? gift.combo : null });
  if (gift.sender.id !== data.viewer_id) announcer.say(gift);
}

async function showGifts() {
  find("[data-given]").hidden = !choice.checked;
  for (const part of [moments, timeline]) part.hidden = !choice.checked;
  if (!choice.checked) {
    events?.stop();
    events = null;
    moments.clear();
    timeline.chosen = -1;
  } else if (!events) {
    const opened = new VideoEvents(addressOf, (frames, backlog) => { turn = turn.then(() => hear(frames, backlog)).catch(() => {}); }, readAnew, tellGone);
    events = opened;
    const cursor = await read();
    if (events === opened) opened.start(cursor);
  }
}

choice.checked = recall("localStorage", SHOWN_KEY) !== "off";
choice.addEventListener("change", () => {
  keep("localStorage", SHOWN_KEY, choice.checked ? "on" : "off");
  void showGifts();
});
void showGifts();

// Giving

if (tray) {
  const offered = new Items({ lang: data.lang });
  offered.current = data.items;
  const giving = new Giving(data, { trays: [tray], combo: find("combo-button"), items: offered }, {
    isOpen: () => !tray.disabledReason,
    announcer,
    address: () => `${location.pathname}${player.positionMs >= 1000 ? `?t=${Math.floor(player.positionMs / 1000)}` : ""}`,
    moment: () => (player.isAtMoment ? { position_ms: Math.min(player.positionMs, data.duration_ms) } : {}),
    send: sendGift,
    sent(gift, item) {
      receive({ ...gift, item, sender: data.viewer }, 0, false);
      showMarks();
      readSoon(readGivers, OWN_PAUSE_MS);
    },
    refused({ code }) {
      if (words.closed[code]) giving.reason = words.closed[code];
    },
  });
  tray.messageMax = data.message_max;
}

/** @param {import("./giving.js").Wanted & {id: string}} gift @returns {Promise<import("./giving.js").Answer>} */
async function sendGift(gift) {
  try {
    return { ok: true, gift: await api("POST", "/v1/gifts", { ...gift, video_id: data.video_id }) };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return { ok: false, problem: { ...error.problem, code: error.code === "unreachable" ? "no_answer" : error.code } };
  }
}
