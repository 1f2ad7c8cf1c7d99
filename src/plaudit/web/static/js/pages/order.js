// Waits for an order to be settled: asks the provider through the API, first often, then seldom, and shows what changed.
import { ProblemError, api, renew } from "../api.js";

const FIRST_MS = 700;
const LAST_MS = 15_000;
const OPEN = new Set(["created", "pending"]);

const order = () => /** @type {HTMLElement} */ (document.getElementById("order"));

async function wait() {
  let pause = FIRST_MS;
  let shownAt = Date.now();
  while (OPEN.has(order().dataset.state ?? "")) {
    await sleep(pause);
    pause = Math.min(LAST_MS, pause * 1.5);
    const state = await refresh();
    const changed = state !== null && state !== order().dataset.state;
    if (changed || Date.now() - shownAt > 60_000) {
      shownAt = Date.now();
      await renew("#order").catch(() => false);
      if (changed) await renew(".top-bar").catch(() => false);
    }
  }
}

/** The state of the order, or null when nobody could say. @returns {Promise<string | null>} */
async function refresh() {
  const trouble = document.querySelector("[data-trouble]");
  try {
    const answer = await api("POST", `/v1/orders/${order().dataset.order}/refresh`);
    trouble?.toggleAttribute("hidden", true);
    return answer.state;
  } catch (error) {
    if (!(error instanceof ProblemError) || error.status === 0) trouble?.toggleAttribute("hidden", false);
    return null;
  }
}

/** Sleeps, but wakes at once when the page is looked at again. @param {number} ms @returns {Promise<void>} */
function sleep(ms) {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    document.addEventListener("visibilitychange", done);
  });
}

void wait();
