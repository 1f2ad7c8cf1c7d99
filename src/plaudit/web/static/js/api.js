// Calls of the API from pages: JSON in, JSON out, problems as errors. What is safe to repeat is asked again when its answer is lost.
import { signedInAgain } from "./signing-in.js";
import { words } from "./words.js";

const ATTEMPTS = 4;
const PAUSE_MS = 400;
const COME_AGAIN = new Set([429, 502, 503, 504]);

/** An answer that is a problem document: `code`, and the fields of its kind. */
export class ProblemError extends Error {
  /** @param {number} status @param {{code?: string, title?: string, detail?: string, [field: string]: any}} problem */
  constructor(status, problem) {
    super(words.problems?.[problem.code ?? "unreachable"] ?? problem.detail ?? problem.title ?? "The server could not be reached.");
    this.status = status;
    this.code = problem.code ?? "unreachable";
    this.problem = problem;
  }

  /** Field and reason of each value that does not fit. @returns {{field: string, reason: string}[]} */
  get fields() {
    if (this.problem.errors) return this.problem.errors;
    return this.problem.field ? [{ field: this.problem.field, reason: this.problem.reason }] : [];
  }
}

/** Whether a call comes to the same however often it arrives: it reads, says how something is to be, or carries an id of its own. @param {string} method @param {object} [body] */
const isRepeatable = (method, body) => method !== "POST" || Boolean(body && "id" in body);

/**
 * @param {string} method @param {string} path @param {object} [body] with an id made by the caller, so that it happens once; a POST
 * without one is sent once, and whoever asked looks what became of it
 * @returns {Promise<any>}
 */
export async function api(method, path, body) {
  const repeatable = isRepeatable(method, body);
  for (let attempt = 1; ; attempt += 1) {
    const answer = await reach(method, path, body);
    const last = attempt >= ATTEMPTS || !repeatable;
    if (answer?.status === 401 && (await isStale(answer)) && (await signedInAgain())) continue;
    if (answer && (answer.ok || last || !COME_AGAIN.has(answer.status))) return read(answer);
    if (last || navigator.onLine === false) throw new ProblemError(0, { code: repeatable ? "unreachable" : "unanswered" });
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * 2 ** attempt));
  }
}

/** Whether only a sign-in that is more recent is missing. @param {Response} answer */
const isStale = async (answer) => (await answer.clone().json().catch(() => null))?.code === "step_up_required";

/** @param {string} method @param {string} path @param {object} [body] @returns {Promise<Response | null>} */
async function reach(method, path, body) {
  try {
    return await fetch(path, {
      method,
      headers: body ? { "Content-Type": "application/json", Accept: "application/json" } : { Accept: "application/json" },
      body: body ? JSON.stringify(body) : undefined,
      credentials: "same-origin",
    });
  } catch {
    return null;
  }
}

/** @param {Response} answer */
async function read(answer) {
  const data = (answer.headers.get("content-type") ?? "").includes("json") ? await answer.json() : null;
  if (answer.ok) return data;
  throw new ProblemError(answer.status, data ?? { code: "unreachable" });
}

/** Sends a file as it is. @param {string} path @param {Blob} file @returns {Promise<any>} */
export async function upload(path, file) {
  const answer = await fetch(path, { method: "POST", body: file, credentials: "same-origin", headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer) throw new ProblemError(0, { code: "unreachable", detail: "The server did not answer. Please try again." });
  return read(answer);
}

/** Runs work while the button shows that it is busy; a second press does nothing. @template T @param {Element | null} button @param {() => Promise<T>} work */
export async function busy(button, work) {
  if (button?.getAttribute("aria-busy") === "true") return undefined;
  button?.setAttribute("aria-busy", "true");
  try {
    return await work();
  } finally {
    button?.removeAttribute("aria-busy");
  }
}

/** Fetches this page again and puts its newer parts in place of the ones shown. @param {string[]} selectors */
export async function renew(...selectors) {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" }, credentials: "same-origin" });
  if (!answer.ok) return false;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const selector of selectors) {
    const [old, next] = [document.querySelector(selector), fresh.querySelector(selector)];
    if (old && next) old.replaceWith(document.adoptNode(next));
  }
  document.title = fresh.title;
  document.dispatchEvent(new CustomEvent("page-renewed"));
  return true;
}

/** What the server wrote into the page for its script. @returns {any} */
export const pageData = () => JSON.parse(document.getElementById("page-data")?.textContent ?? "{}");
