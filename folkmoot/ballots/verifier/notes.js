// C2SP signed notes, checkpoints, cosignatures. Unlike the booth, which looks for one signature, a verifier believes
// a note only when every signature of a key that it knows fits.

import { ed25519 } from "@noble/curves/ed25519.js";
import { concat, isSame, sha256, toNumber, unb64, utf8 } from "../booth/bytes.js";
import { Refused } from "../booth/refused.js";
import { HASH_BYTES } from "./tree.js";
import { isBlank, keyOf } from "./members.js";

export const ED25519 = 1;
export const COSIGNATURE = 4;
const MAX_NOTE_BYTES = 1_000_000;
const MAX_SIGNATURES = 100;
const MAX_DECIMAL = 2n ** 63n - 1n;
const subtle = globalThis.crypto?.subtle;
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Padded base64 in its one spelling. */
export function readBase64(text) {
  const bytes = unb64(text);
  if (btoa(keyOf(bytes)) !== text) throw new Refused("base64");
  return bytes;
}

/** A number from 0 to 2^63 - 1 in plain digits. Those above 2^53 come back rounded: nothing has so many leaves. */
export function readDecimal(text) {
  if (!/^(0|[1-9][0-9]{0,18})$/.test(text) || BigInt(text) > MAX_DECIMAL) throw new Refused("decimal");
  return Number(text);
}

/** Read `<name>+<key ID>+<base64 of kind and key>`. */
export async function readKey(text) {
  const [name, id, ...rest] = text.split("+");
  let bytes = new Uint8Array(0);
  try {
    bytes = readBase64(rest.join("+"));
  } catch {
    // said below
  }
  if (!bytes.length) throw badKey("its last part is not base64");
  if (!isKeyName(name)) throw badKey("its name is empty or holds white space or a plus");
  if (bytes[0] !== ED25519 && bytes[0] !== COSIGNATURE) throw badKey("it is neither an Ed25519 key nor a cosignature/v1 key");
  if (bytes.length !== 33) throw badKey("an Ed25519 key has 32 bytes");
  if (hex((await sha256(concat(utf8(`${name}\n`), bytes))).subarray(0, 4)) !== id) {
    throw badKey("its key ID is not that of its name and public key");
  }
  return { name, id, kind: bytes[0], public: bytes.subarray(1) };
}

/** Read a note without believing it: { text, signatures }. */
export function readNote(bytes) {
  if (bytes.length > MAX_NOTE_BYTES) throw badNote(`it has more than ${MAX_NOTE_BYTES} bytes`);
  let note;
  try {
    note = strict.decode(bytes);
  } catch {
    throw badNote("it is not UTF-8");
  }
  const gap = note.lastIndexOf("\n\n");
  if (gap < 0 || !note.endsWith("\n") || note.length < gap + 3) {
    throw badNote("it does not end in an empty line and signature lines");
  }
  const lines = note.slice(gap + 2, -1).split("\n");
  if (lines.length > MAX_SIGNATURES) throw badNote(`it carries more than ${MAX_SIGNATURES} signatures`);
  const signatures = lines.map(readSignature);
  const text = note.slice(0, gap + 1);
  if (!isNoteText(text)) throw badNote("its text holds control characters");
  return { text, signatures };
}

/** Read a note that a known key has signed. Gives { text, made }: `made` are the keys that have signed it. */
export async function openNote(bytes, keys) {
  const { text, signatures } = readNote(bytes);
  const made = new Set();
  for (const signature of signatures) {
    const key = keys.find(({ name, id }) => name === signature.name && id === signature.id);
    if (!key) continue;
    if (!(await hasMade(key, text, signature.data))) {
      throw new Refused(`The signature of '${key.name}' with the key ID ${key.id} does not fit the text of the note.`);
    }
    made.add(key);
  }
  if (!made.size) throw new Refused("The note carries no signature of a key that is known here.");
  return { text, made };
}

/** The text of a checkpoint: { origin, size, said, root }; `said` is the size as it stands there. */
export function readCheckpoint(text) {
  const lines = text.split("\n");
  if (lines.length < 4 || lines.pop() !== "") {
    throw badCheckpoint("it has not at least three lines, each ended by a newline");
  }
  let size, root;
  try {
    [size, root] = [readDecimal(lines[1]), readBase64(lines[2])];
  } catch {
    throw badCheckpoint("its second line is not a tree size or its third is not a root in base64");
  }
  const [origin, , , ...extensions] = lines;
  if (![origin, ...extensions].every((line) => line && isNoteText(line))) {
    throw badCheckpoint("its origin or a further line is empty or not plain text");
  }
  if (root.length !== HASH_BYTES) throw badCheckpoint("its root is not a hash of 32 bytes");
  return { origin, size, said: lines[1], root };
}

async function hasMade(key, text, data) {
  if (key.kind === ED25519) return verify(key.public, data, utf8(text));
  const time = toNumber(data.subarray(0, 8));
  return time <= MAX_DECIMAL && verify(key.public, data.subarray(8), utf8(`cosignature/v1\ntime ${time}\n${text}`));
}

/** Ed25519 by the browser, or by @noble/curves where the browser has none. */
export async function verify(key, signature, message) {
  if (signature.length !== 64) return false;
  let imported;
  try {
    imported = await subtle.importKey("raw", key, "Ed25519", false, ["verify"]);
  } catch {
    try {
      return ed25519.verify(signature, message, key, { zip215: false });
    } catch {
      return false; // the key is no point
    }
  }
  return subtle.verify("Ed25519", imported, signature, message);
}

function readSignature(line) {
  const [, name, encoded] = /^\u2014 ([^ ]*) (.*)$/s.exec(line) ?? [];
  let bytes = new Uint8Array(0);
  try {
    bytes = readBase64(encoded ?? "");
  } catch {
    // said below
  }
  if (!bytes.length) throw badNote("a line after the text is not a signature");
  if (!isKeyName(name) || bytes.length < 5) throw badNote("a signature line has no name, key ID or signature");
  return { name, id: hex(bytes.subarray(0, 4)), data: bytes.subarray(4) };
}

function isKeyName(name) {
  return name !== "" && !name.includes("+") && ![...name].some((letter) => isBlank(letter)) && isNoteText(name);
}

/** Of the control characters only newlines, and no half characters. */
function isNoteText(text) {
  return !/[\0-\x09\x0b-\x1f]|\p{Cs}/u.test(text);
}

export function isSameKey(one, other) {
  return isSame(one.public, other.public);
}

function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const badKey = (reason) => new Refused(`This is not a key of a signed note: ${reason}.`);
const badNote = (reason) => new Refused(`This is not a signed note: ${reason}.`);
const badCheckpoint = (reason) => new Refused(`This is not a checkpoint: ${reason}.`);
