// What a browser keeps for our pages between visits. In a frame of another site it may refuse to: then nothing is kept.

/** @typedef {"localStorage" | "sessionStorage"} Store for good, or as long as the tab is open */

/** @param {Store} store @param {string} key @returns {string | null} */
export function recall(store, key) {
  try {
    return window[store].getItem(key);
  } catch {
    return null;
  }
}

/** @param {Store} store @param {string} key @param {string} value */
export function keep(store, key, value) {
  try {
    window[store].setItem(key, value);
  } catch {
    // it holds for this page
  }
}
