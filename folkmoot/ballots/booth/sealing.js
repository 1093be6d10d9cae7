// Answers bound and sealed until close; the same bytes as sealing.py of the kernel.
//
//   C = SHA-256("folkmoot/open/v1" || pk || r || a)
//   o = HPKE to the cell's closing key, info = "folkmoot/seal/v1", aad = C, plaintext = r || a || 0x80 || 0x00 ...

import { concat, sha256, utf8 } from "./bytes.js";
import { seal } from "./hpke.js";
import { Refused } from "./refused.js";

/** C, which binds the voter's key (65 bytes) to chance r (32 bytes) and answer a, and does not show them. */
export function commitment(point, { random, answer }) {
  if (point.length !== 65 || random.length !== 32) throw new Refused("opening");
  return sha256(concat(utf8("folkmoot/open/v1"), point, random, answer));
}

/** o: the opening, sealed until close. `longest` is the paper's longest answer in bytes. */
export function sealOpening(closingKey, { random, answer }, { c, longest }) {
  if (random.length !== 32) throw new Refused("opening");
  const plaintext = concat(random, pad(answer, longest));
  return seal(closingKey, plaintext, { aad: c, info: utf8("folkmoot/seal/v1") });
}

/** Bring an answer to the length of the longest, and one more: 0x80, then zeros. */
export function pad(answer, longest) {
  if (answer.length > longest) throw new Refused("long-answer");
  return concat(answer, Uint8Array.of(0x80), new Uint8Array(longest - answer.length));
}
