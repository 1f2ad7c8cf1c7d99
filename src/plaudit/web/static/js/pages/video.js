// The page of a video: nothing of it is loaded before somebody wants to see it.
import { playHls } from "../hls-video.js";

const video = /** @type {HTMLVideoElement | null} */ (document.querySelector("video[data-hls]"));
const button = /** @type {HTMLElement | null} */ (document.querySelector("[data-play]"));

button?.addEventListener("click", () => {
  if (!video) return;
  button.hidden = true;
  video.controls = true;
  video.focus();
  void playHls(video, video.dataset.hls ?? "", () => document.querySelector("[data-problem]")?.toggleAttribute("hidden", false));
});
