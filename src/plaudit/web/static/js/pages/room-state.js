// What a room allows just now, as its events say.
import { say } from "../words.js";

export class RoomState {
  /** @param {"scheduled" | "live" | "ended"} state @param {boolean} giftsEnabled @param {boolean} own the reader is its creator @param {boolean} giftsClosed none can be received */
  constructor(state, giftsEnabled, own, giftsClosed) {
    this.state = state;
    this.giftsEnabled = giftsEnabled;
    this.own = own;
    this.giftsClosed = giftsClosed;
  }

  get live() { return this.state === "live"; }
  get open() { return this.reason === ""; }

  /** Why nothing can be sent now; empty: it can. */
  get reason() {
    if (this.state === "ended") return say("over");
    if (this.state === "scheduled") return say("not_yet");
    if (this.own) return say("own");
    if (this.giftsClosed) return say("closed");
    return this.giftsEnabled ? "" : say("paused");
  }

  /** @param {string} event */
  apply(event) {
    if (event === "started") this.state = "live";
    else if (event === "ended") this.state = "ended";
    else if (event === "gifts_paused") this.giftsEnabled = false;
    else if (event === "gifts_resumed") this.giftsEnabled = true;
  }

  /** @param {string} event */
  static words(event) {
    return say(`event_${event}`);
  }
}
