// The overlay for OBS: gifts and nothing else. It asks for ever, quietly, and never shows an error on somebody's stream.
import "../components/gift-stage.js";
import { Items } from "../items.js";
import { RoomSocket } from "../room-socket.js";
import { GiftSound } from "../sound.js";

const FIRST_MS = 1_000;
const LAST_MS = 30_000;
const LOOK_MS = 15_000;

// The token stands behind the `#`, which no server and no log gets to see; options may stand on either side.
const options = new URLSearchParams(`${location.search.slice(1)}&${location.hash.slice(1)}`);
const token = options.get("token") ?? "";
const theme = options.get("theme") ?? "full"; // full | banners | stage
const least = whole("min", 0);
const most = whole("max", Infinity);
const longest = whole("duration", 0) * 1_000; // seconds of one large gift; 0: as long as it takes
const stage = /** @type {any} */ (document.querySelector("gift-stage"));
const muted = options.has("mute") && options.get("mute") !== "0";
const sound = new GiftSound(muted ? 0 : Math.min(100, whole("volume", 60)) / 100);
const items = new Items();
let catalogue = "";
/** @type {RoomSocket | null} */ let socket = null;
let roomId = "";
let watchedId = "";

/** @param {string} name @param {number} otherwise */
function whole(name, otherwise) {
  const value = Number(options.get(name) ?? Number.NaN);
  return Number.isFinite(value) && value >= 0 ? value : otherwise;
}

/** @param {string} path @param {Record<string, string>} [headers] */
async function read(path, headers = {}) {
  const answer = await fetch(path, { headers: { Accept: "application/json", ...headers }, credentials: "omit" });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

async function begin() {
  const overlay = await read("/v1/overlay", { Authorization: `Bearer ${token}` });
  if (overlay.catalogue !== catalogue) {
    items.current = (await read(overlay.catalogue)).items;
    catalogue = overlay.catalogue;
  }
  if (overlay.room && overlay.room.id !== roomId) watch(overlay.room.id, overlay.socket);
}

/** @param {string} id @param {string} address */
function watch(id, address) {
  const cursor = id === watchedId ? socket?.cursor : ""; // what was missed of the same room is shown
  socket?.close();
  roomId = watchedId = id;
  const opened = new RoomSocket({ roomId: id, token, address, cursor });
  socket = opened;
  opened.on("frames", async ({ backlog, frames }) => {
    if (backlog) return;
    await items.load(frames);
    for (const frame of frames) if (frame.kind === "gift") for (const sent of frame.gifts) show(frame.at, sent);
  });
  opened.on("connection", ({ reason }) => {
    if (reason && socket === opened) roomId = ""; // the next look asks anew
  });
  opened.start();
}

/** @param {string} at @param {any} sent */
function show(at, sent) {
  const item = items.of(at, sent);
  if (!item) return;
  if (sent.coins < least || sent.coins > most) return;
  const shown = longest ? { ...item, duration_ms: Math.min(item.duration_ms, longest) } : item;
  stage.show({ ...sent, item: shown, at, combo: item.combo ? sent.combo : null });
  sound.play(sent.coins);
}

/** Looks again and again: the server may be away, and the creator may open another room. */
async function keep() {
  let pause = FIRST_MS;
  for (;;) {
    try {
      await begin();
      pause = LOOK_MS;
    } catch {
      pause = pause === LOOK_MS ? FIRST_MS : Math.min(LAST_MS, pause * 2);
    }
    await new Promise((resolve) => setTimeout(resolve, pause / 2 + Math.random() * (pause / 2)));
  }
}

if (theme === "banners") stage.setAttribute("muted-large", "");
if (theme === "stage") stage.setAttribute("banners", "0");
void keep();
