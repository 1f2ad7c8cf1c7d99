// The one connection of a screen to a room: resumes by cursor, reconnects for ever, acknowledges commands by id.
import { noteServerTime, serverNow } from "./server-clock.js";
import { framesAfter } from "./frames-after.js";
import { uuid7 } from "./uuid7.js";

const RETRY_FIRST_MS = 1_000;
const RETRY_LAST_MS = 30_000;
const COMMAND_WAIT_MS = 20_000;
const COMMANDS_MAX = 32;
const MISSED_HEARTBEATS = 2.5;
const YOUNG_MS = 60_000;
const FINAL_CLOSES = new Map([[4401, "signed_out"], [4404, "no_such_room"]]);

/** @typedef {"connecting" | "online" | "offline" | "closed"} ConnectionState */
/** @typedef {import("./room-messages.js").ServerMessage} ServerMessage */
/** @typedef {import("./room-messages.js").Answer} Answer */
/** @typedef {{state: ConnectionState, reason?: string, retry_in_ms?: number}} Connection */
/** @typedef {Extract<ServerMessage, {type: "hello" | "frames" | "state" | "wallet" | "resync"}> | ({type: "connection"} & Connection)} Told */
/** @typedef {{message: {id: string}, answer: Promise<Answer>, resolve: (answer: Answer) => void, timer: ReturnType<typeof setTimeout>}} Command */

/** Tells of the server's messages `hello`, `frames` (only frames not seen before; `backlog`: history, or missed too long ago to be news), `state`, `wallet` and `resync`, and of the `connection`. */
export class RoomSocket extends EventTarget {
  #url;
  #protocols;
  #cursor;
  /** Where history ends: all after it happened while this screen watched, connected or not. */ #began;
  #latest = "";
  /** @type {WebSocket | null} */ #socket = null;
  /** @type {Map<string, Command>} */ #commands = new Map();
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #retryTimer;
  /** @type {ReturnType<typeof setInterval> | undefined} */ #heartbeat;
  #attempts = 0;
  #heardAt = 0;
  #stopped = true;
  /** @type {ConnectionState} */ #state = "closed";

  /** @param {{roomId: string, token?: string, cursor?: string, address?: string}} options */
  constructor({ roomId, token = "", cursor = "", address = "" }) {
    super();
    this.#url = new URL(address || `/v1/rooms/${encodeURIComponent(roomId)}/socket`, location.href);
    this.#url.protocol = this.#url.protocol === "https:" || this.#url.protocol === "wss:" ? "wss:" : "ws:";
    // A browser gives a socket no header, and what stands in an address ends up in logs.
    this.#protocols = token ? ["plaudit", `plaudit.token.${token}`] : [];
    this.#cursor = cursor;
    this.#began = cursor;
  }

