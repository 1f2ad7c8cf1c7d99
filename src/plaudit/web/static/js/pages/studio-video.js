// Gifts of a video for its creator: those of before, those that come, thanks for them, and words that are taken away.
import "../components/gift-feed.js";
import { ProblemError, api, pageData, renew } from "../api.js";
import { confirmed } from "../forms.js";
import { Items } from "../items.js";
import { toast } from "../toast.js";
import { addressesOf } from "../video-address.js";
import { VideoEvents } from "../video-events.js";
import { nameOf, say } from "../words.js";
import { Thanking } from "./thanking.js";

const PAGE = 200;
const SUMMED_MS = 3_000; // sums follow what happens

const data = pageData();
const find = (/** @type {string} */ selector) => /** @type {any} */ (document.querySelector(selector));
const items = new Items({ lang: data.lang });
items.current = data.items;
const feed = find("gift-feed");
const received = `/v1/creators/me/videos/${data.video_id}/received-gifts?`;
const thanking = new Thanking(feed, received);

/** What is known of the gifts of this video, read anew: whom each is to, and what was taken back, is told to its creator only. */
async function read() {
  try {
    const { items: gifts, next } = await api("GET", `${received}limit=${PAGE}`);
    await items.load(gifts.map((/** @type {any} */ gift) => ({ kind: "gift", at: gift.at, gifts: [gift] })));
    for (const gift of gifts) thanking.know(gift);
    feed.addAll(gifts.reverse().map((/** @type {any} */ gift) => ({ ...gift, item: items.of(gift.at, gift), combo: null })).filter((/** @type {any} */ gift) => gift.item));
    feed.removeWords(gifts.filter((/** @type {any} */ gift) => !gift.message).map((/** @type {any} */ gift) => gift.id));
    feed.setThanked(gifts.filter((/** @type {any} */ gift) => gift.thanked_at).map((/** @type {any} */ gift) => gift.id));
    feed.setTakenBack(gifts.map((/** @type {any} */ gift) => [gift.id, gift.coins_taken_back]));
    find("[data-more]").hidden = !next;
  } catch (error) {
    toast(error instanceof ProblemError ? error.message : say("past_unread"), { tone: "bad" });
  }
  find("[data-loading]")?.remove();
  feed.hidden = false;
  void thanking.count();
}

feed.addEventListener("gift-words-remove", (/** @type {CustomEvent} */ event) => void removeWords(event.detail.gift));

/** Takes the words of a gift away, if that is really meant. @param {import("../types.js").Gift} gift */
async function removeWords(gift) {
  const words = { words: gift.message ?? "", name: nameOf(gift.sender) };
  const sure = await confirmed({ title: say("remove_words_title"), text: say("remove_words_text", words), action: say("remove_words"), danger: true });
  if (!sure) return;
  try {
    await api("DELETE", `/v1/videos/${data.video_id}/frames/${gift.seq}/gifts/${gift.id}/message`);
    feed.removeWords([gift.id]);
    await feed.updateComplete;
    (feed.querySelector(`[data-gift-id="${gift.id}"] .thank:not(:disabled)`) ?? find("#gifts-title")).focus();
    toast(say("words_removed"));
  } catch (error) {
    toast(error instanceof ProblemError ? error.message : say("words_not_removed"), { tone: "bad" });
  }
}

/** @type {ReturnType<typeof setTimeout> | undefined} */ let soon;

/** Something happened: the list shows it at once, the sums a little later. */
function hear() {
  void read();
  soon ??= setTimeout(() => {
    soon = undefined;
    renew("#figures").catch(() => {}); // what is shown stays
  }, SUMMED_MS);
}

void read();
if (data.shown) new VideoEvents(addressesOf(data.video_id, ""), hear, hear, () => void renew("#about").catch(() => {})).start();
