// Lets a security key prove the change that a form would make, just before the form is sent.

import { cancel, get, usable, words } from "./keys.js";

function parameters(form, names) {
  const fields = new FormData(form);
  return Object.fromEntries(names.map((name) => [name, String(fields.get(name) ?? "")]));
}

function prepare(box) {
  const form = box.closest("form");
  const answer = form.elements.assertion;
  const said = box.querySelector("[role=status]");
  const stop = box.querySelector("[data-cancels]");
  const names = box.dataset.binds.split(" ").filter(Boolean);

  async function prove(submitter) {
    said.textContent = "Your browser asks for your security key now.";
    stop.hidden = false;
    const change = { change: box.dataset.proof, parameters: parameters(form, names) };
    try {
      answer.value = JSON.stringify(await get(box.dataset.options, box.dataset.token, change));
      form.requestSubmit(submitter);
      if ("stays" in form.dataset) {
        answer.value = ""; // the answer is a file, the page stays, and the next one asks again
        said.textContent = "";
      }
    } catch (error) {
      said.textContent = words(error);
    }
    stop.hidden = true;
  }

  form.addEventListener("submit", (event) => {
    if (answer.value || event.submitter?.formNoValidate) return;
    event.preventDefault();
    if (!stop.hidden) return; // it is being asked
    if (usable()) prove(event.submitter);
    else said.textContent = "This browser can’t talk to security keys. Use another one.";
  });
  stop.addEventListener("click", cancel);
  window.addEventListener("pageshow", () => {
    answer.value = "";
  });
}

document.querySelectorAll("[data-proof]").forEach(prepare);
