// Copies the named files of npm packages into the repository, with their licences and integrity hashes.
// Usage: node scripts/vendor.mjs [--check]   (--check writes nothing and fails when the committed files differ)
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { avatars, gifts, icons, sparks } from "./art.mjs";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const STATIC = "src/plaudit/web/static";
const CHECK = process.argv.includes("--check");
const LIT_ENTRY = `
export * from "lit";
export { classMap } from "lit/directives/class-map.js";
export { live } from "lit/directives/live.js";
export { ref } from "lit/directives/ref.js";
export { repeat } from "lit/directives/repeat.js";
export { styleMap } from "lit/directives/style-map.js";
`;

/** @type {{name: string, licence: string, files?: Record<string, string>, bundle?: Record<string, string>, types?: Record<string, string>, to?: string}[]} */
const PACKAGES = [
  { name: "htmx.org", licence: "0BSD", to: "htmx", files: { "dist/htmx.min.js": "htmx.min.js", LICENSE: "LICENSE" } },
  { name: "lit", licence: "BSD-3-Clause", to: "lit", files: { LICENSE: "LICENSE" }, bundle: { "lit.js": LIT_ENTRY }, types: { "lit.d.ts": LIT_ENTRY } },
  {
    name: "uplot", licence: "MIT", to: "uplot",
    files: { "dist/uPlot.min.css": "uplot.css", LICENSE: "LICENSE" },
    bundle: { "uplot.js": 'export { default } from "uplot";' }, types: { "uplot.d.ts": 'export { default } from "uplot";\n' },
  },
  {
    name: "hls.js", licence: "Apache-2.0", to: "hls", files: { "dist/hls.light.min.mjs": "hls.light.min.mjs", LICENSE: "LICENSE" },
    types: { "hls.light.min.d.mts": 'export * from "hls.js";\nexport { default } from "hls.js";\n' },
  },
  {
    name: "lottie-web", licence: "MIT", to: "lottie", files: { "LICENSE.md": "LICENSE" },
    bundle: { "lottie.light.js": 'export { default } from "lottie-web/build/player/esm/lottie_light.min.js";' },
    types: { "lottie.light.d.ts": 'export { default } from "lottie-web";\n' },
  },
  {
    name: "swagger-ui-dist", licence: "Apache-2.0", to: "swagger-ui",
    files: {
      "swagger-ui-bundle.js": "swagger-ui.js", "swagger-ui.css": "swagger-ui.css",
      LICENSE: "LICENSE", NOTICE: "NOTICE",
    },
  },
  {
    name: "@fontsource-variable/figtree", licence: "OFL-1.1", to: "figtree",
    files: {
      "files/figtree-latin-wght-normal.woff2": "figtree-latin.woff2",
      "files/figtree-latin-ext-wght-normal.woff2": "figtree-latin-ext.woff2",
      LICENSE: "LICENSE",
    },
  },
];

const APACHE = readFileSync(join(ROOT, "scripts/apache-2.0.txt"));

const ISC_LUCIDE = `ISC License

Copyright (c) Lucide Contributors. Portions derived from Feather (MIT, Copyright (c) Cole Bemis).

Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby
granted, provided that the above copyright notice and this permission notice appear in all copies.

THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH REGARD TO THIS SOFTWARE INCLUDING ALL
IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY SPECIAL, DIRECT,
INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN
AN ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH THE USE OR
PERFORMANCE OF THIS SOFTWARE.
`;

let differing = 0;

/** Writes a file below the repository root, or in --check mode compares it. @param {string} path @param {string | Buffer} content */
function put(path, content) {
  const target = join(ROOT, path);
  const bytes = Buffer.from(content);
  if (CHECK) {
    if (!existsSync(target) || !readFileSync(target).equals(bytes)) {
      differing += 1;
      console.error(`differs: ${path}`);
    }
    return bytes;
  }
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, bytes);
  return bytes;
}

const fromPackage = (/** @type {string} */ name, /** @type {string} */ path) =>
  readFileSync(join(ROOT, "node_modules", name, path));
const versionOf = (/** @type {string} */ name) => JSON.parse(fromPackage(name, "package.json").toString()).version;

