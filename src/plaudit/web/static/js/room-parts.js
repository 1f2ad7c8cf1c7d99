// Parts that rooms of the house add to the pages of a live room: each hears the frames of its kind.

/** @typedef {import("./room-messages.js").AnyFrame} AnyFrame */

/** @type {Map<string, ((frame: any, backlog: boolean) => void)[]>} */
const hearing = new Map();

/**
 * Have each frame of a kind told, in order, those of the past with `backlog`.
 * @template {AnyFrame["kind"]} K
 * @param {K} kind
 * @param {(frame: Extract<AnyFrame, {kind: K}>, backlog: boolean) => void} hear
 */
export function onFrame(kind, hear) {
  hearing.set(kind, [...hearing.get(kind) ?? [], hear]);
}

/** Tell the parts what came. @param {AnyFrame[]} frames @param {boolean} backlog */
export function tellParts(frames, backlog) {
  for (const frame of frames) for (const hear of hearing.get(frame.kind) ?? []) hear(frame, backlog);
}
