// Which drawings of Noto Emoji and Lucide are copied into the repository, under the file name they get.

/** Gifts of the seeded catalogue: our file name -> Noto icon. */
export const gifts = {
  rose: "rose", applause: "clapping-hands", heart: "red-heart", coffee: "hot-beverage", clover: "four-leaf-clover",
  doughnut: "doughnut", balloon: "balloon", "ice-cream": "soft-ice-cream", kite: "kite", sunflower: "sunflower",
  microphone: "microphone", cake: "birthday-cake", bouquet: "bouquet", "party-popper": "party-popper",
  "teddy-bear": "teddy-bear", trophy: "trophy", guitar: "guitar", blossom: "cherry-blossom", butterfly: "butterfly",
  carousel: "carousel-horse", fireworks: "fireworks", motorcycle: "motorcycle", "ferris-wheel": "ferris-wheel",
  "racing-car": "racing-car", sailboat: "sailboat", crown: "crown", castle: "castle", unicorn: "unicorn",
  whale: "spouting-whale", rocket: "rocket", dragon: "dragon", comet: "comet", "milky-way": "milky-way",
  ovation: "glowing-star",
};

/** Small shapes the stage throws about: particles, rain, trails. */
export const sparks = {
  petal: "cherry-blossom", star: "star", sparkle: "sparkles", "red-heart": "red-heart", note: "musical-note",
  clap: "clapping-hands", cloud: "cloud", drop: "droplet", balloon: "balloon", flame: "fire",
};

/** Avatars of demo people: file name -> [Noto icon, background, second background]. */
export const avatars = {
  fox: ["fox", "#ffd9c9", "#ff9d7d"], panda: ["panda", "#dff3e4", "#9fd8b1"], koala: ["koala", "#e4e6f5", "#b3b8e0"],
  owl: ["owl", "#f3e3d3", "#d9b38c"], tiger: ["tiger-face", "#ffe3cc", "#ffb27d"], bear: ["bear", "#f1e1d6", "#cfa58a"],
  penguin: ["penguin", "#d9ecf7", "#93c6e6"], octopus: ["octopus", "#f7dbe6", "#e89ab9"],
  hedgehog: ["hedgehog", "#ece5dc", "#c4b199"], frog: ["frog", "#e0f3d4", "#a3d684"],
  rabbit: ["rabbit-face", "#f6e6ee", "#dcb4c9"], otter: ["otter", "#dcefee", "#8cc9c5"],
  sloth: ["sloth", "#eae6d6", "#c2b88c"], flamingo: ["flamingo", "#ffe0e6", "#ff9fb3"],
  raccoon: ["raccoon", "#e5e7ea", "#aab3bf"], dolphin: ["dolphin", "#d6eaf8", "#7fb9e6"],
  cat: ["cat-face", "#efe3f7", "#c5a3e0"], robot: ["robot", "#e1e8f0", "#9fb4cc"],
  unicorn: ["unicorn", "#efe0fa", "#c9a3f0"], hatching: ["hatching-chick", "#fdeedd", "#f5c18c"],
};

/** Interface icons from Lucide, gathered in one sprite. */
export const icons = [
  "circle-alert", "arrow-down", "arrow-left", "arrow-right", "arrow-up", "banknote", "bell", "check", "check-check",
  "chevron-down", "chevron-left", "chevron-right", "circle-check", "circle-x", "clock", "copy", "credit-card", "crown",
  "download", "ellipsis", "external-link", "eye", "file-text", "funnel", "flag", "gift", "heart", "history", "home",
  "image", "info", "key", "layout-dashboard", "link", "list", "loader-circle", "lock", "log-in", "log-out", "menu",
  "message-circle", "minus", "monitor", "moon", "play", "plus", "radio", "receipt", "refresh-cw", "rotate-ccw",
  "scale", "search", "send", "settings", "share-2", "shield-check", "sparkles", "sun", "sun-moon", "trending-up",
  "trophy", "tv", "undo-2", "upload", "user", "user-round", "users", "video", "volume-2", "volume-x", "wallet",
  "wifi-off", "x", "zap",
];