  /** @returns {ConnectionState} */
  get state() { return this.#state; }
  /** Where this screen is: "<epoch>:<seq>". */
  get cursor() { return this.#cursor; }

  /**
   * Calls somebody with each message of a type.
   * @template {Told["type"]} T
   * @param {T} type @param {(told: Extract<Told, {type: T}>) => void} hear
   */
  on(type, hear) {
    this.addEventListener(type, (event) => hear(/** @type {CustomEvent} */ (event).detail));
  }

  /** @param {Told} told */
  #tell(told) { this.dispatchEvent(new CustomEvent(told.type, { detail: told })); }

  start() {
    if (!this.#stopped) return;
    this.#stopped = false;
    addEventListener("online", this.#retryNow);
    document.addEventListener("visibilitychange", this.#retryWhenSeen);
    this.#connect();
  }

  close() {
    this.#stopped = true;
    removeEventListener("online", this.#retryNow);
    document.removeEventListener("visibilitychange", this.#retryWhenSeen);
    clearTimeout(this.#retryTimer);
    clearInterval(this.#heartbeat);
    this.#socket?.close(1000);
    this.#socket = null;
    for (const id of [...this.#commands.keys()]) this.#settle(id, failure(id, "closed"));
    this.#move("closed");
  }

  /**
   * Sends a gift; the same id again is safe and gets the first answer.
   * @param {{item_id: number, count: number, coins: number, id?: string, confirmed_minor?: number}} gift coins: the total that was
   * shown; confirmed_minor: what it is worth, to who wanted to be asked
   */
  sendGift({ item_id, count, coins, id = uuid7(), confirmed_minor }) {
    return this.#command({ type: "gift", id, item_id, count, coins, confirmed_minor });
  }

  /** @param {string} text */
  sendChat(text, id = uuid7()) {
    return this.#command({ type: "chat", id, text });
  }

  /** A command that is under way is not sent twice. @param {{type: string, id: string, [field: string]: unknown}} message @returns {Promise<Answer>} */
  #command(message) {
    const underWay = this.#commands.get(message.id);
    if (underWay) return underWay.answer;
    if (this.#stopped) return Promise.resolve(failure(message.id, "closed"));
    if (this.#commands.size >= COMMANDS_MAX) return Promise.resolve(failure(message.id, "too_many_waiting"));
    /** @type {(answer: Answer) => void} */ let resolve = () => {};
    /** @type {Promise<Answer>} */ const answer = new Promise((settle) => { resolve = settle; });
    const timer = setTimeout(() => this.#settle(message.id, failure(message.id, "no_answer")), COMMAND_WAIT_MS);
    this.#commands.set(message.id, { message, answer, resolve, timer });
    this.#transmit(message);
    return answer;
  }

  /** @param {string} id @param {Answer} answer */
  #settle(id, answer) {
    const command = this.#commands.get(id);
    if (!command) return;
    clearTimeout(command.timer);
    this.#commands.delete(id);
    command.resolve(answer);
  }

  /** @param {object} message */
  #transmit(message) {
    if (this.#socket?.readyState === WebSocket.OPEN && this.#state === "online") this.#socket.send(JSON.stringify(message));
  }

  #connect() {
    clearTimeout(this.#retryTimer);
    if (this.#stopped || this.#socket) return;
    this.#move("connecting");
    const url = new URL(this.#url);
    if (this.#cursor) url.searchParams.set("cursor", this.#cursor);
    const socket = new WebSocket(url, this.#protocols);
    this.#socket = socket;
    this.#watch(socket);
    socket.addEventListener("message", (event) => {
      if (socket === this.#socket) this.#receive(JSON.parse(event.data));
    });
    socket.addEventListener("close", (event) => {
      if (socket === this.#socket) this.#lost(event.code);
    });
  }

  /** A connection that says nothing for too long is given up. @param {WebSocket} socket @param {number} [heartbeatMs] */
  #watch(socket, heartbeatMs = 10_000) {
    clearInterval(this.#heartbeat);
    this.#heardAt = performance.now();
    this.#heartbeat = setInterval(() => {
      if (performance.now() - this.#heardAt > heartbeatMs * MISSED_HEARTBEATS) {
        socket.close();
        if (socket === this.#socket) this.#lost(0);
      } else {
        this.#transmit({ type: "ping" });
      }
    }, heartbeatMs);
  }

  /** @param {number} code */
  #lost(code) {
    this.#socket = null;
    clearInterval(this.#heartbeat);
    const reason = FINAL_CLOSES.get(code);
    if (reason) {
      this.close();
      this.#tell({ type: "connection", state: "closed", reason });
      return;
    }
    const ceiling = Math.min(RETRY_LAST_MS, RETRY_FIRST_MS * 2 ** this.#attempts);
    const wait = Math.round(ceiling / 2 + Math.random() * (ceiling / 2));
    this.#attempts = Math.min(this.#attempts + 1, 10);
    this.#move("offline", { retry_in_ms: Math.max(RETRY_FIRST_MS, wait) });
    this.#retryTimer = setTimeout(() => this.#connect(), Math.max(RETRY_FIRST_MS, wait));
  }

  #retryNow = () => {
    this.#attempts = 0;
    this.#connect();
  };

  #retryWhenSeen = () => {
    if (!document.hidden && this.#state === "offline") this.#retryNow();
  };

  /** What a newer server says beside these is not for us. @param {ServerMessage} message */
  #receive(message) {
    this.#heardAt = performance.now();
    if (message.type === "hello") this.#welcome(message);
    else if (message.type === "frames") this.#advance(message);
    else if (message.type === "resync") this.#forget();
    else if (message.type === "answer" && message.id) this.#settle(message.id, message);
    if (message.type === "hello" || message.type === "state" || message.type === "wallet" || message.type === "resync") {
      this.#tell(message);
    }
  }

  /** The cursor is void: the backlog that follows is history, and brings the next. */
  #forget() {
    this.#cursor = "";
    this.#began = this.#latest;
  }

  /** @param {{heartbeat_s: number, now: string, cursor: string}} hello */
  #welcome(hello) {
    this.#attempts = 0;
    this.#latest = hello.cursor;
    this.#began ||= hello.cursor;
    noteServerTime(Date.parse(hello.now));
    this.#move("online");
    if (this.#socket) this.#watch(this.#socket, hello.heartbeat_s * 1000);
    for (const { message } of this.#commands.values()) this.#transmit(message);
  }

  /** @param {import("./room-messages.js").Frames} message */
  #advance(message) {
    const fresh = framesAfter(this.#cursor, message);
    this.#cursor = message.cursor;
    const isPast = (/** @type {{seq: number, at: string}} */ frame) => message.backlog
      && (frame.seq <= Number(this.#began.split(":")[1]) || serverNow() - Date.parse(frame.at) > YOUNG_MS);
    const [past, news] = [fresh.filter(isPast), fresh.filter((frame) => !isPast(frame))];
    if (past.length) this.#tell({ ...message, backlog: true, frames: past });
    if (news.length) this.#tell({ ...message, backlog: false, frames: news });
  }

  /** @param {ConnectionState} state @param {{retry_in_ms?: number}} [more] */
  #move(state, more = {}) {
    if (state === this.#state && state !== "offline") return;
    this.#state = state;
    this.#tell({ type: "connection", state, ...more });
  }
}

/** @param {string} id @param {string} code @returns {Answer} */
const failure = (id, code) => ({ type: "answer", id, ok: false, problem: { code } });
