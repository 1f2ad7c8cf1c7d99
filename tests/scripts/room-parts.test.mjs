// What parts of a live room's pages hear.
import assert from "node:assert/strict";
import test from "node:test";
import { onFrame, tellParts } from "../../src/plaudit/web/static/js/room-parts.js";

test("each part hears the frames of its kind, in order", () => {
  /** @type {any[]} */ const heard = [];
  onFrame("reversal", (frame, backlog) => heard.push(["first", frame.seq, backlog]));
  onFrame("reversal", (frame) => heard.push(["second", frame.seq]));
  onFrame("room", (frame) => heard.push([frame.event]));
  const frames = /** @type {any[]} */ ([{ kind: "reversal", seq: 1 }, { kind: "chat", seq: 2 }, { kind: "room", seq: 3, event: "ended" }, { kind: "reversal", seq: 4 }]);
  tellParts(frames, true);
  assert.deepEqual(heard, [["first", 1, true], ["second", 1], ["ended"], ["first", 4, true], ["second", 4]]);
});
