// What the server and a screen of a room say to each other. Made of plaudit/live/conversation.py by
// `python -m plaudit.http.typescript`.

/** The first message. */
export interface Hello {
  type: "hello";
  /** Of the room, or of the video. */
  room_id: string;
  /** Where the screen is: `<epoch>:<seq>`. */
  cursor: string;
  /** The server's clock: ids are made by it, and ages told. */
  now: string;
  /** Say `ping` that often; something comes back. */
  heartbeat_s: number;
  /** Who is signed in; null: a guest, who can watch. */
  viewer: PersonCard | null;
  coins: number | null;
}

/** What happened, in order. `backlog`: it is the past. Up to the cursor of the first `hello` it is history, to be shown without fanfare; what comes after that was missed, and is news while it is young. */
export interface Frames {
  type: "frames";
  /** Where the screen is: `<epoch>:<seq>`. */
  cursor: string;
  backlog: boolean;
  frames: Array<GiftFrame | ChatFrame | RoomFrame | ReversalFrame | MessageRemovedFrame>;
}

/** Gifts that arrived together. */
export interface GiftFrame {
  kind: "gift";
  /** Its number in the room. */
  seq: number;
  /** RFC 3339, UTC. */
  at: string;
  gifts: Array<ShownGift>;
}

/** A gift as a screen shows it. */
export interface ShownGift {
  id: string;
  sender: PersonCard;
  creator_id: string;
  item_id: number;
  count: number;
  /** What was paid for all `count` of them. */
  coins: number;
  combo: Combo;
  /** What the sender says with it. */
  message?: string;
  /** Who sent it is not told: `sender` is nobody, whose id is `0`. */
  anonymous?: boolean;
  /** Where in the video. */
  position_ms?: number;
}

/** Gifts of one item by one sender in quick succession: `count` is all of them so far. */
export interface Combo {
  id: string;
  count: number;
  expires_at: string;
}

/** What was said. */
export interface ChatFrame {
  kind: "chat";
  /** Its number in the room. */
  seq: number;
  /** RFC 3339, UTC. */
  at: string;
  messages: Array<ShownMessage>;
}

/** A chat message. */
export interface ShownMessage {
  id: string;
  sender: PersonCard;
  text: string;
}

/** The room began, ended, or changed. */
export interface RoomFrame {
  kind: "room";
  /** Its number in the room. */
  seq: number;
  /** RFC 3339, UTC. */
  at: string;
  event: "ended" | "gifts_paused" | "gifts_resumed" | "stage_changed" | "started";
  /** What it shows from then on; null: its cover. */
  stage_url: string | null;
  stage_kind: "hls" | "page";
}

/** Totals and top gifters change. Whose gifts it was is told to their creator only. */
export interface ReversalFrame {
  kind: "reversal";
  /** Its number in the room. */
  seq: number;
  /** RFC 3339, UTC. */
  at: string;
  event: "given_back" | "taken_back";
}

/** The words of a gift were taken away: they are to be shown no more, and the frame that showed them has none. */
export interface MessageRemovedFrame {
  kind: "message_removed";
  /** Its number in the room. */
  seq: number;
  /** RFC 3339, UTC. */
  at: string;
  /** The gift, which stays. */
  gift_id: string;
}

/** What is not kept: how many watch, and the totals. Every two seconds when it changed. */
export interface State {
  type: "state";
  viewers: number;
  coins: number;
  top_gifters: Array<TopGifter>;
  /** Whether people are ranked by coins; else, by the rules of its place, nobody is named. */
  ranked: boolean;
  /** Whether no gift can be received here just now. */
  gifts_closed: boolean;
}

/** Somebody among the most generous of a room. */
export interface TopGifter {
  rank: number;
  person: PersonCard;
  coins: number;
}

/** What became of a command. `problem` is a problem document, with `retry_after_s` where waiting helps. */
export interface Answer {
  type: "answer";
  /** Of the command; null when it could not be read. */
  id: string | null;
  ok: boolean;
  gift?: Gift;
  problem?: { code: string; [field: string]: unknown };
}

/** A gift that was charged. */
export interface Gift {
  id: string;
  /** Null: it is on a video. */
  room_id: string | null;
  creator_id: string;
  item_id: number;
  count: number;
  coins: number;
  coins_after: number;
  combo: Combo;
  at: string;
  video_id?: string;
  /** Where in the video. */
  position_ms?: number;
  message?: string;
  /** Others are not told who sent it. */
  anonymous?: boolean;
  /** Of a sender with limits, when it is new. */
  given?: GivenSoFar;
}

/** How far the sender's own limits are with this gift, in minor units of their currency (`GET /v1/me/limits`). */
export interface GivenSoFar {
  session_minor: number;
  /** Of the longest period that has a limit. */
  period_minor: number | null;
  /** Now the sender wanted to be told how far they are. */
  reminds?: boolean;
}

/** The viewer's own coins, after each change. */
export interface WalletMoved {
  type: "wallet";
  coins: number;
}

/** The cursor is void: forget what was shown; a backlog follows. */
export interface Resync {
  type: "resync";
  /** Where the screen is: `<epoch>:<seq>`. */
  cursor: string;
  reason: "epoch" | "too_far";
}

/** A sign of life. */
export interface Pong {
  type: "pong";
}

/** Send a gift. */
export interface GiftCommand {
  type: "gift";
  /** UUID of version 7; repeating it repeats the answer. */
  id: string;
  item_id: number;
  count?: number;
  coins?: number | null;
  creator_id?: string | null;
  confirmed_minor?: number | null;
}

/** Say something. */
export interface ChatCommand {
  type: "chat";
  /** UUID of version 7; the same id twice appears once. */
  id: string;
  text: string;
}

/** Ask for a sign of life. */
export interface PingCommand {
  type: "ping";
}

/** What everybody may know about a person. */
export interface PersonCard {
  /** The person. */
  id: string;
  /** The name to show. */
  name: string;
  /** Address of a picture; empty: none. */
  avatar: string;
}

export type AnyFrame = GiftFrame | ChatFrame | RoomFrame | ReversalFrame | MessageRemovedFrame;

export type ServerMessage = Hello | Frames | State | Answer | WalletMoved | Resync | Pong;

export type Command = GiftCommand | ChatCommand | PingCommand;
