// What somebody is told whom a limit of their own stops: which, how much is left in money, until when, and where to see them all.
import { money, moment } from "./format.js";
import { fill, say, words } from "./words.js";

const PAGE = "/limits";

/** Whether a problem is that. @param {{code?: string}} problem */
export const isHeld = ({ code }) => code === "own_limit_reached";

/** @param {{brake?: string, room?: import("./types.js").Money | null, ends_at?: string | null, [field: string]: any}} problem @returns {string} */
export const heldWords = ({ brake = "", room, ends_at: endsAt }) =>
  fill(words.held_by?.[brake] ?? words.problems.own_limit_reached, { left: money(room), moment: moment(endsAt ?? undefined) });

/** For a short message. */
export const toLimits = () => ({ label: say("your_limits"), run: () => location.assign(PAGE) });

/** For a place in a page. */
export const limitsLink = () => Object.assign(document.createElement("a"), { href: PAGE, textContent: say("your_limits") });
