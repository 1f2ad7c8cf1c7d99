// What coins are worth to a viewer: the rule of selling/wallet/worth.py, for pages whose viewer spends meanwhile. Exact.

/** @typedef {{unspent: number, amount_minor: number, coins: number}} OpenLot unspent coins of a lot, and what all its coins cost */
/** @typedef {{amount_minor: number, coins: number, currency: string}} Rate */

/**
 * @param {OpenLot[]} lots in the order in which they are spent, all in the rate's currency
 * @param {Rate} rate "`amount_minor` buys `coins`" on the web
 * @returns {(count: number, spent?: number) => import("./types.js").Money} `spent`: so many go before them
 */
export function worthOf(lots, rate) {
  return (count, spent = 0) => {
    let [numerator, denominator] = [0n, 1n];
    let [skip, left] = [spent, count];
    const add = (/** @type {number} */ coins, /** @type {number} */ minor, /** @type {number} */ per) => {
      numerator = numerator * BigInt(per) + BigInt(coins) * BigInt(minor) * denominator;
      denominator *= BigInt(per);
    };
    for (const lot of lots) {
      const open = Math.max(0, lot.unspent - skip);
      skip = Math.max(0, skip - lot.unspent);
      const taken = Math.min(open, left);
      if (taken) add(taken, lot.amount_minor, lot.coins);
      left -= taken;
    }
    if (left) add(left, rate.amount_minor, rate.coins);
    const rounded = Number((numerator * 2n + denominator) / (denominator * 2n));
    return { amount_minor: count ? Math.max(1, rounded) : 0, currency: rate.currency }; // never nothing
  };
}
