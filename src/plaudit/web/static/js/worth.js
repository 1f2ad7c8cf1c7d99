// What coins are worth to a viewer: the rule of selling/wallet/worth.py, for pages whose viewer spends meanwhile. Exact.

/** @typedef {{unspent: number, amount_minor: number, coins: number}} OpenLot unspent coins of a lot, and what all its coins cost */
/** @typedef {{amount_minor: number, coins: number, currency: string, step_minor: number}} Rate `step_minor`: all prices are multiples */

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
    const per = denominator * BigInt(rate.step_minor);
    const steps = Number((numerator + per - 1n) / per); // up, as prices are
    return { amount_minor: Math.max(steps, Math.min(count, 1)) * rate.step_minor, currency: rate.currency }; // never nothing
  };
}
