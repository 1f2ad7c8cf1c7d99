// Gifts along a video: marks that are near are one, each gift counts once, and what is jumped over is not shown.
import assert from "node:assert/strict";
import { test } from "node:test";
import { framesAfter } from "../../src/plaudit/web/static/js/frames-after.js";
import { GivenMoments, Passing } from "../../src/plaudit/web/static/js/timeline.js";

const [ada, bob, cid, dot, hidden] = [{ id: "1", name: "Ada" }, { id: "2", name: "Bob" }, { id: "3", name: "Cid" }, { id: "4", name: "Dot" }, { id: "0", name: "" }];
const mark = (at_ms, coins, senders = [ada], count = 1, item_id = coins, givers = senders.length) => ({ at_ms, coins, senders, count, item_id, givers });
const gift = (id, position_ms, coins = 5) => ({ id, position_ms, coins, item_id: coins, sender: bob });
const counts = (marks) => marks.map((one) => [one.at_ms, one.count]);

test("marks that are nearer than a finger are one, at the moment and with the item of the dearest", () => {
  const given = new GivenMoments();
  given.replace([mark(1_000, 5), mark(2_500, 90, [bob], 3), mark(3_000, 7), mark(4_500, 8), mark(40_000, 1)], "1:9");
  assert.deepEqual(given.marks(2_000), [
    { at_ms: 2_500, count: 5, coins: 102, item_id: 90, senders: [bob, ada], givers: 2 },
    { at_ms: 4_500, count: 1, coins: 8, item_id: 8, senders: [ada], givers: 1 },
    { at_ms: 40_000, count: 1, coins: 1, item_id: 1, senders: [ada], givers: 1 },
  ]);
  assert.equal(given.marks(0).length, 5);
});

test("a mark says how many gave as far as that is known", () => {
  const many = mark(1_000, 90, [ada, bob, cid], 40, 90, 7);
  const merge = (...marks) => {
    const given = new GivenMoments();
    given.replace(marks, "1:9");
    const [{ senders, givers }] = given.marks(2_000);
    return [senders.map(({ name }) => name).join(""), givers];
  };
  assert.deepEqual(merge(many), ["AdaBobCid", 7]);
  assert.deepEqual(merge(mark(1_000, 2, [ada]), mark(1_500, 1, [ada, bob])), ["AdaBob", 2]);
  assert.deepEqual(merge(mark(1_000, 3, [ada, bob]), mark(1_500, 2, [cid]), mark(1_700, 1, [dot])), ["AdaBobCid", 4]);
  assert.deepEqual(merge(many, mark(1_500, 1, [bob])), ["AdaBobCid", 7]); // she is among them
  assert.deepEqual(merge(many, mark(1_500, 1, [dot])), ["AdaBobCid", null]); // who may be
  assert.deepEqual(merge(many, mark(1_500, 1, [ada, bob, cid], 9, 1, 5)), ["AdaBobCid", null]);
  assert.deepEqual(merge(mark(1_000, 2, [ada]), mark(1_500, 1, [], 1, 1, null)), ["Ada", null]);
  const given = new GivenMoments();
  given.add({ ...gift("seen", 1_000), sender: ada });
  given.add({ ...gift("unseen", 40_000), sender: hidden });
  assert.deepEqual(given.marks(0).map((one) => [one.senders.length, one.givers]), [[1, 1], [0, null]]);
});

test("a gift counts once: by its answer, by its frame, and by the server's marks", () => {
  const given = new GivenMoments();
  given.replace([], "1:3");
  given.add(gift("own", 42_000));
  given.add(gift("own", 42_000), 4);
  given.add(gift("other", 7_000), 5);
  given.add({ ...gift("nowhere"), position_ms: undefined }, 5);
  assert.deepEqual(counts(given.marks(0)), [[7_000, 1], [42_000, 1]]);
  given.replace([mark(42_000, 5)], "1:4"); // it has the first, not yet the second
  assert.deepEqual(counts(given.marks(0)), [[7_000, 1], [42_000, 1]]);
  given.replace([mark(7_000, 5), mark(42_000, 5)], "1:5");
  given.add(gift("other", 7_000), 5); // told again
  assert.deepEqual(counts(given.marks(0)), [[7_000, 1], [42_000, 1]]);
  given.add(gift("late", 7_000));
  given.replace([mark(7_000, 5), mark(42_000, 5)], "1:5"); // its frame has not come
  assert.deepEqual(counts(given.marks(1_000)), [[7_000, 2], [42_000, 1]]);
  given.add(gift("late", 7_000), 5); // it is among the marks
  assert.deepEqual(counts(given.marks(1_000)), [[7_000, 1], [42_000, 1]]);
});

test("a moment is passed by playing, once, and not by jumping over it", () => {
  const passing = new Passing();
  const marks = [0, 1_000, 1_200, 30_000, 42_000].map((at) => mark(at, 1));
  const moves = (...places) => places.map((place) => passing.move(place, marks).map((one) => one.at_ms));
  assert.deepEqual(moves(0, 250, 500), [[0], [], []]);
  assert.deepEqual(moves(1_200, 1_200, 1_450), [[1_000, 1_200], [], []]);
  assert.deepEqual(moves(41_900, 42_100), [[], [42_000]]);
  passing.jump(30_000); // by its mark
  assert.deepEqual(moves(30_000, 30_200), [[30_000], []]);
  assert.deepEqual(moves(900, 1_100), [[], [1_000]]);
});

test("frames that were seen are not told again, unless all begins anew", () => {
  const message = { cursor: "2:5", frames: [{ seq: 4 }, { seq: 5 }] };
  assert.deepEqual(framesAfter("2:4", message), [{ seq: 5 }]);
  assert.deepEqual(framesAfter("2:9", message), []);
  assert.deepEqual(framesAfter("1:9", message), message.frames);
  assert.deepEqual(framesAfter("", message), message.frames);
});
