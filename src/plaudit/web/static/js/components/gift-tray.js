// <gift-tray>: what can be sent, what it costs in coins and in the viewer's money, how many, and what to do when coins are short.
import { classMap, html, nothing } from "../../vendor/lit/lit.js";
import { asset, coins, money, number, sayOf } from "../format.js";
import { Meant } from "../meant.js";
import { fill, say, words } from "../words.js";
import { PageElement, amountCoins, coinGlyph, icon } from "./element.js";

/** @typedef {import("../types.js").Item} Item */
/** @typedef {import("../types.js").Money} Money */

const COUNTS = [1, 10, 99];
const COUNT_MAX = 9_999;
const ALL = "all";
const SENT_MS = 1_000; // nothing is sent twice by a finger that was too quick
const AGAIN_MS = 3_000;

/**
 * Properties: `oneTap` (the name of the saved card that pays for what is missing; empty: none), `items` (Item[]), `balance` (coins, null for a guest), `moneyOf` (coins, coins before them => Money | null), `shortage`
 * ({coins_short, buys, price: Money | null, asking} | null; `asking`: the price comes in a moment), `busy`, `disabledReason` (why nothing can be sent now), `countMax`,
 * `meter` (how far the viewer's own limits are, as `Meter` has it; null: they have none), `messageMax` (characters of words that may go with a gift; 0: none), `message` (those words).
 * Events: `gift-send` {id, item_id, count, coins, message?}, to be told by `settle(id, isPosted)` what became of it; `gift-short` {id, item_id, count, coins, message?, coins_short}, `buy-exactly` {coins, at_once}, `buy-coins` {}, `sign-in` {item_id, count}.
 */
export class GiftTray extends PageElement {
  static properties = {
    items: { attribute: false }, balance: { type: Number }, moneyOf: { attribute: false }, shortage: { attribute: false }, oneTap: { attribute: "one-tap" }, busy: { type: Boolean },
    disabledReason: { attribute: "disabled-reason" }, countMax: { type: Number, attribute: "count-max" },
    meter: { attribute: false }, messageMax: { type: Number, attribute: "message-max" }, message: { attribute: false }, selectedId: { type: Number, attribute: "selected-id" }, count: { type: Number }, category: { state: true }, custom: { state: true }, progress: { state: true },
  };

