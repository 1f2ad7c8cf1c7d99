// What somebody is told as they give, who wanted to be told.
import assert from "node:assert/strict";
import { mock, test } from "node:test";

const page = JSON.stringify({
  reminds_amount: "told: {given}", reminds_minutes: { one: "{count} minute, {given}", other: "{count} minutes, {given}" }, your_limits: "Your limits",
});
/** @type {string[]} */ const told = [];
const element = () => ({
  set textContent(/** @type {string} */ text) { this.text = text; }, text: "", append() {}, addEventListener() {}, matches: () => false, remove() {},
});
const host = { children: [], append: (/** @type {any} */ one) => told.push(one.said) };
Object.assign(globalThis, {
  document: {
    documentElement: { dataset: {}, lang: "en" },
    getElementById: (/** @type {string} */ id) => (id === "page-words" ? { textContent: page } : id === "toasts" ? host : null),
    createElement: (/** @type {string} */ name) => {
      const one = /** @type {any} */ (element());
      if (name === "div") one.append = (/** @type {any} */ child) => { one.said ??= child.text; };
      return one;
    },
  },
});
mock.timers.enable({ apis: ["setTimeout", "Date"], now: Date.UTC(2026, 0, 1) });
const { Reminder } = await import("../../src/plaudit/web/static/js/reminder.js");

/** @type {import("../../src/plaudit/web/static/js/types.js").Meter} */
const METER = { currency: "USD", session_minor: 0, session_since: null, remind_minutes: 10, period: "month", given_minor: 100, limit_minor: 5_000 };
const plain = (/** @type {string} */ text) => text.replace(/[\u2068\u2069]/g, "");

test("after so much money, as the server says it", () => {
  told.length = 0;
  const reminder = new Reminder({ ...METER, remind_minutes: null });
  reminder.gave({ session_minor: 150, period_minor: 250 });
  assert.deepEqual(told, []);
  reminder.gave({ session_minor: 450, period_minor: 550, reminds: true });
  assert.equal(plain(told[0]), "told: $4.50");
  assert.deepEqual([reminder.meter?.session_minor, reminder.meter?.given_minor], [450, 550]);
});

test("each time a session lasts so long, from where another device began it, and not once it is over", () => {
  told.length = 0;
  const reminder = new Reminder({ ...METER, session_minor: 100, session_since: new Date(Date.now() - 4 * 60_000).toISOString() });
  mock.timers.tick(6 * 60_000);
  assert.equal(plain(told[0]), "10 minutes, $1.00");
  reminder.gave({ session_minor: 300, period_minor: 400 });
  mock.timers.tick(10 * 60_000);
  assert.equal(plain(told[1]), "20 minutes, $3.00");
  for (let tens = 0; tens < 6; tens += 1) mock.timers.tick(10 * 60_000);
  assert.equal(told.length, 3, "half an hour after the last gift it is over");
});

test("without limits nothing is said", () => {
  told.length = 0;
  const reminder = new Reminder(null);
  reminder.gave({ session_minor: 1, period_minor: null, reminds: true });
  mock.timers.tick(60 * 60_000);
  assert.deepEqual([told, reminder.meter], [[], null]);
});
