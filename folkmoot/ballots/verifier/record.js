// A record as every leaf is one: JSON in its one spelling (RFC 8785), of text, whole numbers, lists and objects.

import { canonical } from "../booth/canonical.js";
import { Refused } from "../booth/refused.js";

const MAX_BYTES = 65_535;
const MAX_DEPTH = 64;
const MAX_ARGUMENTS = 8_192; // more overflow the stack of some browser
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Read a record, and refuse bytes that are not its one spelling. */
export function readRecord(bytes) {
  if (bytes.length > MAX_BYTES) {
    throw new Refused(`A record has at most ${MAX_BYTES} bytes, but this one has ${bytes.length}.`);
  }
  let text, value;
  try {
    text = utf8.decode(bytes);
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

/** A byte string as a text of its bytes, which compares, sorts and stands in a Map as the bytes do. */
export function keyOf(bytes) {
  if (bytes.length <= MAX_ARGUMENTS) return String.fromCharCode(...bytes);
  let text = "";
  for (let at = 0; at < bytes.length; at += MAX_ARGUMENTS) text += keyOf(bytes.subarray(at, at + MAX_ARGUMENTS));
  return text;
}
