// Price books: drafts, publishing, going back, tax rates.
import { ProblemError, api, busy, pageData, renew } from "../api.js";
import { clearProblems, confirmed, onClick, onSubmit, showAtForm, showProblem } from "../forms.js";
import { Meant } from "../meant.js";
import { toast } from "../toast.js";

const words = (/** @type {unknown} */ error) => (error instanceof ProblemError ? error.message : "That did not work. Nothing was changed.");

/** @param {HTMLFormElement} form @param {string} name */
const valueOf = (form, name) => String(new FormData(form).get(name) ?? "").trim();

/** @param {HTMLElement} button @param {() => Promise<void>} act */
const attempt = (button, act) => busy(button, async () => {
  try {
    await act();
  } catch (error) {
    toast(words(error), { tone: "bad" });
  }
});

/** To what came of publishing: the versions, or the decision that waits. @param {any} made @param {string} done */
function goOn(made, done) {
  toast(made.content_sha256 ? "Proposed. Another operator confirms it." : done);
  location.assign(made.content_sha256 ? `/operator/decisions/${made.id}` : "/operator/prices");
}

// Versions
const newDraft = new Meant();
/** @param {string} name @param {{version?: number, toml?: string}} beginning */
async function begin(name, beginning) {
  const draft = await newDraft.ask("/v1/price-book-drafts", { name, ...beginning });
  location.assign(`/operator/prices/drafts/${draft.id}`);
}

onSubmit("[data-new-draft]", (form, button) => busy(button, async () => {
  clearProblems(form);
  try {
    await begin(valueOf(form, "name"), {});
  } catch (error) {
    showProblem(form, error);
  }
}));
onClick("data-draft-of", (button, version) => attempt(button, () => begin(`From version ${version}`, { version: Number(version) })));
onClick("data-roll-back", async (button, version) => {
  const reason = await confirmed({ title: `Go back to version ${version}?`, text: "What it says is published again as a new version. Quotes that were given keep their price.", ask: "Why?", action: "Go back" });
  if (reason) await attempt(button, async () => {
    const made = await api("POST", `/v1/price-books/${version}/rollback`, { reason });
    goOn(made, `Version ${made.version} holds now.`);
  });
});
onClick("data-withdraw", async (button, version) => {
  const reason = await confirmed({ title: `Withdraw version ${version}?`, text: "It will not take effect. What holds now stays.", ask: "Why?", action: "Withdraw", danger: true });
  if (reason) await attempt(button, async () => {
    await api("POST", `/v1/price-books/${version}/withdraw`, { reason });
    toast("Withdrawn.");
    location.reload();
  });
});

// Tax rates
const newTax = new Meant();
/** Basis points of a share as people write it; null when it is none. @param {string} text */
function basisPoints(text) {
  const match = /^(\d{1,3})(?:[.,](\d{1,2}))?\s*%?$/.exec(text);
  return match ? Number(match[1]) * 100 + Number((match[2] ?? "").padEnd(2, "0")) : null;
}
onSubmit("[data-new-tax]", (form, button) => busy(button, async () => {
  clearProblems(form);
  const rate_bps = basisPoints(valueOf(form, "rate"));
  if (rate_bps === null) {
    showAtForm(form, "The rate is a share like 19 or 25.5.");
    return;
  }
  const until = valueOf(form, "valid_until");
  const body = { country: valueOf(form, "country"), name: valueOf(form, "name"), rate_bps, valid_from: valueOf(form, "valid_from"), ...(until ? { valid_until: until } : {}), reason: valueOf(form, "reason") };
  try {
    const made = await newTax.ask("/v1/tax-rates", body);
    form.closest("dialog")?.close();
    form.reset();
    toast(made.content_sha256 ? "Proposed. Another operator confirms it under Decisions." : "Decided. It holds from its first day.");
    await renew("#taxes", "#waiting", ".operator-tabs");
  } catch (error) {
    showProblem(form, error);
  }
}));

onClick("data-take-tax", (button, country) => busy(button, async () => {
  const { name, rateBps, from, reason } = button.dataset;
  const body = { country, name, rate_bps: Number(rateBps), valid_from: from, reason };
  try {
    const made = await newTax.ask("/v1/tax-rates", body);
    toast(made.content_sha256 ? "Proposed. Another operator confirms it under Decisions." : "Decided. It holds from tomorrow.");
  } catch (error) {
    toast(words(error), { tone: "bad" });
  }
  await renew("#taxes", "#waiting", ".operator-tabs");
}));

// One draft
const data = pageData();
const draftForm = /** @type {HTMLFormElement | null} */ (document.querySelector("[data-draft]"));
const text = /** @type {HTMLTextAreaElement | null} */ (document.querySelector("[data-draft] [name=toml]"));
const state = document.querySelector("[data-draft-state]");
let saved = draftForm ? written(draftForm) : "";

/** @param {HTMLFormElement} form */
function written(form) {
  const found = new FormData(form);
  return JSON.stringify([found.get("name"), found.get("toml")]);
}
const isSaved = () => !draftForm || text?.readOnly || written(draftForm) === saved;

