// Tells password managers which passkeys the account still has, where the browser passes that on.

const list = document.querySelector("[data-known-keys]");
const { rpId, userId, knownKeys } = list.dataset;
const allAcceptedCredentialIds = knownKeys.split(" ").filter(Boolean);

if (window.PublicKeyCredential?.signalAllAcceptedCredentials) {
  const known = { rpId, userId, allAcceptedCredentialIds };
  PublicKeyCredential.signalAllAcceptedCredentials(known).catch(() => {});
}
