// Says while typing what the address list means; the server has the last word on save.

const PAUSE = 400; // milliseconds without a key before the list is checked

const form = document.querySelector("[data-check]");
const text = document.getElementById("networks");
const verdict = document.getElementById("verdict");
const notes = document.getElementById("notes");
const ends = document.getElementById("ends");
const tick = document.getElementById("tick");
const add = document.querySelector("[data-adds]");
let waiting = 0;
let asked = 0;

// What somebody typed stands between back-ticks.
function marked(words) {
  return words.split("`").map((part, index) => {
    if (index % 2 === 0) return part;
    const code = document.createElement("code");
    code.textContent = part;
    return code;
  });
}

function show(meaning) {
  verdict.textContent = meaning.verdict;
  verdict.className = `notice ${meaning.covered ? "is-done" : meaning.wrong ? "is-plain" : "is-warning"}`;
  ends.hidden = meaning.ends.length === 0;
  ends.querySelector("strong").textContent = meaning.ends_words;
  ends.querySelector("ul").replaceChildren(
    ...meaning.ends.map((browser) => {
      const item = document.createElement("li");
      item.textContent = browser;
      return item;
    }),
  );
  tick.hidden = meaning.covered || meaning.wrong;
  notes.replaceChildren(
    ...meaning.notes.map((note) => {
      const item = document.createElement("li");
      item.className = note.level === "error" ? "is-error" : "";
      item.append(...marked(note.text));
      return item;
    }),
  );
}

async function check() {
  const mine = ++asked;
  const answer = await fetch(form.dataset.check, {
    method: "POST",
    headers: { "X-Gate-CSRF": form.elements.csrf.value },
    body: new URLSearchParams({ networks: text.value }),
  });
  if (answer.ok && mine === asked) show(await answer.json());
}

text.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => check().catch(() => {}), PAUSE);
});

add.hidden = false;
add.addEventListener("click", () => {
  const lines = text.value.trimEnd();
  text.value = `${lines}${lines ? "\n" : ""}${add.dataset.adds}\n`;
  text.focus();
  check().catch(() => {});
});
