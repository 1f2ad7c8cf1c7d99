// What coins are worth to a viewer: the rule of selling/wallet/worth.py, for pages whose viewer spends meanwhile. Exact.

/** @typedef {{unspent: number, amount_minor: number, coins: number, paid: boolean}} OpenLot unspent coins of a lot, and what all its coins cost, or are sold for */
/** @typedef {{amount_minor: number, coins: number, currency: string, step_minor: number}} Rate `step_minor`: all prices are multiples */

/** A sum of parts: exact. */
class Sum {
  numerator = 0n;

  denominator = 1n;

  /** @param {number} coins @param {{amount_minor: number, coins: number}} each */
  add(coins, each) {
    const per = BigInt(each.coins);
    this.numerator = this.numerator * per + BigInt(coins) * BigInt(each.amount_minor) * this.denominator;
    this.denominator *= per;
  }

  /** @param {number} step */
  stepsUp(step) { const per = this.denominator * BigInt(step); return Number((this.numerator + per - 1n) / per); }

  /** @param {number} step */
  nearestSteps(step) { const per = this.denominator * BigInt(step); return Number((this.numerator * 2n + per) / (per * 2n)); }
}

/**
 * @param {OpenLot[]} lots in the order in which they are spent, all in the rate's currency
 * @param {Rate} rate "`amount_minor` buys `coins`" on the web
 * @returns {(count: number, spent?: number) => import("./types.js").Money} `spent`: so many go before them
 */
export function worthOf(lots, rate) {
  return (count, spent = 0) => {
    const [cost, listed] = [new Sum(), new Sum()];
    let [skip, left] = [spent, count];
    for (const lot of lots) {
      const open = Math.max(0, lot.unspent - skip);
      skip = Math.max(0, skip - lot.unspent);
      const taken = Math.min(open, left);
      if (taken) (lot.paid ? cost : listed).add(taken, lot);
      left -= taken;
    }
    if (left) listed.add(left, rate);
    const steps = cost.nearestSteps(rate.step_minor) + listed.stepsUp(rate.step_minor);
    return { amount_minor: Math.max(steps, Math.min(count, 1)) * rate.step_minor, currency: rate.currency }; // never nothing
  };
}
