// <chat-log>: what people say and a line for each gift; stays at the newest unless the reader has scrolled back.
import { classMap, html, nothing, repeat } from "../../vendor/lit/lit.js";
import { asset, number } from "../format.js";
import { nameOf, say } from "../words.js";
import { PageElement, avatar, icon } from "./element.js";

/** @typedef {import("../types.js").ChatMessage} ChatMessage */
/** @typedef {import("../types.js").Gift} Gift */
/** @typedef {{key: string, kind: "chat" | "gift" | "note", sender?: import("../types.js").Person, text: string, art?: string, own?: boolean}} Line */

const LINES_MAX = 200;
const AT_END_PX = 48;

/** Property: `ownId` (the reader's person id). Methods: `addMessages(messages)`, `addGift(gift)`, `addNote(text)`, `clear()`. */
export class ChatLog extends PageElement {
  static properties = { ownId: { attribute: "own-id" }, lines: { state: true }, unread: { state: true } };

  constructor() {
    super();
    this.ownId = "";
    /** @type {Line[]} */ this.lines = [];
    this.unread = 0;
    this.notes = 0;
  }

  /** @param {ChatMessage[]} messages */
  addMessages(messages) {
    this.#append(messages.map(({ id, sender, text }) => ({ key: id, kind: "chat", sender, text, own: sender.id === this.ownId })));
  }

  /** A combo keeps one line that counts up. @param {Gift} gift */
  addGift(gift) {
    const key = `gift:${gift.combo?.id ?? gift.id}`;
    const count = gift.combo?.count ?? gift.count;
    const line = /** @type {Line} */ ({ key, kind: "gift", sender: gift.sender, text: say("sent", { gift: `${gift.item.name}${count > 1 ? ` ×${number(count)}` : ""}` }), art: gift.item.still });
    if (this.lines.some((known) => known.key === key)) this.lines = this.lines.map((known) => (known.key === key ? line : known));
    else this.#append([line]);
  }

  /** @param {string} text */
  addNote(text) { this.#append([{ key: `note:${(this.notes += 1)}`, kind: "note", text }]); }

  clear() {
    this.lines = [];
    this.unread = 0;
  }

  /** @param {Line[]} lines */
  #append(lines) {
    const known = new Set(this.lines.map((line) => line.key));
    const fresh = lines.filter((line) => !known.has(line.key));
    if (!fresh.length) return;
    const atEnd = this.#atEnd;
    this.lines = [...this.lines, ...fresh].slice(-LINES_MAX);
    if (atEnd) void this.updateComplete.then(() => this.#toEnd());
    else this.unread += fresh.length;
  }

  get #list() { return this.querySelector(".chat-lines"); }
  get #atEnd() {
    const list = this.#list;
    return !list || list.scrollHeight - list.scrollTop - list.clientHeight < AT_END_PX;
  }

  #toEnd() {
    this.#list?.scrollTo({ top: this.#list.scrollHeight });
    this.unread = 0;
  }

  render() {
    return html`<div class="chat-lines" role="log" aria-live="polite" aria-label=${say("chat")} tabindex="0" @scroll=${() => { if (this.#atEnd) this.unread = 0; }}>
        ${this.lines.length ? repeat(this.lines, (line) => line.key, (line) => this.#line(line)) : html`<p class="chat-note">${say("chat_empty")}</p>`}
      </div>
      ${this.unread ? html`<button type="button" class="button button-small chat-unread" @click=${this.#toEnd}>${icon("arrow-down", "s")}${say("unread", { count: number(this.unread) })}</button>` : nothing}`;
  }

  /** @param {Line} line */
  #line({ kind, sender, text, art, own }) {
    if (kind === "note" || !sender) return html`<p class="chat-note">${text}</p>`;
    return html`<div class=${classMap({ "chat-line": true, "chat-gift": kind === "gift", "is-own": Boolean(own) })}>${avatar(sender, "xs")}
      <span><span class="chat-name"><bdi>${nameOf(sender)}</bdi></span> <bdi>${text}</bdi></span>${art ? html`<img class="chat-art" src=${asset(art)} alt="">` : nothing}</div>`;
  }
}

customElements.define("chat-log", ChatLog);
