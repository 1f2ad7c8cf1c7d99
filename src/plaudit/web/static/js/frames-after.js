// Frames are numbered, and each is shown once: what a screen has seen already is left out.

/**
 * @template {{cursor: string, frames: {seq: number}[]}} M
 * @param {string} cursor where the screen is; empty: nowhere yet
 * @param {M} message
 * @returns {M["frames"]} those that are new
 */
export function framesAfter(cursor, message) {
  const [epoch, seen] = cursor.split(":");
  const sameEpoch = epoch === message.cursor.split(":")[0];
  return sameEpoch ? message.frames.filter((frame) => frame.seq > Number(seen)) : message.frames;
}
