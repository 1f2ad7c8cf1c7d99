// What is new of a video, while anybody may look at it: a stream that is refused is asked for again, unless it is refused for good.
import assert from "node:assert/strict";
import { test } from "node:test";
import { addressesOf } from "../../src/plaudit/web/static/js/video-address.js";
import { VideoEvents } from "../../src/plaudit/web/static/js/video-events.js";

/** A browser whose server refuses the stream, and answers so when it is asked why. */
function refusing(status, problem) {
  const opened = [];
  globalThis.document = Object.assign(new EventTarget(), { hidden: false });
  globalThis.EventSource = class extends EventTarget {
    static CLOSED = 2;
    readyState = 2;
    constructor(address) {
      super();
      this.address = address;
      opened.push(this);
    }
    close() {}
  };
  globalThis.fetch = async (address) => {
    opened.asked = address;
    return new Response(JSON.stringify(problem), { status });
  };
  return opened;
}

for (const [status, code] of [[410, "video_deleted"], [403, "video_private"], [404, "video_unknown"]]) {
  test(`a video that answers ${status} is asked about once, and the page is told`, async () => {
    const opened = refusing(status, { code });
    const told = await new Promise((gone) => {
      new VideoEvents(addressesOf("1", ""), () => {}, () => {}, gone).start();
      opened[0].dispatchEvent(new Event("error"));
    });
    assert.equal(told, code);
    document.dispatchEvent(new Event("visibilitychange"));
    assert.equal(opened.length, 1);
  });
}

test("a stream that is refused for now is asked for again", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const opened = refusing(503, {});
  const events = new VideoEvents(addressesOf("1", ""), () => {}, () => {}, () => assert.fail("it is there"));
  events.start();
  opened[0].dispatchEvent(new Event("error"));
  await new Promise((resolve) => setImmediate(resolve));
  t.mock.timers.tick(60_000);
  assert.equal(opened.length, 2);
  events.stop();
});

for (const [key, cursor, events, about] of [
  ["", "", "/v1/videos/1/events", "/v1/videos/1"],
  ["", "7:2", "/v1/videos/1/events?cursor=7%3A2", "/v1/videos/1"],
  ["ab12", "", "/v1/videos/1/events?key=ab12", "/v1/videos/1?key=ab12"],
  ["ab12", "7:2", "/v1/videos/1/events?cursor=7%3A2&key=ab12", "/v1/videos/1?key=ab12"],
]) {
  test(`all that is asked of a video has its key: “${key}”, after “${cursor}”`, async () => {
    const opened = refusing(410, { code: "video_deleted" });
    await new Promise((gone) => {
      new VideoEvents(addressesOf("1", key), () => {}, () => {}, gone).start(cursor);
      opened[0].dispatchEvent(new Event("error"));
    });
    assert.deepEqual([opened[0].address, opened.asked], [events, about]);
  });
}
