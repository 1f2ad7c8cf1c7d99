// A recorded video by HLS: by the browser itself on Apple's devices, else by hls.js, which is fetched when it is played.
const HLS = "application/vnd.apple.mpegurl";

/**
 * Plays what lies at an address in a video element.
 * @param {HTMLVideoElement} video @param {string} address @param {() => void} failed when it cannot be played
 */
export async function playHls(video, address, failed) {
  const native = video.canPlayType(HLS) !== "";
  if (!(native && "WebKitPlaybackTargetAvailabilityEvent" in window)) {
    const { default: Hls } = await import("../vendor/hls/hls.light.min.mjs");
    if (Hls.isSupported()) {
      attach(new Hls({ enableWorker: false }), Hls, video, address, failed);
      return begin(video);
    }
    if (!native) return failed();
  }
  video.addEventListener("error", failed);
  video.src = address;
  return begin(video);
}

/** @param {HTMLVideoElement} video */
async function begin(video) {
  await video.play().catch(() => undefined); // who has stopped it meanwhile wants it so; an error is told apart
}

/** @param {any} player @param {any} Hls @param {HTMLVideoElement} video @param {string} address @param {() => void} failed */
function attach(player, Hls, video, address, failed) {
  let mended = false;
  player.on(Hls.Events.ERROR, (/** @type {string} */ _name, /** @type {any} */ problem) => {
    if (!problem.fatal) return;
    if (problem.type === Hls.ErrorTypes.MEDIA_ERROR && !mended) {
      mended = true;
      player.recoverMediaError();
      return;
    }
    player.destroy();
    failed();
  });
  player.loadSource(address);
  player.attachMedia(video);
}
