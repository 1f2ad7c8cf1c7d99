// What is meant once.
import assert from "node:assert/strict";
import { test } from "node:test";

// What `words.js`, which problems are said by, asks of a page.
Object.assign(globalThis, { document: { documentElement: { dataset: {}, lang: "en" }, getElementById: () => null } });
const { Meant } = await import("../../src/plaudit/web/static/js/meant.js");

test("the same act keeps its id until it is done, another act has another", () => {
  const meant = new Meant();
  const first = meant.idOf({ item: 1 });
  assert.equal(meant.idOf({ item: 1 }), first);
  const other = meant.idOf({ item: 2 });
  assert.notEqual(other, first);
  meant.done(first); // that one is over, not this
  assert.equal(meant.idOf({ item: 2 }), other);
  meant.done(other);
  assert.notEqual(meant.idOf({ item: 2 }), other);
});

test("what may have been done is asked for again under its id; what was done is over", async () => {
  /** @type {any[]} */ const bodies = [];
  let status = 422;
  Object.assign(globalThis, {
    fetch: async (/** @type {string} */ _, /** @type {any} */ { body }) => {
      bodies.push(JSON.parse(body));
      return new Response(status === 201 ? "{}" : '{"code": "x"}', { status, headers: { "Content-Type": "application/json" } });
    },
  });
  const meant = new Meant();
  await assert.rejects(meant.ask("/v1/conversions", { coins: 5 }));
  status = 201;
  await meant.ask("/v1/conversions", { coins: 5 });
  await meant.ask("/v1/conversions", { coins: 5 });
  const [refused, done, again] = bodies.map(({ id }) => id);
  assert.equal(refused, done);
  assert.notEqual(done, again);
});
