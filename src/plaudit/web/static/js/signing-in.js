// Somebody signs in again for something grave: in a window of its own, so that what they typed stays where it is.
import { say } from "./words.js";

const CHANNEL = "plaudit-signed-in";

/** Tells the pages that wait. */
export function tellSignedIn() {
  new BroadcastChannel(CHANNEL).postMessage("");
}

/** Asks whoever is here to sign in again. @returns {Promise<boolean>} whether they did */
export function signedInAgain() {
  const back = encodeURIComponent(location.pathname + location.search);
  const address = `/sign-in?again=true&next=${encodeURIComponent(`/sign-in/done?next=${back}`)}`;
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-labelledby", "again-title");
  const heading = Object.assign(document.createElement("h2"), { id: "again-title", textContent: say("again_title") });
  const body = Object.assign(document.createElement("p"), { className: "soft", textContent: say("again_text") });
  body.setAttribute("role", "status");
  const form = Object.assign(document.createElement("form"), { className: "form dialog-body confirm", method: "dialog" });
  const go = Object.assign(document.createElement("a"), { className: "button button-primary", href: address, target: "_blank", textContent: say("again") });
  const no = Object.assign(document.createElement("button"), { className: "button", value: "", textContent: say("not_now") });
  const actions = Object.assign(document.createElement("div"), { className: "form-actions" });
  actions.append(go, no);
  form.append(heading, body, actions);
  dialog.append(form);
  document.body.append(dialog);
  dialog.showModal();
  go.addEventListener("click", () => { body.textContent = say("again_waiting"); });
  const channel = new BroadcastChannel(CHANNEL);
  channel.addEventListener("message", () => dialog.close("yes"));
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      channel.close();
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}