draftForm?.addEventListener("input", () => {
  if (state) state.textContent = isSaved() ? "Saved" : "Not saved yet";
});
window.addEventListener("beforeunload", (event) => {
  if (!isSaved()) event.preventDefault();
});
text?.addEventListener("keydown", (event) => {
  if (event.key === "Escape") text.dataset.leave = "yes";
  else if (event.key === "Tab" && !event.shiftKey && text.dataset.leave !== "yes" && !text.readOnly) {
    event.preventDefault();
    text.setRangeText("    ", text.selectionStart, text.selectionEnd, "end");
    text.dispatchEvent(new Event("input", { bubbles: true }));
  } else if (event.key !== "Tab") delete text.dataset.leave;
});

async function save() {
  if (!draftForm || !text) return;
  const now = written(draftForm);
  const draft = await api("PUT", `/v1/price-book-drafts/${data.id}`, { name: valueOf(draftForm, "name"), toml: text.value, revision: data.revision });
  data.revision = draft.revision;
  saved = now;
  if (state) state.textContent = "Saved";
}
onSubmit("[data-draft]", (form, button) => busy(button, async () => {
  clearProblems(form);
  try {
    await save();
    await renew("#findings", "#publish", "#preview", "#comparison");
  } catch (error) {
    showProblem(form, error);
  }
}));
onClick("data-delete-draft", async (button, id) => {
  const sure = await confirmed({ title: "Throw this draft away?", text: "Its text is gone then. What is published stays.", action: "Throw away", danger: true });
  if (sure) await attempt(button, async () => {
    await api("DELETE", `/v1/price-book-drafts/${id}`);
    if (draftForm) saved = written(draftForm);
    location.assign("/operator/prices");
  });
});

// Publishing
/** The instant a field of UTC means; null without one. @param {HTMLFormElement} form */
const instantOf = (form) => (valueOf(form, "effective_at") ? new Date(`${valueOf(form, "effective_at")}Z`) : null);
document.addEventListener("input", (event) => {
  const form = event.target instanceof HTMLInputElement ? event.target.closest("[data-publish]") : null;
  const hint = form?.querySelector("[data-local-time]");
  if (!(form instanceof HTMLFormElement) || !hint) return;
  const at = instantOf(form);
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  hint.textContent = at && !Number.isNaN(at.getTime()) && zone !== "UTC" ? `That is ${at.toLocaleString([], { dateStyle: "medium", timeStyle: "short" })} where you are (${zone}).` : "";
});
onSubmit("[data-publish]", async (form, button) => {
  clearProblems(form);
  const at = instantOf(form);
  if (!isSaved()) {
    showAtForm(form, "Save the draft first, so that you publish what you looked at.");
    return;
  }
  const when = at ? `from ${at.toISOString().slice(0, 16).replace("T", " ")} UTC` : "as soon as may be";
  const sure = await confirmed("proposes" in form.dataset
    ? { title: "Propose these prices?", text: `They hold ${when}, once another operator has confirmed exactly what the draft says now.`, action: "Propose" }
    : { title: "Publish these prices?", text: `They hold ${when}. A published version is never changed; you can go back to an earlier one.`, action: at ? "Schedule" : "Publish" });
  if (!sure) return;
  await busy(button, async () => {
    try {
      const version = await api("POST", `/v1/price-book-drafts/${data.id}/publish`, { revision: data.revision, ...(at ? { effective_at: at.toISOString() } : {}) });
      goOn(version, `Version ${version.version} is ${version.state}.`);
    } catch (error) {
      showProblem(form, error);
      await renew("#findings");
    }
  });
});

// Finding places
/** Where in the text a path of a finding is. @param {string} path @param {string} toml */
function placeOf(path, toml) {
  const parts = path.split(".");
  for (let length = parts.length; length > 0; length -= 1) {
    const start = toml.indexOf(`[${parts.slice(0, length).join(".")}]`);
    if (start < 0) continue;
    const rest = parts.slice(length);
    const index = /^packages\[(\d+)\]$/.exec(rest[0] ?? "");
    if (!index) return within(toml, start, rest.length ? `\n${rest[0]} =` : "");
    let at = toml.indexOf("packages", start);
    for (let step = 0; step <= Number(index[1]) && at >= 0; step += 1) at = toml.indexOf("{coins", at + 1);
    return at < 0 ? start : at;
  }
  return within(toml, 0, `${parts[0]} =`);
}
/** @param {string} toml @param {number} start @param {string} what */
function within(toml, start, what) {
  const at = what ? toml.indexOf(what, start) : -1;
  return at < 0 ? start : at + (what.startsWith("\n") ? 1 : 0);
}
onClick("data-find", (_, path) => {
  if (!text) return;
  const at = placeOf(path, text.value);
  const end = text.value.indexOf("\n", at);
  text.focus();
  text.setSelectionRange(at, end < 0 ? text.value.length : end);
  const line = text.value.slice(0, at).split("\n").length - 1;
  text.scrollTop = Math.max(0, (line - 4) * Number.parseFloat(getComputedStyle(text).lineHeight));
});

// Preview
document.addEventListener("change", async (event) => {
  if (!(event.target instanceof HTMLSelectElement) || !event.target.matches("[data-preview-region]")) return;
  const address = new URL(location.href);
  address.searchParams.set("region", event.target.value);
  history.replaceState(null, "", address);
  await renew("#preview");
  document.getElementById("preview-region")?.focus();
});
