// Payouts made by hand: exports, marking one, and files of outcomes that are looked at before they are applied.
import { ProblemError, api, busy, renew } from "../api.js";
import { clearProblems, confirmed, onClick, onSubmit, showAtForm, showProblem } from "../forms.js";
import { money } from "../format.js";
import { Meant } from "../meant.js";
import { toast } from "../toast.js";

const LINES_SHOWN = 50;

/** @param {unknown} error */
const failed = (error) => toast(error instanceof ProblemError ? error.message : "That did not work. Nothing was changed.", { tone: "bad" });

// What is to be paid
const newExport = new Meant();
onClick("data-export", async (button) => {
  const chosen = document.getElementById("export-currency");
  const currency = chosen instanceof HTMLSelectElement && chosen.value ? chosen.value : null;
  const sure = await confirmed({ title: "Export what is to be paid?", text: "What is in the export counts as sent: it cannot be refused any more, and is in no other export.", action: "Export" });
  if (!sure) return;
  await busy(button, async () => {
    try {
      const made = await newExport.ask("/v1/operator/payouts/exports", { currency });
      location.assign(`/operator/payouts/exports/${made.number}`);
    } catch (error) {
      failed(error);
      await renew("#to-pay", "#exports");
    }
  });
});
onClick("data-refuse", async (button, id) => {
  const reason = await confirmed({ title: `Refuse ${button.dataset.what}?`, text: "The diamonds are available to the creator again, who reads why.", ask: "Why?", action: "Refuse", danger: true });
  if (!reason) return;
  await busy(button, async () => {
    try {
      await api("POST", `/v1/payouts/${id}/refuse`, { reason });
      toast("Refused. The creator reads your reason.");
    } catch (error) {
      failed(error);
    }
    await renew("#to-pay");
  });
});
onClick("data-recall", async (button, id) => {
  const sure = await confirmed({ title: `Take back ${button.dataset.what}?`, text: "Its provider gives back what was not taken, or has not left. The diamonds are available to the creator again.", action: "Take back", danger: true });
  if (!sure) return;
  await busy(button, async () => {
    try {
      await api("POST", `/v1/payouts/${id}/recall`);
      toast("It is back. The creator has the diamonds again.");
    } catch (error) {
      failed(error);
    }
    await renew("#late");
  });
});
onClick("data-fetched", () => {
  setTimeout(() => void renew("#downloads").catch(() => false), 1_000); // the browser says nothing of a download's end
});

// One payout
const dialog = /** @type {HTMLDialogElement | null} */ (document.getElementById("mark"));
let marked = "";

/** @param {HTMLFormElement} form */
const outcomeOf = (form) => (form.dataset.state === "paid" ? "returned" : String(new FormData(form).get("outcome")));

/** @param {HTMLFormElement} form */
const showReason = (form) => form.querySelector("[data-reason]")?.toggleAttribute("hidden", outcomeOf(form) === "paid");

onClick("data-mark", (button, id) => {
  const form = /** @type {HTMLFormElement | null | undefined} */ (dialog?.querySelector("form"));
  if (!dialog || !form) return;
  marked = id;
  form.reset();
  clearProblems(form);
  form.dataset.state = button.dataset.state ?? "";
  form.querySelector("[data-outcomes-of]")?.toggleAttribute("hidden", button.dataset.state === "paid");
  const label = form.querySelector("[data-mark-label]");
  if (label) label.textContent = `${button.dataset.what}${button.dataset.state === "paid" ? " was paid and came back." : ""}`;
  showReason(form);
  dialog.showModal();
});
dialog?.addEventListener("change", () => {
  const form = dialog.querySelector("form");
  if (form) showReason(form);
});
onSubmit("[data-mark-form]", (form, button) => busy(button, async () => {
  clearProblems(form);
  const data = new FormData(form);
  const outcome = outcomeOf(form);
  const reference = String(data.get("reference")).trim();
  const reason = outcome === "paid" ? null : String(data.get("reason")).trim();
  if (!reference) return showAtForm(form, "Write the bank's own name of the transfer.");
  if (reason === "") return showAtForm(form, "Say why: the creator reads it.");
  try {
    await api("POST", `/v1/payouts/${marked}/outcome`, { outcome, reference, reason });
    dialog?.close();
    toast(`Marked as ${outcome}.`);
    await renew("#payouts");
  } catch (error) {
    showProblem(form, error);
  }
  return undefined;
}));

