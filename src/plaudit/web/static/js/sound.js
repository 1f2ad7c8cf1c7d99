// Chimes for gifts, made by WebAudio. Silent until the reader switches them on and has touched the page.

import { keep, recall } from "./kept.js";

const STORED_VOLUME = "gift-volume";
const SPACING_MS = 110;
const SCALE = [523.25, 587.33, 659.25, 783.99, 880, 1046.5, 1174.66, 1318.51];

/** Notes (steps of the scale) by the value of a gift in coins. */
const CHIMES = [
  { below: 10, notes: [4], gap: 0, decay: 0.35 },
  { below: 100, notes: [2, 4], gap: 0.09, decay: 0.45 },
  { below: 1_000, notes: [0, 2, 4], gap: 0.09, decay: 0.7 },
  { below: 10_000, notes: [0, 2, 4, 5, 7], gap: 0.085, decay: 1 },
  { below: Infinity, notes: [0, 2, 4, 5, 7, 5, 7], gap: 0.11, decay: 1.7 },
];

export class GiftSound extends EventTarget {
  /** @type {AudioContext | null} */ #context = null;
  /** @type {GainNode | null} */ #output = null;
  #volume;
  #playedAt = 0;

  /** @param {number | null} [volume] for this page alone; without it, what was kept from the last visit */
  constructor(volume = null) {
    super();
    const stored = volume ?? Number(recall("localStorage", STORED_VOLUME) ?? 0);
    this.#volume = Number.isFinite(stored) ? Math.min(1, Math.max(0, stored)) : 0;
    if (this.#volume > 0) this.#unlockLater();
  }

  /** 0 is silence, 1 is full. Kept for the next visit. */
  get volume() { return this.#volume; }
  set volume(value) {
    this.#volume = Math.min(1, Math.max(0, value));
    keep("localStorage", STORED_VOLUME, String(this.#volume));
    if (this.#volume > 0) this.#open();
    if (this.#output && this.#context) this.#output.gain.setTargetAtTime(this.#volume ** 2, this.#context.currentTime, 0.02);
    this.dispatchEvent(new Event("change"));
  }

  /** Rings for a gift worth this many coins; gifts in quick succession share a chime. @param {number} coins */
  play(coins) {
    const now = performance.now();
    if (this.#volume === 0 || document.hidden || now - this.#playedAt < SPACING_MS) return;
    this.#open();
    if (!this.#context || this.#context.state !== "running") return;
    this.#playedAt = now;
    const chime = CHIMES.find(({ below }) => coins < below) ?? CHIMES[0];
    chime.notes.forEach((note, index) => this.#ring(SCALE[note], index * chime.gap, chime.decay));
  }

  #unlockLater() {
    const unlock = () => {
      removeEventListener("pointerdown", unlock);
      removeEventListener("keydown", unlock);
      this.#open();
    };
    addEventListener("pointerdown", unlock);
    addEventListener("keydown", unlock);
  }

  #open() {
    if (!this.#context) {
      this.#context = new AudioContext();
      this.#output = new GainNode(this.#context, { gain: this.#volume ** 2 });
      this.#output.connect(this.#context.destination);
    }
    if (this.#context.state === "suspended") void this.#context.resume().catch(() => this.#unlockLater());
  }

  /** A struck bell: a fundamental and a quiet partial. @param {number} hertz @param {number} delay @param {number} decay seconds */
  #ring(hertz, delay, decay) {
    const context = this.#context;
    if (!context || !this.#output) return;
    const start = context.currentTime + delay;
    for (const [ratio, level] of [[1, 0.22], [2.76, 0.05]]) {
      const tone = new OscillatorNode(context, { type: "sine", frequency: hertz * ratio });
      const envelope = new GainNode(context, { gain: 0 });
      envelope.gain.setValueAtTime(0, start);
      envelope.gain.linearRampToValueAtTime(level, start + 0.008);
      envelope.gain.exponentialRampToValueAtTime(0.0001, start + decay / ratio ** 0.5);
      tone.connect(envelope).connect(this.#output);
      tone.start(start);
      tone.stop(start + decay + 0.05);
    }
  }
}
