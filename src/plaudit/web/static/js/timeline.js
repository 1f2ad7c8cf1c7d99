// Gifts along a video: marks that the server merged, what came since, and what is passed while the video plays. No page is needed.

/** @typedef {{id: string, name: string}} Sender */
/**
 * Gifts of one moment, or of some that are near. `senders` are a few of its givers; `givers` says how many there are, null: more than these.
 * @typedef {{at_ms: number, count: number, coins: number, item_id: number, senders: Sender[], givers: number | null}} Mark
 */
/** @typedef {{id: string, position_ms?: number, coins: number, item_id: number, sender: Sender}} Given */

const PLAYED_AT_ONCE_MAX_MS = 2_500; // between two looks at a player; more is a jump

/** Who gave is told at most so often. */
const SENDERS_MAX = 3;

/** What was given on a video, by moment: the server's marks up to one of its frames, and gifts of later ones. */
export class GivenMoments {
  /** @type {Mark[]} */ #marks = [];
  #seq = 0;
  /** Gifts since, with the number of their frame; 0: it has not come yet. @type {Map<string, {gift: Given, seq: number}>} */ #since = new Map();

  /** What the server knows. @param {Mark[]} marks @param {string} cursor up to which frame */
  replace(marks, cursor) {
    this.#marks = marks;
    this.#seq = Number(cursor.split(":")[1]);
    for (const [id, { seq }] of this.#since) if (seq && seq <= this.#seq) this.#since.delete(id);
  }

  /** A gift that came, once however often it is told. @param {Given} gift @param {number} [seq] of its frame */
  add(gift, seq = 0) {
    if (gift.position_ms === undefined) return;
    if (seq && seq <= this.#seq) this.#since.delete(gift.id);
    else this.#since.set(gift.id, { gift, seq: seq || (this.#since.get(gift.id)?.seq ?? 0) });
  }

  /** All marks in the order of the video, those nearer than `gapMs` as one. @param {number} gapMs @returns {Mark[]} */
  marks(gapMs) {
    const single = [...this.#since.values()].map(({ gift }) => ({
      at_ms: gift.position_ms ?? 0, count: 1, coins: gift.coins, item_id: gift.item_id, ...(gift.sender.name ? { senders: [gift.sender], givers: 1 } : { senders: [], givers: null }),
    }));
    return merged([...this.#marks, ...single].sort((a, b) => a.at_ms - b.at_ms), gapMs);
  }
}

/** The dearest stand, and what lies too near to one joins it. @param {Mark[]} marks in order @param {number} gapMs @returns {Mark[]} */
function merged(marks, gapMs) {
  /** @type {Mark[][]} */ const groups = [];
  for (const mark of [...marks].sort((a, b) => b.coins - a.coins)) {
    const near = groups.find(([dearest]) => Math.abs(mark.at_ms - dearest.at_ms) < gapMs);
    if (near) near.push(mark);
    else groups.push([mark]);
  }
  return groups.map(asOne).sort((a, b) => a.at_ms - b.at_ms);
}

/** Some marks as one, at the moment and with the item of the dearest. @param {Mark[]} marks the dearest first @returns {Mark} */
function asOne(marks) {
  const senders = new Map(marks.flatMap((mark) => mark.senders).map((one) => [one.id, one]));
  const sum = (/** @type {"count" | "coins"} */ what) => marks.reduce((all, mark) => all + mark[what], 0);
  return { at_ms: marks[0].at_ms, count: sum("count"), coins: sum("coins"), item_id: marks[0].item_id, senders: [...senders.values()].slice(0, SENDERS_MAX), givers: giversOf(marks, senders.size) };
}

/** How many gave in all: known where each is named, or where one mark has all that the others name. @param {Mark[]} marks @param {number} named */
function giversOf(marks, named) {
  const more = marks.filter((mark) => mark.givers !== mark.senders.length);
  if (!more.length) return named;
  const [first] = more;
  return more.length === 1 && named === first.senders.length ? first.givers : null;
}

/** Tells which moments a player passes: each when it is reached by playing, none that is jumped over. */
export class Passing {
  #last = -1;

  /** @param {number} nowMs where the player is @param {Mark[]} marks in order @returns {Mark[]} those passed since the last look */
  move(nowMs, marks) {
    const jumped = nowMs < this.#last || nowMs - this.#last > PLAYED_AT_ONCE_MAX_MS;
    const after = jumped ? nowMs - 1 : this.#last;
    this.#last = nowMs;
    return marks.filter((mark) => mark.at_ms > after && mark.at_ms <= nowMs);
  }

  /** The player was moved: what lies there is passed when it plays on. @param {number} nowMs */
  jump(nowMs) { this.#last = nowMs - 1; }
}
