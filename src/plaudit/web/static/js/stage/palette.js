// Which colours and small drawings go with an item on the stage.

const CONFETTI = ["#ff7d68", "#8f7bff", "#4fd1b5", "#ff5fa2", "#ffe3d8", "#5fb4ff"];

/** `round`: the drawing has a ground of its own, so it is cut to a circle. @type {Record<string, {colors?: string[], sprite?: string, sprites?: string[], glow?: string, round?: boolean}>} */
const BY_SKU = {
  trophy: { sprite: "art/sparks/star.svg", glow: "#ffb27a" },
  guitar: { sprite: "art/sparks/note.svg", colors: ["#ff9d6e", "#ffd3b8", "#c98bff"], glow: "#ff9d6e" },
  blossom: { sprite: "art/sparks/petal.svg", colors: ["#ffb3cf", "#ffd9e8"], glow: "#ff9fc4" },
  butterfly: { colors: ["#7fb4ff", "#c7b3ff", "#ffffff"], glow: "#8fa8ff" },
  carousel: { sprite: "art/sparks/balloon.svg", colors: CONFETTI, glow: "#ff9fc4" },
  "ferris-wheel": { colors: CONFETTI, glow: "#ff86a8" },
  fireworks: { colors: CONFETTI, glow: "#8f7bff", round: true },
  motorcycle: { colors: ["#ff8a5c", "#ffc2a6", "#ffffff"], glow: "#ff6a4d" },
  "racing-car": { colors: ["#ff5c5c", "#ffffff", "#ffb3a6"], glow: "#ff5c5c" },
  sailboat: { sprite: "art/sparks/drop.svg", colors: ["#8fd0ff", "#ffffff"], glow: "#5fb4ff" },
  crown: { sprite: "art/sparks/sparkle.svg", colors: ["#ffd9a0", "#ff9fc4", "#ffffff"], glow: "#ffbf80" },
  castle: { sprite: "art/sparks/cloud.svg", colors: ["#c7b3ff", "#ffffff"], glow: "#a58bff" },
  unicorn: { sprite: "art/sparks/star.svg", colors: ["#ff9fe0", "#a58bff", "#8fe3ff"], glow: "#d68bff" },
  whale: { sprite: "art/sparks/drop.svg", colors: ["#8fd0ff", "#d9f1ff"], glow: "#3d9bff" },
  rocket: { sprite: "art/sparks/flame.svg", colors: ["#ff8a3d", "#ffd0a6", "#ffffff"], glow: "#ff8a3d" },
  dragon: { sprite: "art/sparks/flame.svg", colors: ["#8bff9f", "#ff8a3d"], glow: "#4fd17a" },
  comet: { sprite: "art/sparks/star.svg", colors: ["#ffffff", "#8fd0ff", "#ffd9a0"], glow: "#8fb8ff" },
  "milky-way": { colors: ["#ffffff", "#c7b3ff", "#8fd0ff", "#ff9fe0"], glow: "#7a6bff", round: true },
  ovation: { sprites: ["art/sparks/clap.svg", "art/sparks/star.svg", "art/sparks/red-heart.svg"], colors: CONFETTI, glow: "#ff7d68" },
};

/** @param {string} sku */
export function palette(sku) {
  const { colors = CONFETTI, sprite, sprites, glow = "#ff7d68", round = false } = BY_SKU[sku] ?? {};
  return { colors, glow, round, sprites: sprites ?? (sprite ? [sprite] : []) };
}
