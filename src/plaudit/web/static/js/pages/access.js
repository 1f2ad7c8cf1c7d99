// Who may come in: roles, keys, platforms, bounds and linked accounts. What is more than before is proposed; less holds at once.
import { ProblemError, api, busy, renew } from "../api.js";
import { clearProblems, confirmed, onClick, onSubmit, showAtForm, showProblem, showUnder, wholeNumber } from "../forms.js";
import { Meant } from "../meant.js";
import { toast } from "../toast.js";

const meant = new Meant();
const LISTS = ["#list", "#proposed", "#wider", ".operator-tabs"];

/** @param {FormData} data @param {string} name @returns {string} */
const text = (data, name) => String(data.get(name) ?? "").trim();

/** Asks for what a form says, once, and shows what came of it. @param {HTMLFormElement} form @param {string} path @param {object} body */
async function propose(form, path, body) {
  try {
    const answer = await meant.ask(path, body);
    toast(answer.proposed_at ? "Proposed: it waits for another operator." : "It holds.");
    form.reset();
    await renew(...LISTS);
  } catch (error) {
    showProblem(form, error);
  }
}

/** Does something at once. @param {Element} button @param {() => Promise<unknown>} act @param {string} done */
const atOnce = (button, act, done) => busy(button, async () => {
  try {
    await act();
    toast(done);
  } catch (error) {
    toast(error instanceof ProblemError ? error.message : "That did not work. Nothing was changed.", { tone: "bad" });
  }
  await renew(...LISTS);
});

/** What a form has to say besides; shown where it is missing. @param {HTMLFormElement} form @param {FormData} data @returns {string} */
function reasonOf(form, data) {
  const note = text(data, "note");
  if (!note) showUnder(form, "note", "Say why.");
  return note;
}

onSubmit("[data-propose-role]", (form, button) => busy(button, async () => {
  clearProblems(form);
  const data = new FormData(form);
  const note = reasonOf(form, data);
  if (note) await propose(form, "/v1/operator/roles", { person_id: form.dataset.proposeRole, role: text(data, "role"), note });
}));

onSubmit("[data-propose-bound]", (form, button) => busy(button, async () => {
  clearProblems(form);
  const data = new FormData(form);
  const written = text(data, "value");
  const value = wholeNumber(written);
  if (!value && written !== "0") return void showUnder(form, "value", "Write a whole number.");
  if (String(value) === form.dataset.now) return void showUnder(form, "value", "That is what holds.");
  const note = reasonOf(form, data);
  if (note) await propose(form, "/v1/decision-bounds", { name: form.dataset.proposeBound, value, note });
}));

onSubmit("[data-link]", (form, button) => busy(button, async () => {
  clearProblems(form);
  const data = new FormData(form);
  const other = text(data, "other_id");
  if (!/^[1-9]\d*$/.test(other)) return void showUnder(form, "other_id", "Write the number of an account.");
  const note = reasonOf(form, data);
  if (note) await propose(form, "/v1/person-links", { person_id: form.dataset.link, other_id: other, note });
}));

onSubmit("[data-propose-key]", (form, button) => busy(button, async () => {
  clearProblems(form);
  const data = new FormData(form);
  const [name, day] = [text(data, "name"), text(data, "expires_on")];
  if (!name) return void showUnder(form, "name", "Say what it is called.");
  if (!day) return void showUnder(form, "expires_on", "Say until when: a key that operators make ends.");
  const latest = form.querySelector("[name=expires_on]")?.getAttribute("max") ?? day;
  if (day > latest) return void showUnder(form, "expires_on", "That is later than a key may end.");
  const overlap = data.has("another_secret") ? text(data, "overlap_hours") : "24";
  const hours = wholeNumber(overlap);
  if (!hours && overlap !== "0") return void showUnder(form, "overlap_hours", "Write a whole number of hours.");
  const note = reasonOf(form, data);
  if (!note) return;
  const body = {
    name,
    issuer: text(data, "issuer"),
    scopes: data.getAll("scopes"),
    networks: text(data, "networks").split(/[\s,]+/).filter(Boolean),
    expires_at: `${day}T23:59:59Z`,
    another_secret: data.has("another_secret"),
    overlap_hours: hours,
    note,
  };
  try {
    const answer = await meant.ask("/v1/operator/keys", body);
    if (answer.secret) return showSecret(answer.secret, Boolean(answer.decision));
    toast(answer.decision ? "Proposed: it waits for another owner." : "It holds.");
    await renew(...LISTS);
  } catch (error) {
    showProblem(form, error);
  }
}));

/** Shows a secret until whoever reads it says that it is kept. @param {string} secret @param {boolean} waits for another operator */
function showSecret(secret, waits) {
  const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("secret"));
  const shown = /** @type {HTMLInputElement} */ (document.getElementById("secret-text"));
  const note = /** @type {HTMLElement} */ (dialog.querySelector("[data-secret-note]"));
  shown.value = secret;
  note.textContent = waits ? "It is good once another owner has confirmed the key." : "It is good from now on.";
  dialog.querySelector("[data-secret-copy]")?.setAttribute("data-copy", secret);
  dialog.showModal();
  shown.select();
}

onClick("data-revoke-key", async (button, id) => {
  const sure = await confirmed({ title: `Revoke ${button.dataset.name}?`, text: "It is refused at once, and so is who came by its codes. It cannot be undone.", action: "Revoke", danger: true });
  if (sure) await atOnce(button, () => api("POST", `/v1/operator/keys/${id}/revoke`), "Revoked.");
});

onClick("data-stop-issuer", async (button, id) => {
  const sure = await confirmed({ title: `Stop ${button.dataset.name}?`, text: "Its tokens and keys are refused at once, and its people are signed out. It takes two to believe it again.", action: "Stop it", danger: true });
  if (sure) await atOnce(button, () => api("POST", `/v1/operator/issuers/${id}/stop`), "It is believed no longer.");
});

onClick("data-take-role", async (button, role) => {
  const { name, person } = button.dataset;
  const sure = await confirmed({ title: `Take the role of ${role} from ${name}?`, text: "What is open of them closes at once. It takes two to give it again.", action: "Take it away", danger: true });
  if (sure) await atOnce(button, () => api("DELETE", `/v1/operator/people/${person}/roles/${role}`), "Taken away.");
});

onClick("data-part", async (button, id) => {
  const reason = await confirmed({ title: "Part these accounts?", text: "For decisions they are two people's again.", ask: "Why?", action: "Part them", danger: true });
  if (reason) await atOnce(button, () => api("POST", `/v1/person-links/${id}/end`, { reason }), "Parted.");
});

onClick("data-withdraw-bound", async (button, id) => {
  const reason = await confirmed({ title: `Leave “${button.dataset.name}” as it is?`, text: "What two owners decided does not come into force.", ask: "Why?", action: "Take it back", danger: true });
  if (reason) await atOnce(button, () => api("POST", `/v1/decision-bounds/wider/${id}/withdraw`, { reason }), "Taken back: the bound stays as it is.");
});
