// What somebody is told whom a limit stops, of their own or of where they are: which, how much is left in money, until when,
// and where to see them all.
import { money, moment } from "./format.js";
import { fill, say, words } from "./words.js";

/** Whether a problem is that. @param {{code?: string}} problem */
export const isHeld = ({ code }) => code === "own_limit_reached" || code === "cap_reached";

/** @typedef {{code?: string, brake?: string, room?: import("./types.js").Money | null, ends_at?: string | null, [field: string]: any}} Held */

/** @param {Held} problem @returns {string} */
export const heldWords = ({ code, brake = "", room, ends_at: endsAt, cap, hours, left, fits_at: fitsAt }) =>
  code === "cap_reached"
    ? fill(words.capped_by[hours], { cap: money(cap), left: money(left) }) + (fitsAt ? ` ${fill(words.fits_at, { moment: moment(fitsAt) })}` : "")
    : fill(words.held_by?.[brake] ?? words.problems.own_limit_reached, { left: money(room), moment: moment(endsAt ?? undefined) });

/** @param {Held} problem */
const page = ({ code }) => (code === "cap_reached" ? { href: "/rules#caps", label: say("your_rules") } : { href: "/limits", label: say("your_limits") });

/** For a short message. @param {Held} problem */
export const toLimits = (problem) => ({ label: page(problem).label, run: () => location.assign(page(problem).href) });

/** For a place in a page. @param {Held} problem */
export const limitsLink = (problem) => Object.assign(document.createElement("a"), { href: page(problem).href, textContent: page(problem).label });
