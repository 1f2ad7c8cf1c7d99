// What happens on a video, as server-sent events. Only while its page is seen: a browser has few connections to a server.
import { framesAfter } from "./frames-after.js";

const RETRY_FIRST_MS = 2_000;
const RETRY_LAST_MS = 60_000;
const FINAL = new Set([403, 404, 410]);

export class VideoEvents {
  /** @type {EventSource | null} */ #source = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer;
  #cursor = "";
  #failures = 0;

  /**
   * @param {import("./video-address.js").VideoAddress} address of the video
   * @param {(frames: import("./room-messages.js").AnyFrame[], backlog: boolean) => void} hear what came since the page was opened;
   *   `backlog`: while it was not seen
   * @param {() => void} anew what is known does not hold any more
   * @param {(code: string) => void} gone nobody may look at it any more, as the code of a problem says
   */
  constructor(address, hear, anew, gone) {
    this.address = address;
    this.hear = hear;
    this.anew = anew;
    this.gone = gone;
  }

  /** @param {string} [cursor] up to where all is known; without it, what comes from now on */
  start(cursor = "") {
    this.#cursor = cursor;
    document.addEventListener("visibilitychange", this.#look);
    this.#look();
  }

  stop() {
    document.removeEventListener("visibilitychange", this.#look);
    this.#close();
  }

  #look = () => {
    if (document.hidden) this.#close();
    else if (!this.#source) this.#open();
  };

  #close() {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = null;
  }

  #open() {
    clearTimeout(this.#timer);
    const source = new EventSource(this.address("/events", this.#cursor ? { cursor: this.#cursor } : {}));
    this.#source = source;
    source.addEventListener("open", () => { this.#failures = 0; });
    source.addEventListener("hello", (event) => { this.#cursor ||= JSON.parse(event.data).cursor; });
    source.addEventListener("resync", () => {
      this.#cursor = "";
      this.anew();
    });
    source.addEventListener("frames", (event) => this.#advance(JSON.parse(event.data)));
    source.addEventListener("error", () => {
      if (source.readyState !== EventSource.CLOSED || source !== this.#source) return; // it comes again by itself
      this.#close();
      const wait = Math.min(RETRY_LAST_MS, RETRY_FIRST_MS * 2 ** this.#failures);
      this.#failures = Math.min(this.#failures + 1, 10);
      this.#timer = setTimeout(() => this.#look(), wait);
      void this.#askWhy();
    });
  }

  /** It was refused, and an event source does not say why. */
  async #askWhy() {
    const answer = await fetch(this.address(), { headers: { Accept: "application/json" }, credentials: "same-origin" }).catch(() => null);
    if (!answer || !FINAL.has(answer.status)) return;
    this.stop();
    this.gone((await answer.json().catch(() => ({}))).code ?? "video_unknown");
  }

  /** @param {import("./room-messages.js").Frames} message */
  #advance(message) {
    const fresh = framesAfter(this.#cursor, message);
    if (!fresh.length) return;
    this.#cursor = message.cursor;
    this.hear(fresh, message.backlog);
  }
}