/** Source-map comments would point at files that are not here. @param {string} path @param {Buffer} content */
const withoutMap = (path, content) =>
  /\.m?js$/.test(path) ? content.toString().replace(/\n?\/\/# sourceMappingURL=.*\s*$/, "\n") : content;

/** @param {string} entry */
async function bundled(entry) {
  const result = await build({
    stdin: { contents: entry, resolveDir: ROOT }, bundle: true, minify: true, write: false,
    format: "esm", target: "es2022", legalComments: "eof", conditions: ["production"],
  });
  return result.outputFiles[0].text;
}

async function vendorPackages() {
  const manifest = [];
  for (const { name, licence, to, files = {}, bundle = {}, types = {} } of PACKAGES) {
    /** @type {Record<string, string | Buffer>} */
    const contents = {};
    for (const [from, target] of Object.entries(files)) contents[target] = withoutMap(from, fromPackage(name, from));
    for (const [target, entry] of Object.entries(bundle)) contents[target] = await bundled(entry);
    for (const [target, entry] of Object.entries(types)) contents[target] = entry;
    if (licence === "Apache-2.0") contents["LICENSE-Apache-2.0"] = APACHE;
    const listed = [];
    for (const [target, content] of Object.entries(contents).sort(([a], [b]) => (a < b ? -1 : 1))) {
      const bytes = put(`${STATIC}/vendor/${to}/${target}`, content);
      const integrity = `sha384-${createHash("sha384").update(bytes).digest("base64")}`;
      listed.push({ path: `${to}/${target}`, bytes: bytes.length, integrity });
    }
    manifest.push({ name, version: versionOf(name), licence, files: listed });
  }
  put(`${STATIC}/vendor/manifest.json`, `${JSON.stringify(manifest, null, 2)}\n`);
}

/** @param {string} set */
function iconSet(set) {
  const data = JSON.parse(fromPackage(`@iconify-json/${set}`, "icons.json").toString());
  return (/** @type {string} */ name) => {
    const icon = data.icons[name] ?? data.icons[data.aliases?.[name]?.parent];
    if (!icon) throw new Error(`${set} has no icon ${name}`);
    const size = icon.width ?? data.width ?? 16;
    return { body: icon.body, size };
  };
}

function copyArt() {
  const noto = iconSet("noto");
  const svg = (/** @type {string} */ name) => {
    const { body, size } = noto(name);
    return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" width="128" height="128">${body}</svg>\n`;
  };
  for (const [file, name] of Object.entries(gifts)) put(`${STATIC}/art/gifts/${file}.svg`, svg(name));
  for (const [file, name] of Object.entries(sparks)) put(`${STATIC}/art/sparks/${file}.svg`, svg(name));
  for (const [file, [name, light, deep]] of Object.entries(avatars)) {
    const { body, size } = noto(name);
    const face = `<svg x="14" y="14" width="68" height="68" viewBox="0 0 ${size} ${size}">${body}</svg>`;
    const ground = `<radialGradient id="ground" cx=".35" cy=".25" r="1"><stop stop-color="${light}"/><stop offset="1" stop-color="${deep}"/></radialGradient>`;
    put(`${STATIC}/art/avatars/${file}.svg`,
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96" width="96" height="96"><defs>${ground}</defs><path fill="url(#ground)" d="M0 0h96v96H0z"/>${face}</svg>\n`);
  }
  put(`${STATIC}/art/NOTICE`, [
    "The drawings in gifts/, sparks/ and avatars/ are from Noto Emoji, Copyright Google Inc,",
    `Apache License 2.0, taken from @iconify-json/noto ${versionOf("@iconify-json/noto")}; avatars have a background added.`,
    "Everything else in this folder belongs to Plaudit.", "",
  ].join("\n"));
  put(`${STATIC}/art/LICENSE-noto-emoji`, APACHE);
}

function buildSprite() {
  const lucide = iconSet("lucide");
  const symbols = icons.map((name) => {
    const { body, size } = lucide(name);
    return `<symbol id="${name}" viewBox="0 0 ${size} ${size}">${body}</symbol>`;
  });
  put(`${STATIC}/vendor/lucide/icons.svg`, `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`);
  put(`${STATIC}/vendor/lucide/LICENSE`, ISC_LUCIDE);
}

await vendorPackages();
copyArt();
buildSprite();
put("tests/browser/vendor/axe.min.js", fromPackage("axe-core", "axe.min.js"));
put("tests/browser/vendor/LICENSE-axe-core", fromPackage("axe-core", "LICENSE"));
if (differing) process.exit(1);
