// The picture of a room: HLS by the browser itself or by hls.js, fetched only when needed; the placeholder stays until it plays.

/** @param {HTMLVideoElement | null} video @param {HTMLElement} unmute @param {string | null} address */
export async function playStage(video, unmute, address) {
  if (!video || !address) return;
  video.addEventListener("playing", () => {
    video.hidden = false;
    unmute.hidden = !video.muted;
  });
  video.addEventListener("error", () => { video.hidden = true; });
  unmute.addEventListener("click", () => {
    video.muted = false;
    unmute.hidden = true;
    void video.play();
  });
  if (video.canPlayType("application/vnd.apple.mpegurl")) {
    video.src = address;
    return;
  }
  const { default: Hls } = await import("../../vendor/hls/hls.light.min.mjs");
  if (!Hls.isSupported()) return;
  const hls = new Hls({ lowLatencyMode: true, enableWorker: false });
  hls.on(Hls.Events.ERROR, (/** @type {string} */ _name, /** @type {any} */ problem) => {
    if (!problem.fatal) return;
    if (problem.type === Hls.ErrorTypes.MEDIA_ERROR) hls.recoverMediaError();
    else setTimeout(() => hls.startLoad(), 5_000); // the stream may come back
  });
  hls.loadSource(address);
  hls.attachMedia(video);
}