  constructor() {
    super();
    /** @type {Item[]} */ this.items = [];
    /** @type {number | null} */ this.balance = null;
    /** @type {(count: number, before?: number) => Money | null} */ this.moneyOf = () => null;
    /** @type {{coins_short: number, buys?: number, price?: Money | null, asking?: boolean} | null} */ this.shortage = null;
    this.oneTap = "";
    this.busy = false;
    this.disabledReason = "";
    this.countMax = COUNT_MAX;
    /** @type {import("../types.js").Meter | null} */ this.meter = null;
    this.messageMax = 0;
    this.message = "";
    this.selectedId = 0;
    this.count = 1;
    this.category = ALL;
    this.custom = false;
    /** How far a gift that is not repeated by tapping has come. @type {"" | "waiting" | "sent" | "again"} */ this.progress = "";
    this.meant = new Meant();
    this.waitingFor = "";
    /** @type {ReturnType<typeof setTimeout> | undefined} */ this.timer = undefined;
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.timer);
  }

  get #visible() {
    const sorted = [...this.items].sort((a, b) => a.coins - b.coins || a.id - b.id);
    return this.category === ALL ? sorted : sorted.filter((item) => item.category === this.category);
  }

  get #selected() { return this.items.find((item) => item.id === this.selectedId) ?? null; }

  /** @param {Item} item */
  #priceOf(item) { return this.moneyOf(item.coins) ?? item.price ?? null; }

  /** @param {Item} item */
  #choose(item) {
    this.selectedId = item.id;
    this.#show("");
    if (!item.combo) this.#setCount(1);
    this.shortage = null;
    this.tell("gift-chosen", { item_id: item.id });
  }

  /** @param {number} count */
  #setCount(count) {
    this.count = count;
    this.custom = false;
    this.shortage = null;
    this.#show("");
  }

  /** @param {"" | "waiting" | "sent" | "again"} progress */
  #show(progress) {
    clearTimeout(this.timer);
    this.progress = progress;
    if (progress === "sent") this.timer = setTimeout(() => this.#show("again"), SENT_MS);
    if (progress === "again") this.timer = setTimeout(() => this.#show(""), AGAIN_MS);
  }

  /** What became of a gift of this tray. One whose answer is lost is sent again under its id. @param {string} id @param {boolean} isPosted */
  settle(id, isPosted) {
    if (isPosted) this.meant.done(id); // also when something else is chosen by now
    if (this.progress !== "waiting" || id !== this.waitingFor) return;
    if (isPosted) this.message = "";
    this.#show(isPosted ? "sent" : "");
  }

  #send() {
    const item = this.#selected;
    if (!item || this.busy || this.disabledReason || this.progress === "waiting" || this.progress === "sent") return;
    const chosen = { item_id: item.id, count: this.count };
    if (this.balance === null) return this.tell("sign-in", chosen);
    const total = item.coins * this.count;
    const message = this.messageMax ? this.message.trim() : "";
    const wanted = { ...chosen, coins: total, ...(message ? { message } : {}) };
    const id = this.meant.idOf(wanted);
    if (total > this.balance && id !== this.waitingFor) { // the balance is less already what is on its way
      this.shortage = { coins_short: total - this.balance, price: this.moneyOf(total - this.balance, this.balance) };
      return this.tell("gift-short", { id, ...wanted, coins_short: total - this.balance });
    }
    this.shortage = null;
    // Only a gift that counts up is repeated by tapping; any other is the same gift until it was answered and offered again.
    if (item.combo && this.count === 1) {
      this.meant.done(id);
      this.message = "";
    } else {
      this.waitingFor = id;
      this.#show("waiting");
    }
    return this.tell("gift-send", { id, ...wanted });
  }

  /** Arrow keys walk the grid; its width in columns is read from the page. @param {KeyboardEvent} event */
  #walk(event) {
    const cells = /** @type {HTMLElement[]} */ ([...this.querySelectorAll(".tray-item")]);
    const here = cells.indexOf(/** @type {HTMLElement} */ (event.target));
    if (here < 0) return;
    const columns = cells.filter((cell) => cell.offsetTop === cells[0].offsetTop).length;
    const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns, Home: -here, End: cells.length - 1 - here };
    if (!(event.key in steps)) return;
    event.preventDefault();
    const next = Math.min(cells.length - 1, Math.max(0, here + steps[/** @type {keyof typeof steps} */ (event.key)]));
    cells[next].focus();
    this.#choose(this.#visible[next]);
  }

  render() {
    if (!this.items.length) return this.#loading();
    return html`
      <div class="tray-head">${this.#categoryTabs()}${this.#balanceLink()}${this.#limits()}</div>
      <div class="tray-grid" role="radiogroup" aria-label=${say("gifts")} @keydown=${this.#walk}>
        ${this.#visible.map((item, index) => this.#cell(item, index))}
      </div>
      ${this.shortage ? this.#shortagePanel() : this.#sendBar()}`;
  }

  #loading() {
    return html`<div class="tray-grid" role="status" aria-label=${say("loading_gifts")}>${Array.from({ length: 8 }, () =>
      html`<div class="tray-item"><div class="skeleton skeleton-round"></div><div class="skeleton skeleton-line"></div></div>`)}</div>`;
  }

  #categoryTabs() {
    const names = [ALL, ...new Set(this.items.map((item) => item.category))];
    const label = (/** @type {string} */ name) => (name === ALL ? say("all_gifts") : words.categories?.[name] ?? name[0].toUpperCase() + name.slice(1));
    return html`<div class="tabs tray-tabs" role="group" aria-label=${say("gift_categories")}>${names.map((name) => html`
      <button type="button" aria-current=${this.category === name ? "true" : nothing} @click=${() => { this.category = name; }}>${label(name)}</button>`)}</div>`;
  }

  #balanceLink() {
    if (this.balance === null) return nothing;
    return html`<button type="button" class="balance" @click=${() => this.tell("buy-coins", {})} aria-label="${coins(this.balance)}. ${say("buy_coins")}">
      ${coinGlyph()}<span class="numeric">${number(this.balance)}</span><span class="balance-plus">${icon("plus", "s")}</span></button>`;
  }

  #limits() {
    if (!this.meter) return nothing;
    const { currency, session_minor: session, period, given_minor: given, limit_minor: limit } = this.meter;
    const sum = (/** @type {number} */ minor) => money({ amount_minor: minor, currency });
    return html`<a class="limits-meter quiet numeric" href="/limits"><span>${say("this_session", { given: sum(session) })}</span>
      ${period === null || given === null || limit === null ? nothing : html`<span>${fill(words.of_limit[period], { given: sum(given), limit: sum(limit) })}</span>
      <progress class="progress limit-progress" value=${Math.min(given, limit)} max=${limit} aria-hidden="true"></progress>`}</a>`;
  }

  /** @param {Item} item @param {number} index */
  #cell(item, index) {
    const chosen = item.id === this.selectedId;
    const reachable = chosen || (index === 0 && !this.#visible.some((other) => other.id === this.selectedId));
    const price = this.#priceOf(item);
    return html`<button type="button" role="radio" class=${classMap({ "tray-item": true, "is-chosen": chosen })} aria-checked=${chosen}
      tabindex=${reachable ? 0 : -1} data-sku=${item.sku} aria-label="${item.name}, ${coins(item.coins)}${price ? `, ${money(price)}` : ""}" @click=${() => this.#choose(item)}>
      <img src=${asset(item.still)} alt="" width="44" height="44" loading="lazy">
      <span class="tray-item-name truncate">${item.name}</span>
      <span class="tray-item-coins numeric">${coinGlyph()}${number(item.coins)}</span>
      ${price ? html`<span class="tray-item-money numeric">${money(price)}</span>` : nothing}</button>`;
  }

  #sendBar() {
    const item = this.#selected;
    if (this.disabledReason) return html`<div class="tray-foot"><p class="soft">${this.disabledReason}</p></div>`;
    if (!item) return html`<div class="tray-foot"><p class="soft">${say("choose_gift")}</p></div>`;
    const total = item.coins * this.count;
    return html`<div class="tray-foot">
      ${this.messageMax && this.balance !== null ? html`<input class="input tray-message" maxlength=${this.messageMax} autocomplete="off" placeholder=${say("message_with_gift")} aria-label=${say("message_with_gift")}
        .value=${this.message} @input=${(/** @type {InputEvent} */ event) => { this.message = /** @type {HTMLInputElement} */ (event.target).value; }}>` : nothing}
      ${this.#counts(item)}
      <div class="tray-total">${amountCoins(total, this.moneyOf(total) ?? (this.count === 1 ? this.#priceOf(item) : null))}</div>
      <button type="button" class="button button-primary tray-send" aria-busy=${this.busy || this.progress === "waiting" ? "true" : nothing} @click=${this.#send}
        aria-disabled=${this.progress === "sent" ? "true" : nothing} aria-label=${this.progress === "sent" ? say("sent_now") : `${this.progress === "again" ? `${say("send_again")} ` : ""}${say(this.count > 1 ? "send_gifts" : "send_gift", { gift: item.name, count: number(this.count), coins: coins(total) })}`}>${this.#sendLabel()}</button>
    </div>`;
  }

  #sendLabel() {
    if (this.progress === "sent") return say("sent_now");
    if (this.progress === "again") return say("send_again");
    return say(this.balance === null ? "sign_in" : "send");
  }

  /** @param {Item} item */
  #counts(item) {
    if (!item.combo) return html`<span class="soft tray-once">${say("one_at_a_time")}</span>`;
    return html`<div class="segmented tray-counts" role="group" aria-label=${say("how_many")}>
      ${COUNTS.filter((count) => count <= this.countMax).map((count) => html`<button type="button" aria-pressed=${!this.custom && this.count === count} @click=${() => this.#setCount(count)}>×${count}</button>`)}
      ${this.custom
        ? html`<input class="tray-custom numeric" type="number" inputmode="numeric" min="1" max=${this.countMax} .value=${String(this.count)} aria-label=${say("how_many")}
            @input=${this.#typeCount} @keydown=${(/** @type {KeyboardEvent} */ event) => { if (event.key === "Enter") this.#send(); }}>`
        : html`<button type="button" aria-pressed=${!COUNTS.includes(this.count)} @click=${this.#openCustom}>${COUNTS.includes(this.count) ? "…" : `×${number(this.count)}`}<span class="visually-hidden">${say("another_number")}</span></button>`}
    </div>`;
  }

  async #openCustom() {
    this.custom = true;
    await this.updateComplete;
    const input = /** @type {HTMLInputElement | null} */ (this.querySelector(".tray-custom"));
    input?.focus();
    input?.select();
  }

  /** @param {InputEvent} event */
  #typeCount(event) {
    const typed = Math.trunc(Number(/** @type {HTMLInputElement} */ (event.target).value));
    this.count = Number.isFinite(typed) ? Math.min(this.countMax, Math.max(1, typed)) : 1;
    this.shortage = null;
    this.#show("");
  }

  #shortagePanel() {
    const { coins_short: missing, buys = missing, price, asking } = /** @type {NonNullable<typeof this.shortage>} */ (this.shortage);
    const worth = price ?? this.moneyOf(missing, this.balance ?? 0);
    return html`<div class="tray-foot tray-shortage" role="alert">
      <div class="grow"><strong>${sayOf("short", missing, { coins: coins(missing) })}</strong><br><span class="soft">${worth ? `${say("short_worth", { money: money(worth) })} ` : ""}${this.oneTap ? say("pays_with", { card: this.oneTap }) : say("gift_waits")}</span></div>
      <div class="cluster">
        <button type="button" class="button button-primary" aria-busy=${this.busy ? "true" : nothing} ?disabled=${Boolean(this.oneTap && asking)} @click=${() => this.tell("buy-exactly", { coins: missing, at_once: Boolean(this.oneTap) })}>${say(this.oneTap ? "buy_and_send" : "buy", { coins: coins(buys) })}${worth ? html` · ${money(worth)}` : nothing}</button>
        ${this.oneTap ? html`<button type="button" class="button" ?disabled=${this.busy} @click=${() => this.tell("buy-exactly", { coins: missing, at_once: false })}>${say("pay_otherwise")}</button>` : nothing}
        <button type="button" class="button button-quiet" @click=${() => { this.shortage = null; }}>${say("not_now")}</button>
      </div></div>`;
  }
}

customElements.define("gift-tray", GiftTray);
