// Looking at a pack of rules: what is wrong with it, by line, what it would have changed, and proposing it.
import { api, busy, renew } from "../api.js";
import { clearProblems, onClick, onSubmit, showProblem, showUnder } from "../forms.js";
import { Meant } from "../meant.js";
import { toast } from "../toast.js";

/** @typedef {{line: number, reason: string}} Finding */
/** @typedef {{action: string, outcome_before: string, rule_before: string, outcome_after: string, rule_after: string, times: number, people: number, examples: string[]}} Change */

const meant = new Meant();
const find = (/** @type {string} */ selector) => /** @type {any} */ (document.querySelector(selector));
const form = find("[data-pack]");
const file = find("#pack-toml");
const count = (/** @type {number} */ number, /** @type {string} */ one) => `${number.toLocaleString("en")} ${one}${number === 1 ? "" : "s"}`;

/** @param {string} place @param {string} verdict @param {HTMLElement[]} rows */
function show(place, verdict, rows) {
  const section = find(place);
  section.hidden = false;
  section.querySelector("[data-verdict]").textContent = verdict;
  section.querySelector("[data-list]").replaceChildren(...rows);
}

/** @param {...(Node | string)} parts */
function row(...parts) {
  const item = document.createElement("li");
  item.className = "finding";
  const text = document.createElement("div");
  text.className = "break";
  text.append(...parts);
  item.append(text);
  return item;
}

/** A finding, which leads to its line. @param {Finding} finding */
function found({ line, reason }) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "finding-place";
  button.textContent = `Line ${line}`;
  button.addEventListener("click", () => {
    const lines = file.value.split("\n");
    const start = lines.slice(0, line - 1).reduce((/** @type {number} */ sum, /** @type {string} */ one) => sum + one.length + 1, 0);
    file.focus();
    file.setSelectionRange(start, start + (lines[line - 1] ?? "").length);
    file.scrollTop = (file.scrollHeight / lines.length) * Math.max(0, line - 4);
  });
  return row(button, ` ${reason}`);
}

/** @param {Change} one */
function changed(one) {
  const title = document.createElement("strong");
  title.textContent = `${one.action.replaceAll("_", " ")}: ${one.outcome_before} → ${one.outcome_after}`;
  const rules = document.createElement("small");
  rules.className = "soft";
  rules.textContent = `${one.rule_before} → ${one.rule_after}; such as accounts ${one.examples.join(", ")}`;
  return row(title, `, ${count(one.times, "time")} by ${one.people === 1 ? "1 person" : `${one.people.toLocaleString("en")} people`}`, document.createElement("br"), rules);
}

/** @param {{findings: Finding[], loosened?: string[]}} answer */
function showFindings({ findings, loosened = [] }) {
  const verdict = findings.length
    ? `${count(findings.length, "finding")} to put right before it can be proposed.`
    : loosened.length ? `It can be proposed. It loosens ${loosened.join(", ")}.` : "It can be proposed. Nothing was found.";
  show("[data-findings]", verdict, findings.map(found));
}

/** What a pack is refused for is shown by line. @param {any} error */
function refused(error) {
  if (error?.problem?.findings) showFindings(error.problem);
  showProblem(form, error);
}

onClick("data-lint", (button) => busy(button, async () => {
  clearProblems(form);
  try {
    showFindings(await api("POST", "/v1/operator/policy-packs:lint", { toml: file.value }));
  } catch (error) {
    refused(error);
  }
}));

onClick("data-try", (button) => busy(button, async () => {
  clearProblems(form);
  try {
    const tried = await api("POST", "/v1/operator/policy-packs:try", { toml: file.value });
    const looked = `${count(tried.acts, "act")} with somebody in ${tried.country} were looked at${tried.is_whole ? "" : ", and there are more"}. `;
    const verdict = tried.changes.length ? "This would have been decided otherwise:" : "Nothing would have been decided otherwise.";
    show("[data-tried]", looked + verdict, tried.changes.map(changed));
  } catch (error) {
    refused(error);
  }
}));

if (form) onSubmit("[data-pack]", (_, button) => busy(button, async () => {
  clearProblems(form);
  const note = form.elements.namedItem("note")?.value.trim();
  if (!note) return void showUnder(form, "note", "Say why.");
  try {
    const answer = await meant.ask("/v1/operator/policy-packs", { toml: file.value, note });
    toast(answer.proposed_at ? "Proposed: it waits for another operator." : "It will hold from its day.");
    await renew("#list", "#proposed", ".operator-tabs");
  } catch (error) {
    refused(error);
  }
}));
