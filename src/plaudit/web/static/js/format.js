// How components write numbers, money and times, and where static files lie.
import { fill, formOf, locale, say, words } from "./words.js";

const STATIC_ROOT = new URL("../", import.meta.url);
const numbers = new Intl.NumberFormat(locale);
const compact = new Intl.NumberFormat(locale, { notation: "compact", maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat(locale, { timeStyle: "short", hourCycle: "h23" });
const days = new Intl.DateTimeFormat(locale, { dateStyle: "medium" });
const shares = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 2 });
/** @type {Map<string, Intl.NumberFormat>} */
const currencies = new Map();

/** 12,500 @param {number} value */
export const number = (value) => numbers.format(value);

const letters = globalThis.Intl?.Segmenter ? new Intl.Segmenter(undefined, { granularity: "grapheme" }) : null;

/** What a reader takes for the first letter: a letter with its marks, a flag, a family. @param {string} text */
export const initial = (text) => (letters ? [...letters.segment(text)][0]?.segment : [...text][0]) ?? "";

/** 12.5K @param {number} value */
export const compactNumber = (value) => compact.format(value);

/** "1 coin", "12,500 coins" @param {number} value */
export const coins = (value) => sayOf("coins", value);

/** "1 diamond", "8,400 diamonds" @param {number} value */
export const diamonds = (value) => sayOf("diamonds", value);

/** The word after a number of coins. @param {number} value */
export const coinUnit = (value) => sayOf("coin_unit", value);

/** A text about a number of things, in the form its language has for that number. @param {string} name @param {number} count @param {Record<string, string>} [places] */
export const sayOf = (name, count, places = {}) => fill(formOf(words[name] ?? {}, count), { count: numbers.format(count), ...places });

/**
 * Who gave at a moment, and how many more; empty: nobody who is told.
 * @param {import("./timeline.js").Mark} mark @param {"moment_from" | "moment_by"} text
 */
export function giversOf({ senders, givers }, text) {
  const places = { names: senders.map(({ name }) => name).join(", ") };
  if (!senders.length) return "";
  if (givers === null) return say(`${text}_others`, places);
  return givers > senders.length ? sayOf(`${text}_more`, givers - senders.length, places) : say(text, places);
}

/** Basis points as a share: 19%, 25.5 %. @param {number} bps */
export const share = (bps) => shares.format(bps / 10_000);

/** How many decimals a currency has by ISO 4217; browsers go by what is paid in cash. @param {string} currency @returns {number} */
export const decimals = (currency) => words.decimals?.[currency] ?? (words.decimals ? 2 : browserDecimals(currency));

/** @param {string} currency */
const browserDecimals = (currency) => new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;

/** $0.74 @param {import("./types.js").Money | null | undefined} value @returns {string} */
export function money(value) {
  if (!value) return "";
  const places = decimals(value.currency);
  const whole = words.whole?.includes(value.currency) && value.amount_minor % 10 ** places === 0;
  const shown = whole ? 0 : places;
  const key = `${value.currency}${shown}`;
  let format = currencies.get(key);
  if (!format) {
    format = new Intl.NumberFormat(locale, { style: "currency", currency: value.currency, minimumFractionDigits: shown, maximumFractionDigits: shown });
    currencies.set(key, format);
  }
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

/** Hours and minutes in the reader's zone; of another day than today that day. @param {string | undefined} instant */
export function moment(instant) {
  if (!instant) return "";
  const at = new Date(instant);
  return at.toDateString() === new Date().toDateString() ? clock.format(at) : days.format(at);
}

/** A place in a video: 0:42, 1:02:03. @param {number} ms */
export function playingTime(ms) {
  const [hours, minutes, seconds] = [Math.floor(ms / 3_600_000), Math.floor(ms / 60_000) % 60, Math.floor(ms / 1000) % 60];
  const two = (/** @type {number} */ part) => String(part).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
}

/** The address of a static file; what is an address already stays. @param {string} path */
export function asset(path) {
  if (!/^(https?:|data:|blob:|\/)/.test(path)) return new URL(path, STATIC_ROOT).href;
  return loadable(path) ? path : new URL("art/mark.svg", STATIC_ROOT).href;
}

const elsewhere = new Set((document.documentElement.dataset.mediaOrigins ?? "").split(" "));

/** Whether this page may load an address: what is not allowed is not asked for. @param {string} address */
export function loadable(address) {
  if (!address) return false;
  const { origin, protocol } = new URL(address, location.href);
  return !/^https?:$/.test(protocol) || origin === location.origin || elsewhere.has(origin);
}
