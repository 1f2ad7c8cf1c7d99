// What scripts say, in the language of the page: the server writes the words into it, each with places like {coins}.

/** @param {string} id @returns {any} */
const read = (id) => JSON.parse(document.getElementById(id)?.textContent ?? "{}");

export const words = { ...read("words"), ...read("page-words") };

/** How numbers, money and times are written on this page. */
export const locale = document.documentElement.dataset.locale ?? "en-US";

const plurals = new Intl.PluralRules(document.documentElement.lang || "en");

/** @param {string} text @param {Record<string, string>} places */
export const fill = (text, places) => text.replace(/\{(\w+)\}/g, (all, name) => (name in places ? isolated(places[name]) : all));

/** A text for a place in another: one that runs from right to left turns nothing around it. @param {string} text */
export const isolated = (text) => (/[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]|[\ud802-\ud803\ud83a-\ud83b]./.test(text) ? `\u2068${text}\u2069` : text);

/** A text of the page. @param {string} name @param {Record<string, string>} [places] @returns {string} */
export const say = (name, places = {}) => fill(words[name] ?? "", places);

/** Whoever gave: one who hides has no name. @param {{name: string}} sender @returns {string} */
export const nameOf = ({ name }) => name || say("somebody");

/** The form of a text for a number of things. @param {Record<string, string>} forms @param {number} count @returns {string} */
export const formOf = (forms, count) => forms[plurals.select(count)] ?? forms.other ?? "";
