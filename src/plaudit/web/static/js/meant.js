// What somebody means to do has an id from the moment it is shown. Meant again as it was, by a second tap or after a lost answer,
// it has the same id, and the server does it once.
import { api } from "./api.js";
import { uuid7 } from "./uuid7.js";

/** One act at a time: its id stays until it was done, or something else is meant. */
export class Meant {
  #what = "";
  #id = "";

  /** @param {unknown} what everything that makes it this act @returns {string} */
  idOf(what) {
    const shown = JSON.stringify(what);
    if (shown !== this.#what) [this.#what, this.#id] = [shown, uuid7()];
    return this.#id;
  }

  /** It was done: the same once more is another act. @param {string} [id] only if it is this one */
  done(id = this.#id) {
    if (id === this.#id) this.#what = "";
  }

  /** Asks the API for it. @param {string} path @param {object} body @param {string} [method] @returns {Promise<any>} */
  async ask(path, body, method = "POST") {
    const id = this.idOf([path, body]);
    const answer = await api(method, path, { id, ...body });
    this.done(id);
    return answer;
  }
}
