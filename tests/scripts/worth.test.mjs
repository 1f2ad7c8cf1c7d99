// What coins are worth, held against a pile of single coins.
import assert from "node:assert/strict";
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

/** Each coin by itself: [minor units, of how many coins]. */
function pile(lots, rate, length) {
  const coins = lots.flatMap((lot) => Array(lot.unspent).fill([lot.amount_minor, lot.coins]));
  while (coins.length < length) coins.push([rate.amount_minor, rate.coins]);
  return coins;
}

test("the next coins cost what each of them cost, rounded once, half up", () => {
  const next = draw(1);
  for (let example = 0; example < 500; example += 1) {
    const lots = Array.from({ length: next(4) }, () => {
      const coins = 1 + next(6);
      return { unspent: next(coins), amount_minor: next(500), coins };
    });
    const rate = { amount_minor: 1 + next(500), coins: 1 + next(6), currency: "USD" };
    const count = next(30);
    const owned = lots.reduce((sum, lot) => sum + lot.unspent, 0);
    const spent = next(owned);
    const taken = pile(lots, rate, spent + count).slice(spent, spent + count);
    const common = 420n; // of all numbers of coins in a lot
    const cost = taken.reduce((sum, [minor, coins]) => sum + (BigInt(minor) * common) / BigInt(coins), 0n);
    const expected = Number((cost * 2n + common) / (common * 2n));
    assert.deepEqual(worthOf(lots, rate)(count, spent), { amount_minor: expected, currency: "USD" });
  }
});

test("amounts beyond what a float can hold stay exact", () => {
  const worth = worthOf([{ unspent: 2 ** 52, amount_minor: 2 ** 52, coins: 2 ** 52 }], { amount_minor: 1, coins: 1, currency: "IDR" });
  assert.equal(worth(2 ** 52 - 1).amount_minor, 2 ** 52 - 1);
});
