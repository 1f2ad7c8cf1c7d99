// What coins are worth: by the examples that hold the server's rule too, and against a pile of single coins.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { worthOf } from "../../src/plaudit/web/static/js/worth.js";

/** A source of numbers that says the same in each run. */
function draw(seed) {
  let state = BigInt(seed);
  return (most) => {
    state = (state * 6364136223846793005n + 1442695040888963407n) % 2n ** 64n;
    return Number((state >> 33n) % BigInt(most + 1));
  };
}

/** Each coin by itself: [minor units, of how many coins, whether that was paid]. */
function pile(lots, rate, length) {
  const coins = lots.flatMap((lot) => Array(lot.unspent).fill([lot.amount_minor, lot.coins, lot.paid]));
  while (coins.length < length) coins.push([rate.amount_minor, rate.coins, false]);
  return coins;
}

test("the next coins cost what each of them cost, the others what they are sold for, and never nothing", () => {
  const next = draw(1);
  for (let example = 0; example < 500; example += 1) {
    const lots = Array.from({ length: next(4) }, () => {
      const coins = 1 + next(6);
      return { unspent: next(coins), amount_minor: next(500), coins, paid: next(3) > 0 };
    });
    const rate = { amount_minor: 1 + next(500), coins: 1 + next(6), currency: "USD", step_minor: [1, 100][next(1)] };
    const count = next(30);
    const owned = lots.reduce((sum, lot) => sum + lot.unspent, 0);
    const spent = next(owned);
    const taken = pile(lots, rate, spent + count).slice(spent, spent + count);
    const common = 420n; // of all numbers of coins in a lot
    const sum = (/** @type {boolean} */ ofPaid) => taken.filter(([, , paid]) => paid === ofPaid).reduce((all, [minor, coins]) => all + (BigInt(minor) * common) / BigInt(coins), 0n);
    const per = common * BigInt(rate.step_minor);
    const steps = Number((sum(true) * 2n + per) / (per * 2n) + (sum(false) + per - 1n) / per);
    const expected = count ? Math.max(1, steps) * rate.step_minor : 0;
    assert.deepEqual(worthOf(lots, rate)(count, spent), { amount_minor: expected, currency: "USD" });
  }
});

for (const { says, lots, rate, coins, spent, amount_minor } of JSON.parse(readFileSync(new URL("worth.examples.json", import.meta.url), "utf8"))) {
  test(says, () => {
    const known = lots.map(([unspent, minor, of]) => ({ unspent, amount_minor: minor, coins: of, paid: true }));
    const worth = worthOf(known, { amount_minor: rate[0], coins: rate[1], currency: "USD", step_minor: rate[2] ?? 1 });
    assert.deepEqual(worth(coins, spent), { amount_minor, currency: "USD" });
  });
}
