// A button that lets a security key answer: at sign-in, where autofill may offer passkeys too, and
// at step-up.

import { cancel, get, post, usable, words } from "./keys.js";

const RENEWED = 4 * 60 * 1000; // milliseconds; a question counts for five minutes

const box = document.querySelector("[data-key]");
const button = box.querySelector("[data-asks]");
const stop = box.querySelector("[data-cancels]");
const said = box.querySelector("[role=status]");
const otherwise = document.querySelector("[data-otherwise]");
const { key, token, next } = box.dataset;

async function ask(mediation) {
  const onward = `?next=${encodeURIComponent(next)}`;
  const answer = await get(`${key}/options${onward}`, token, {}, mediation);
  const found = await post(key + onward, token, answer);
  location.assign(found.next);
}

function tell(error) {
  said.textContent = words(error);
  if (otherwise) otherwise.open = true;
}

async function press() {
  if (!stop.hidden) return; // it is being asked
  said.textContent = "Your browser asks for your key now.";
  stop.hidden = false;
  try {
    await ask();
  } catch (error) {
    tell(error);
    autofill();
  }
  stop.hidden = true;
}

// Nobody picks anything in a window that is not seen; it is asked anew when it is seen again.
function renewed() {
  if (document.hidden) document.addEventListener("visibilitychange", autofill, { once: true });
  else autofill();
}

// A passkey that is picked from the name field's suggestions; silent until somebody does.
async function autofill() {
  if (!("autofill" in box.dataset)) return;
  if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
  if (!stop.hidden) return; // the button was quicker
  const renew = setTimeout(renewed, RENEWED);
  try {
    await ask("conditional");
  } catch (error) {
    if (error.name !== "AbortError" && error.name !== "NotAllowedError") tell(error);
  }
  clearTimeout(renew);
}

if (usable()) {
  button.hidden = false;
  if ("focus" in box.dataset) button.focus();
  if (otherwise && !("keeps" in otherwise.dataset)) otherwise.open = false;
  button.addEventListener("click", press);
  stop.addEventListener("click", cancel);
  autofill().catch(() => {});
} else {
  said.textContent = box.dataset.unusable;
}
