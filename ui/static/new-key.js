// Registers a new security key just before its form is sent: the form carries the browser's answer.

import { cancel, create, usable, words } from "./keys.js";

function prepare(form) {
  const box = form.querySelector("[data-new-key]");
  const answer = form.elements.key;
  const said = box.querySelector("[role=status]");
  const stop = box.querySelector("[data-cancels]");

  async function register(submitter) {
    said.textContent = "Your browser asks for your new key now.";
    stop.hidden = false;
    try {
      answer.value = JSON.stringify(await create(box.dataset.newKey, box.dataset.token, {}));
      said.textContent = "";
      form.requestSubmit(submitter);
    } catch (error) {
      said.textContent = words(error);
    }
    stop.hidden = true;
  }

  // Before every other listener: what proves the change may be bound to the new key.
  form.addEventListener("submit", (event) => {
    if (answer.value) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (stop.hidden) register(event.submitter);
  });
  stop.addEventListener("click", cancel);
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) answer.value = "";
  });
  for (const each of document.querySelectorAll("[data-without-keys]")) each.hidden = usable();
  for (const each of form.querySelectorAll("[data-with-keys]")) each.hidden = !usable();
}

for (const box of document.querySelectorAll("[data-new-key]")) prepare(box.closest("form"));
