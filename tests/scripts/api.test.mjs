// What is asked again when an answer is lost, and what never is.
import assert from "node:assert/strict";
import { test } from "node:test";

Object.assign(globalThis, { document: { documentElement: { dataset: {}, lang: "en" }, getElementById: () => null } });
Object.defineProperty(globalThis, "navigator", { value: { onLine: true }, configurable: true });
const { api } = await import("../../src/plaudit/web/static/js/api.js");
globalThis.setTimeout = /** @type {any} */ ((/** @type {() => void} */ done) => queueMicrotask(done)); // its pauses

/** How often a call arrives when its answers are lost, or say to come again. @param {[string, string, object?]} call @param {() => Promise<Response>} answer */
async function arrivals(call, answer) {
  let times = 0;
  globalThis.fetch = async () => {
    times += 1;
    return answer();
  };
  await assert.rejects(api(...call));
  return times;
}

const lost = async () => { throw new TypeError("no answer"); };
const busy = async () => new Response("{}", { status: 503, headers: { "Content-Type": "application/json" } });

for (const [name, answer] of /** @type {const} */ ([["lost", lost], ["to come again", busy]])) {
  test(`what comes to the same is asked for again, ${name}`, async () => {
    for (const call of /** @type {[string, string, object?][]} */ ([["GET", "/v1/me"], ["PUT", "/v1/x", { on: true }], ["DELETE", "/v1/x"], ["POST", "/v1/x", { id: "1" }]])) {
      assert.ok(await arrivals(call, answer) > 1, call.join(" "));
    }
  });
  test(`what has no id of its own arrives once, ${name}`, async () => {
    for (const call of /** @type {[string, string, object?][]} */ ([["POST", "/v1/reward-rules", { note: "x" }], ["POST", "/v1/payouts/1/approve"]])) {
      assert.equal(await arrivals(call, answer), 1, call.join(" "));
    }
  });
}
