// The picture of a room: an HLS stream by the browser itself or by hls.js, fetched only when needed, or a framed page
// that plays by itself. The scene stays behind it until it plays, and whenever it does not.
import { say } from "../words.js";

const COME_BACK_MS = 2_500; // between two looks for a stream that is not there
const STALLED_MS = 3_000; // without a new picture, before that is said
const HLS = "application/vnd.apple.mpegurl";

/** @typedef {{place: HTMLElement, note: HTMLElement, sound: HTMLElement, play: HTMLElement, name: string}} Parts */

export class StagePicture {
  /** @type {HTMLVideoElement | null} */ #video = null;
  /** @type {any} */ #hls = null;
  #address = "";
  #again = 0;
  #stalled = 0;

  /** @param {Parts} parts `place` takes the picture, `note` says how it stands, `sound` and `play` are buttons */
  constructor(parts) {
    this.parts = parts;
    parts.sound.addEventListener("click", () => this.#switchSound());
    parts.play.addEventListener("click", () => void this.#play());
    document.addEventListener("keydown", (event) => {
      const typing = /** @type {HTMLElement} */ (event.target).closest?.("input, textarea, select, dialog, [contenteditable]");
      if (event.key === "m" && !event.ctrlKey && !event.metaKey && !event.altKey && !typing && this.#video) this.#switchSound();
    });
  }

  /** Shows what is at an address; the same address again changes nothing. @param {string | null} address @param {string} kind */
  async show(address, kind) {
    if ((address ?? "") === this.#address) return;
    this.stop();
    this.#address = address ?? "";
    if (!address) return;
    if (kind === "page") this.#frame(address);
    else await this.#playHls(address);
  }

  /** The picture is stored at an address that this page may not load. */
  refuse() { this.#say("refused"); }

  /** Nothing is shown any more. */
  stop() {
    clearTimeout(this.#again);
    clearTimeout(this.#stalled);
    this.#hls?.destroy();
    this.#hls = null;
    this.#video?.removeAttribute("src");
    this.#video?.load();
    this.#video = null;
    this.#address = "";
    this.parts.place.replaceChildren();
    this.parts.place.hidden = true;
    this.parts.sound.hidden = true;
    this.#say("");
  }

  /** @param {string} address */
  #frame(address) {
    const frame = document.createElement("iframe");
    frame.className = "room-video";
    frame.title = say("picture_of", { name: this.parts.name });
    frame.setAttribute("sandbox", "allow-scripts allow-same-origin allow-presentation");
    frame.allow = "autoplay; fullscreen; encrypted-media; picture-in-picture";
    frame.referrerPolicy = "strict-origin";
    frame.src = address;
    this.parts.place.replaceChildren(frame);
    this.parts.place.hidden = false;
  }

  /** @param {string} address */
  async #playHls(address) {
    const video = this.#makeVideo();
    this.#say("loading");
    const native = video.canPlayType(HLS) !== "";
    if (native && "WebKitPlaybackTargetAvailabilityEvent" in window) return this.#playNative(video, address);
    const { default: Hls } = await import("../../vendor/hls/hls.light.min.mjs");
    if (this.#video !== video) return undefined; // another one meanwhile
    if (!Hls.isSupported()) return native ? this.#playNative(video, address) : this.refuse();
    this.#hls = new Hls({ enableWorker: false });
    this.#hls.on(Hls.Events.ERROR, (/** @type {string} */ _name, /** @type {any} */ problem) => {
      if (!problem.fatal) return;
      if (problem.type === Hls.ErrorTypes.MEDIA_ERROR) this.#hls.recoverMediaError();
      else this.#comeBack(() => this.#hls?.loadSource(address));
    });
    this.#hls.on(Hls.Events.MANIFEST_PARSED, () => void this.#play());
    this.#hls.attachMedia(video);
    this.#hls.loadSource(address);
    return undefined;
  }

  /** @param {HTMLVideoElement} video @param {string} address */
  #playNative(video, address) {
    video.addEventListener("error", () => this.#comeBack(() => { video.src = address; void this.#play(); }));
    video.src = address;
    void this.#play();
  }

  #makeVideo() {
    const video = document.createElement("video");
    video.className = "room-video";
    video.playsInline = true;
    video.muted = true;
    video.setAttribute("aria-label", say("picture_of", { name: this.parts.name }));
    video.addEventListener("playing", () => {
      clearTimeout(this.#stalled);
      this.parts.place.hidden = false;
      this.#say("");
      this.#showSound();
    });
    video.addEventListener("resize", () => { video.dataset.shape = video.videoWidth > video.videoHeight ? "wide" : "tall"; });
    for (const event of ["waiting", "stalled", "ended"]) {
      video.addEventListener(event, () => {
        clearTimeout(this.#stalled);
        this.#stalled = setTimeout(() => { if (this.#video === video && video.readyState < 3) this.#say(this.parts.place.hidden ? "loading" : "stalled"); }, STALLED_MS);
      });
    }
    this.parts.place.replaceChildren(video);
    this.#video = video;
    return video;
  }

  async #play() {
    const video = this.#video;
    try {
      await video?.play();
    } catch (error) {
      const forbidden = error instanceof DOMException && error.name === "NotAllowedError";
      if (forbidden && this.#video === video) this.#say("blocked");
    }
  }

  /** @param {() => void} look */
  #comeBack(look) {
    clearTimeout(this.#again);
    this.#say(this.parts.place.hidden ? "missing" : "stalled");
    this.#again = setTimeout(look, COME_BACK_MS);
  }

  #switchSound() {
    if (!this.#video) return;
    this.#video.muted = !this.#video.muted;
    this.#showSound();
    void this.#play();
  }

  #showSound() {
    const { sound } = this.parts;
    const muted = this.#video?.muted ?? true;
    sound.hidden = !this.#video;
    sound.dataset.muted = String(muted);
    sound.setAttribute("aria-label", say(muted ? "sound_on" : "sound_off"));
  }

  /** @param {"" | "loading" | "stalled" | "missing" | "blocked" | "refused"} state */
  #say(state) {
    const { note, play } = this.parts;
    note.hidden = state === "";
    note.dataset.state = state;
    play.hidden = state !== "blocked";
    const words = note.querySelector("[data-words]");
    if (words) words.textContent = state ? say(`picture_${state}`) : "";
  }
}
