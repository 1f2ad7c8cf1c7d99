// Ids made by a page.
import assert from "node:assert/strict";
import { test } from "node:test";
import { uuid7 } from "../../src/plaudit/web/static/js/uuid7.js";

test("an id is of version 7, tells its moment, and sorts by it", () => {
  const moments = [0, 1, 2 ** 32 - 1, 2 ** 32, 1_795_953_600_123, 2 ** 48 - 1];
  const ids = moments.map((moment) => uuid7(moment));
  for (const [index, id] of ids.entries()) {
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u);
    assert.equal(parseInt(id.replaceAll("-", "").slice(0, 12), 16), moments[index]);
  }
  assert.deepEqual([...ids].sort(), ids);
  assert.equal(new Set(Array.from({ length: 1_000 }, () => uuid7(0))).size, 1_000);
});
