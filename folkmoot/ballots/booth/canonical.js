// A record as every leaf is one: JSON in its one spelling (RFC 8785), of text, whole numbers, lists and objects.

import { concat, sha256, utf8 } from "./bytes.js";
import { Refused } from "./refused.js";

const MAX_BYTES = 65_535;
const MAX_DEPTH = 64;
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The one spelling of a value. Names are sorted by UTF-16 code units, which is how strings compare here. */
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
}

/** Read a record, and refuse bytes that are not its one spelling. */
export function readCanonical(bytes) {
  if (bytes.length > MAX_BYTES) {
    throw new Refused(`A record has at most ${MAX_BYTES} bytes, but this one has ${bytes.length}.`);
  }
  let text, value;
  try {
    text = strict.decode(bytes);
    value = JSON.parse(text);
  } catch {
    throw notCanonical("they are not JSON in UTF-8");
  }
  requireKnown(value, MAX_DEPTH);
  if (canonical(value) !== text) throw notCanonical("the same record has another, canonical spelling");
  return value;
}

function notCanonical(reason) {
  return new Refused(`These bytes are not a record in its canonical form: ${reason}.`);
}

/** Refuse what no record holds. Whatever else JSON has, another language may read in another way. */
function requireKnown(value, depthLeft) {
  if (typeof value === "string") {
    if (/\p{Cs}/u.test(value)) throw unsupported("half a surrogate pair, which is no character");
    return;
  }
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) throw unsupported(Number.isInteger(value) ? "a larger number" : "a float");
    return;
  }
  if (typeof value !== "object" || value === null) throw unsupported(value === null ? "a NoneType" : "a bool");
  if (depthLeft === 0) throw unsupported(`more than ${MAX_DEPTH} lists and objects inside one another`);
  const names = Array.isArray(value) ? [] : Object.keys(value);
  names.forEach((name) => requireKnown(name, depthLeft));
  Object.values(value).forEach((inside) => requireKnown(inside, depthLeft - 1));
}

function unsupported(found) {
  return new Refused(
    `A record holds strings, whole numbers up to 2^53 - 1, lists and objects, but this one holds ${found}.`,
  );
}

/** SHA-256(tag || newline || for each part its length in 8 bytes || the part); `encoding.tagged_hash` of the kernel. */
export function taggedHash(tag, ...parts) {
  const sized = parts.map((part) => {
    const length = new Uint8Array(8);
    new DataView(length.buffer).setUint32(4, part.length);
    return concat(length, part);
  });
  return sha256(concat(utf8(`${tag}\n`), ...sized));
}
