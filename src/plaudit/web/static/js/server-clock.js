// The server's clock: what a device believes may be days away from it, and ids, promises and ages are the server's.

/** What the device's clock is behind, in milliseconds. */
let behind = 0;

/** The server has just said what time it is. @param {number} now milliseconds since 1970 */
export function noteServerTime(now) {
  if (Number.isFinite(now)) behind = now - Date.now();
}

/** Milliseconds since 1970, as the server counts them. */
export const serverNow = () => Date.now() + behind;

/** How long it is until a moment the server named; below zero: it is past. @param {string} moment RFC 3339 */
export const msUntil = (moment) => new Date(moment).getTime() - serverNow();

noteServerTime(Number.parseInt(globalThis.document?.documentElement.dataset.servedAtMs ?? "", 10));