// A file
const place = /** @type {HTMLElement | null} */ (document.querySelector("[data-preview]"));
const file = /** @type {HTMLInputElement | null} */ (document.getElementById("outcome-file"));
const text = /** @type {HTMLTextAreaElement | null} */ (document.querySelector("[data-outcomes] [name=csv]"));
let looked = "";

file?.addEventListener("change", async () => {
  const chosen = file.files?.[0];
  if (chosen && text) text.value = await chosen.text();
  if (place) place.hidden = true;
});
text?.addEventListener("input", () => {
  if (place) place.hidden = true;
});

onSubmit("[data-outcomes]", (form, button) => busy(button, async () => {
  clearProblems(form);
  looked = text?.value ?? "";
  if (!looked.trim()) return showAtForm(form, "Choose a file, or paste its lines.");
  try {
    show(await api("POST", "/v1/operator/payouts/outcomes:check", { csv: looked }));
  } catch (error) {
    showProblem(form, error);
  }
  return undefined;
}));

/** @param {string} name @param {string} className @param {string} [words] */
function element(name, className, words = "") {
  return Object.assign(document.createElement(name), { className, textContent: words });
}

/** @param {{lines: any[], left_open: number, errors: {line: number, column: string, reason: string}[]}} checked */
function show(checked) {
  if (!place) return;
  const fresh = checked.lines.filter((line) => line.is_new);
  const counts = [`${fresh.length} to mark`, `${checked.lines.length - fresh.length} known already`, `${checked.left_open} left open`];
  place.replaceChildren(element("p", "card-title", checked.errors.length ? "Nothing is applied while a line is wrong" : counts.join(" · ")));
  if (checked.errors.length) {
    const list = element("ul", "outcome-errors");
    list.append(...checked.errors.map(({ line, column, reason }) => element("li", "", `Line ${line}: ${column} ${reason}`)));
    place.append(list);
  } else if (fresh.length) {
    const button = element("button", "button button-primary", `Mark ${fresh.length === 1 ? "one payout" : `${fresh.length} payouts`}`);
    button.setAttribute("type", "button");
    button.dataset.apply = "";
    const actions = element("div", "form-actions");
    actions.append(button);
    place.append(table(fresh), actions);
  }
  place.hidden = false;
  place.scrollIntoView({ block: "nearest" });
}

/** @param {any[]} lines */
function table(lines) {
  const wrap = element("div", "table-scroll");
  const made = element("table", "table table-stacked");
  const names = ["Line", "To", "Amount", "Outcome", "Reference"];
  const head = element("tr", "");
  head.append(...names.map((name) => Object.assign(element("th", name === "Amount" ? "number" : "", name), { scope: "col" })));
  const thead = element("thead", "");
  thead.append(head);
  const body = element("tbody", "");
  for (const line of lines.slice(0, LINES_SHOWN)) {
    const cells = [line.line, `${line.holder_name} •••• ${line.account_ending}`, money(line.money), line.outcome, [line.reference, line.reason].filter(Boolean).join(" · ")];
    const row = element("tr", "");
    row.append(...cells.map((cell, index) => {
      const made_cell = element("td", names[index] === "Amount" ? "number" : "", String(cell));
      made_cell.dataset.label = names[index];
      return made_cell;
    }));
    body.append(row);
  }
  made.append(thead, body);
  wrap.append(made);
  if (lines.length > LINES_SHOWN) wrap.append(element("p", "faint card-note", `and ${lines.length - LINES_SHOWN} more`));
  return wrap;
}

onClick("data-apply", (button) => busy(button, async () => {
  try {
    const applied = await api("POST", "/v1/operator/payouts/outcomes", { csv: looked });
    const fresh = applied.lines.filter((/** @type {{is_new: boolean}} */ line) => line.is_new).length;
    toast(`Marked: ${fresh}.`);
    if (text) text.form?.reset();
    if (place) place.hidden = true;
    await renew("#exports");
  } catch (error) {
    const errors = error instanceof ProblemError && error.code === "outcome_file_refused" ? error.problem.errors : null;
    if (errors) show({ lines: [], left_open: 0, errors });
    else failed(error);
  }
}));
