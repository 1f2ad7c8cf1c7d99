// How pages write numbers and money, in the language and with the decimals the server gave them.
import assert from "node:assert/strict";
import { test } from "node:test";

/** The module as a page of a locale loads it. */
async function formatted(locale, words) {
  const texts = { words: JSON.stringify(words), "page-words": "{}" };
  globalThis.document = {
    documentElement: { dataset: { locale, mediaOrigins: "https://media.example" }, lang: locale.slice(0, 2) },
    getElementById: (id) => ({ textContent: texts[id] }),
  };
  globalThis.location = new URL("https://live.example/rooms/1");
  const fresh = `?${encodeURIComponent(locale)}`;
  return import(`../../src/plaudit/web/static/js/format.js${fresh}`);
}

test("money has the decimals of its currency, and none where the server says so", async () => {
  const { money, number, share, loadable } = await formatted("en-US", { decimals: { USD: 2, JPY: 0, KWD: 3 }, whole: ["USD"] });
  const shown = (amount_minor, currency) => money({ amount_minor, currency }).replace(/\s/u, " ");
  assert.equal(shown(7, "KWD"), "KWD 0.007");
  assert.equal(shown(1_234_500, "USD"), "$12,345");
  assert.equal(shown(-105, "USD"), "-$1.05");
  assert.equal(shown(1_500, "JPY"), "¥1,500");
  assert.equal(shown(9_007_199_254_740_991, "USD"), "$90,071,992,547,409.91");
  assert.equal(money(null), "");
  assert.equal(number(12_500), "12,500");
  assert.equal(share(2_550), "25.5%");
  assert.deepEqual(
    ["/art/rose.svg", "https://media.example/a.png", "https://evil.example/a.png", "javascript:alert(1)", ""].map(loadable),
    [true, true, false, true, false],
  );
});
