// Words that could be about buying coins elsewhere, and words that are not.
import assert from "node:assert/strict";
import { test } from "node:test";
import { mayBeASale } from "../../src/plaudit/web/static/js/scam-words.js";

test("a line is shown where coins and another place come together", () => {
  for (const text of ["cheap coins at coinz.shop", "get COINS on www.x.y", "Münzen billig, Telegram!", "コインを安く売ります", "monedas baratas por WhatsApp"])
    assert.equal(mayBeASale(text), true, text);
  for (const text of ["thank you for the coins", "coincidence: my site is example.com", "I love www.example.com", "", "cheap trick!"])
    assert.equal(mayBeASale(text), false, text);
});
