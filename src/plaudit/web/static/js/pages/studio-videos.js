// On which videos a creator takes gifts: each switch acts at once, and goes back when it could not.
import { ProblemError, api, renew } from "../api.js";
import { toast } from "../toast.js";
import { say } from "../words.js";

document.addEventListener("change", (event) => {
  const box = /** @type {HTMLInputElement} */ (event.target);
  if (box.dataset.allVideos !== undefined) void turn(box, "/v1/creators/me/video-gifts", "all");
  else if (box.dataset.messages !== undefined) void turn(box, "/v1/creators/me/video-messages", "messages");
  else if (box.dataset.video) void turn(box, `/v1/creators/me/videos/${box.dataset.video}/gifts`, "one");
});

/** @param {HTMLInputElement} box @param {string} path @param {string} which */
async function turn(box, path, which) {
  const enabled = box.checked;
  try {
    await api("PUT", path, { enabled });
    toast(say(`${which}_${enabled ? "on" : "off"}`));
    if (which === "all") await renew("#videos");
  } catch (error) {
    box.checked = !enabled;
    toast(error instanceof ProblemError ? error.message : say("did_not_work"), { tone: "bad" });
  }
}
