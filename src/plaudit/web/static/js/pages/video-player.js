// The player of a video: nothing of it is loaded before somebody wants to see it, and it can begin at a moment.
import { playHls } from "../hls-video.js";
import { playingTime } from "../format.js";
import { say } from "../words.js";

export class VideoPlayer {
  #beginMs = 0;
  #begun = false;

  /**
   * The address of the page may say where to begin: `?t=` and seconds.
   * @param {HTMLVideoElement | null} video null: it is not watched here
   * @param {HTMLElement | null} button
   * @param {HTMLElement | null} problem
   */
  constructor(video, button, problem) {
    this.video = video;
    this.button = button;
    this.problem = problem;
    button?.addEventListener("click", () => this.#begin());
    const seconds = Number(new URLSearchParams(location.search).get("t"));
    if (Number.isFinite(seconds) && seconds > 0) this.#wait(seconds * 1000);
  }

  /** Whether it is at a moment: not before somebody plays it, or comes to one. */
  get isAtMoment() { return this.video !== null && (this.#begun || this.#beginMs > 0); }

  /** Where it is, or will begin. */
  get positionMs() { return this.#begun && this.video ? Math.round(this.video.currentTime * 1000) : this.#beginMs; }

  /** @param {(positionMs: number) => void} hear while it plays */
  onMove(hear) { this.video?.addEventListener("timeupdate", () => { if (!this.video?.seeking) hear(this.positionMs); }); }

  /** @param {(positionMs: number) => void} hear when it was moved */
  onJump(hear) { this.video?.addEventListener("seeking", () => hear(this.positionMs)); }

  /** Plays from there. @param {number} ms */
  goTo(ms) {
    if (!this.video) return;
    if (!this.#begun) {
      this.#wait(ms);
      this.#begin();
      return;
    }
    this.video.currentTime = ms / 1000;
    void this.video.play().catch(() => undefined);
  }

  /** @param {number} ms */
  #wait(ms) {
    this.#beginMs = ms;
    const label = this.button?.querySelector("[data-label]");
    if (label) label.textContent = say("play_from", { place: playingTime(ms) });
  }

  #begin() {
    const { video } = this;
    if (!video || this.#begun) return;
    this.button?.toggleAttribute("hidden", true);
    video.controls = true;
    video.focus();
    video.addEventListener("loadedmetadata", () => {
      if (this.#beginMs) video.currentTime = this.#beginMs / 1000;
      this.#begun = true;
    }, { once: true });
    void playHls(video, video.dataset.hls ?? "", () => this.problem?.toggleAttribute("hidden", false));
  }
}
