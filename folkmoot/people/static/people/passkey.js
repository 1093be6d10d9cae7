// Passkeys: the browser makes or shows one, the form carries it. Without this script the forms stay hidden
// and a code to the phone lets in all the same.

const toBytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));

const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

const withBytes = (credentials) => credentials?.map((each) => ({ ...each, id: toBytes(each.id) }));

function readOptions({ publicKey }) {
  const options = { ...publicKey, challenge: toBytes(publicKey.challenge) };
  if (publicKey.user) options.user = { ...publicKey.user, id: toBytes(publicKey.user.id) };
  if (publicKey.allowCredentials) options.allowCredentials = withBytes(publicKey.allowCredentials);
  if (publicKey.excludeCredentials) options.excludeCredentials = withBytes(publicKey.excludeCredentials);
  return { publicKey: options };
}

function writeCredential(credential) {
  const response = { clientDataJSON: toText(credential.response.clientDataJSON) };
  for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[part]) response[part] = toText(credential.response[part]);
  }
  return JSON.stringify({
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    response,
    clientExtensionResults: credential.getClientExtensionResults(),
  });
}

async function askForOptions(form) {
  if (form.dataset.options) return JSON.parse(form.dataset.options);
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  return (await answer.json()).request_options;
}

async function carry(event) {
  const form = event.target;
  if (form.elements.credential.value) return;
  event.preventDefault();
  try {
    const options = readOptions(await askForOptions(form));
    const credential = await navigator.credentials[form.dataset.passkey](options);
    form.elements.credential.value = writeCredential(credential);
    form.submit();
  } catch {
    // The owner turned away, or the device has no passkey for this place: the page stays as it was.
    for (const button of form.querySelectorAll("button")) button.disabled = false;
  }
}

if (window.PublicKeyCredential) {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", carry);
  }
  for (const note of document.querySelectorAll("[data-passkey-missing]")) note.hidden = true;
}
