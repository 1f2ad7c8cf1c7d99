// How components write numbers, money and times, and where static files lie.

const STATIC_ROOT = new URL("../", import.meta.url);
const numbers = new Intl.NumberFormat("en-US");
const compact = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat("en", { timeStyle: "short", hourCycle: "h23" });
/** @type {Map<string, Intl.NumberFormat>} */
const currencies = new Map();

/** 12,500 @param {number} value */
export const number = (value) => numbers.format(value);

/** 12.5K @param {number} value */
export const compactNumber = (value) => compact.format(value);

/** "1 coin", "12,500 coins" @param {number} value */
export const coins = (value) => `${numbers.format(value)} ${value === 1 ? "coin" : "coins"}`;

/** $0.74 @param {import("./types.js").Money | null | undefined} value @returns {string} */
export function money(value) {
  if (!value) return "";
  let format = currencies.get(value.currency);
  if (!format) {
    format = new Intl.NumberFormat("en-US", { style: "currency", currency: value.currency });
    currencies.set(value.currency, format);
  }
  const places = format.resolvedOptions().maximumFractionDigits ?? 2;
  const digits = String(Math.abs(value.amount_minor)).padStart(places + 1, "0");
  const text = places ? `${digits.slice(0, -places)}.${digits.slice(-places)}` : digits;
  return format.format(/** @type {Intl.StringNumericLiteral} */ ((value.amount_minor < 0 ? "-" : "") + text));
}

/**
 * A function from coins to money by the rate "`amount_minor` buys `coins`", rounded half up in integers.
 * @param {{amount_minor: number, currency: string, coins: number}} rate
 * @returns {(count: number) => import("./types.js").Money}
 */
export function moneyByRate(rate) {
  const per = BigInt(rate.coins);
  return (count) => ({
    amount_minor: Number((BigInt(count) * BigInt(rate.amount_minor) * 2n + per) / (per * 2n)),
    currency: rate.currency,
  });
}

/** Hours and minutes in the reader's zone. @param {string | undefined} instant */
export const time = (instant) => (instant ? clock.format(new Date(instant)) : "");

/** The address of a static file; what is an address already stays. @param {string} path */
export const asset = (path) => (/^(https?:|data:|blob:|\/)/.test(path) ? path : new URL(path, STATIC_ROOT).href);
