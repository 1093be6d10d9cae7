// C2SP signed notes, read and verified. Ed25519 is WebCrypto's where the browser has it; where not, nobody here
// pretends: `openNote` says `isVerified: false` and the page says so too.

import { concat, sha256, unb64, utf8 } from "./bytes.js";
import { Refused } from "./refused.js";

const subtle = globalThis.crypto?.subtle;
const ED25519 = 1;

/** Read `<name>+<key ID>+<base64 of kind and key>`. Gives { name, id, public }. */
export async function readKey(text) {
  const [, name, id, encoded] = /^([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text.trim()) ?? [];
  if (!name) throw new Refused("log-key");
  const bytes = unb64(encoded);
  if (bytes.length !== 33 || bytes[0] !== ED25519 || (await idOf(name, bytes)) !== id) throw new Refused("log-key");
  return { name, id, public: bytes.subarray(1) };
}

/** The log's key in a C2SP policy, as text. */
export function keyOfPolicy(policy) {
  const found = /^log (\S+)/m.exec(policy);
  if (!found) throw new Refused("log-key");
  return found[1];
}

/** Open a note of this key. Gives { lines, isVerified }; a signature that is not the key's is refused. */
export async function openNote(note, key) {
  const gap = note.lastIndexOf("\n\n");
  if (gap < 0 || !note.endsWith("\n")) throw new Refused("note");
  const text = note.slice(0, gap + 1);
  const signatures = note.slice(gap + 2, -1).split("\n").map(readSignature);
  const own = signatures.find(({ name, id }) => name === key.name && id === key.id);
  if (!own) throw new Refused("signature");
  const lines = text.slice(0, -1).split("\n");
  if (lines[0] !== key.name) throw new Refused("origin");
  return { lines, isVerified: await verify(key, utf8(text), own.data) };
}

async function verify(key, text, signature) {
  let imported;
  try {
    imported = await subtle.importKey("raw", key.public, "Ed25519", false, ["verify"]);
  } catch {
    return false; // this browser has no Ed25519
  }
  if (!(await subtle.verify("Ed25519", imported, signature, text))) throw new Refused("signature");
  return true;
}

function readSignature(line) {
  const [, name, encoded] = /^\u2014 (\S+) ([A-Za-z0-9+/=]+)$/.exec(line) ?? [];
  if (!name) throw new Refused("note");
  const bytes = unb64(encoded);
  return { name, id: hex(bytes.subarray(0, 4)), data: bytes.subarray(4) };
}

async function idOf(name, kindAndKey) {
  return hex((await sha256(concat(utf8(`${name}\n`), kindAndKey))).subarray(0, 4));
}

function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
