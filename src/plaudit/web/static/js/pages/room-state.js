// What a room allows just now, as its events say.

export class RoomState {
  /** @param {"scheduled" | "live" | "ended"} state @param {boolean} giftsEnabled @param {boolean} own the reader is its creator */
  constructor(state, giftsEnabled, own) {
    this.state = state;
    this.giftsEnabled = giftsEnabled;
    this.own = own;
  }

  get live() { return this.state === "live"; }
  get open() { return this.reason === ""; }

  /** Why nothing can be sent now; empty: it can. */
  get reason() {
    if (this.state === "ended") return "The room has ended. Thank you for being here.";
    if (this.state === "scheduled") return "Gifts open when the room goes live.";
    if (this.own) return "This is your room. Gifts come from the others.";
    return this.giftsEnabled ? "" : "The creator has paused gifts.";
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
    return { started: "The room is live.", ended: "The room has ended.", gifts_paused: "Gifts are paused.", gifts_resumed: "Gifts are open again." }[event] ?? "";
  }
}
