// RFC 8785, for what leaves hold: text, whole numbers, lists and objects.

import { concat, sha256, utf8 } from "./bytes.js";
import { Refused } from "./refused.js";

/** The one spelling of a value. Names are sorted by UTF-16 code units, which is how strings compare here. */
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
}

/** Read a value, and refuse any other spelling of it. */
export function readCanonical(bytes) {
  const text = new TextDecoder().decode(bytes);
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refused("leaf");
  }
  if (canonical(value) !== text) throw new Refused("leaf");
  return value;
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
