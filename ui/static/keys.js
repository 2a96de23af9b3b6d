// Asks security keys, sends what they answer, and says in plain words what went wrong.

const WORDS = {
  AbortError: "",
  NotAllowedError: "That was cancelled, or it took too long. Try again when you are ready.",
  InvalidStateError: "This key is already on your list.",
  ConstraintError: "This key has no PIN or fingerprint set up, and one is needed here. Try another key.",
  NotSupportedError: "This key, or this browser, can’t do what is needed here. Try another one.",
};
let asking = null;

export class Told extends Error {}

export function usable() {
  return Boolean(window.PublicKeyCredential?.parseRequestOptionsFromJSON && navigator.credentials);
}

export function cancel() {
  asking?.abort();
}

// One question at a time, from the moment it is fetched: a new one ends the one before.
function question() {
  cancel();
  asking = new AbortController();
  return asking.signal;
}

function elsewhere(name) {
  return new Told(`Security keys don’t work at this address. Open the page at ${name} instead.`);
}

async function asked(kind, request, name) {
  try {
    const credential = await navigator.credentials[kind](request);
    return credential.toJSON();
  } catch (error) {
    throw error.name === "SecurityError" ? elsewhere(name) : error;
  }
}

// Fetches the options for a new key, and gives what the browser answers.
export async function create(url, token, body) {
  const signal = question();
  const options = await post(url, token, body, signal);
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  return asked("create", { publicKey, signal }, options.rp.id);
}

// Fetches the options for a key that is known, and gives what the browser answers.
export async function get(url, token, body, mediation = "optional") {
  const signal = question();
  const options = await post(url, token, body, signal);
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  return asked("get", { publicKey, mediation, signal }, options.rpId);
}

export async function post(url, token, body, signal = null) {
  const headers = { "X-Gate-CSRF": token, "Content-Type": "application/json" };
  const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(body), signal });
  const said = await answer.json();
  if (answer.ok) return said;
  throw new Told(said.words || `That did not work. Open the page again. (Request ${said.request})`);
}

export function words(error) {
  if (error instanceof Told) return error.message;
  return WORDS[error.name] ?? "That did not work. Check your connection, then try again.";
}
