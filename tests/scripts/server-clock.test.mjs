// The server's clock, and the ids that are made by it.
import assert from "node:assert/strict";
import { test } from "node:test";

Object.assign(globalThis, { document: { documentElement: { dataset: { servedAtMs: "1930000000000" } } } });
const { msUntil, noteServerTime, serverNow } = await import("../../src/plaudit/web/static/js/server-clock.js");
const { uuid7 } = await import("../../src/plaudit/web/static/js/uuid7.js");

/** @param {string} id */
const madeAt = (id) => parseInt(id.replaceAll("-", "").slice(0, 12), 16);
/** @param {number} found @param {number} wanted */
const near = (found, wanted) => assert.ok(Math.abs(found - wanted) < 60_000, `${found} is far from ${wanted}`);

test("ids, promises and ages go by the server's clock, wherever the device's is", () => {
  near(serverNow(), 1_930_000_000_000);
  near(madeAt(uuid7()), 1_930_000_000_000);
  noteServerTime(Date.now() - 2 * 86_400_000);
  near(madeAt(uuid7()), Date.now() - 2 * 86_400_000);
  near(msUntil(new Date(Date.now() - 2 * 86_400_000 + 300_000).toISOString()), 300_000);
  noteServerTime(Number.NaN); // nobody said it
  near(serverNow(), Date.now() - 2 * 86_400_000);
  noteServerTime(Date.now());
});
