// Names in sentences, and their first letters.
import assert from "node:assert/strict";
import { test } from "node:test";

Object.assign(globalThis, { document: { documentElement: { dataset: {}, lang: "en" }, getElementById: () => null } });
const { fill } = await import("../../src/plaudit/web/static/js/words.js");
const { initial } = await import("../../src/plaudit/web/static/js/format.js");

test("a name that runs from right to left turns nothing beside it", () => {
  assert.equal(fill("{name}: {count} roses, {other}", { name: "\u0639\u0644\u06cc", count: "3" }), "\u2068\u0639\u0644\u06cc\u2069: 3 roses, {other}");
  assert.equal(fill("{name}", { name: "\u05d3\u05e0\u05d4" }), "\u2068\u05d3\u05e0\u05d4\u2069");
  assert.equal(fill("{name} {other}", { name: "Ada \u{1f451}", other: "\u5e83\u4eba" }), "Ada \u{1f451} \u5e83\u4eba");
});

test("the first letter is what a reader takes for it", () => {
  const family = "\u{1f468}\u200d\u{1f469}\u200d\u{1f467}";
  for (const [name, first] of [["Ada", "A"], ["\u{1f451}Queen", "\u{1f451}"], [`${family}Ito`, family], ["E\u0301milie", "E\u0301"], ["", ""]]) {
    assert.equal(initial(name), first);
  }
});
