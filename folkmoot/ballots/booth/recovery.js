// Secret numbers made again from recovery words or from a slip's code; the same as recovery.py of the kernel,
// and both held to vectors/recovery.json.

import { concat, utf8 } from "./bytes.js";
import { ORDER } from "./es256.js";
import { Refused } from "./refused.js";
import { bytesBelow, numberBelow } from "./sampling.js";

const subtle = globalThis.crypto.subtle;
const NOTHING = new Uint8Array(0);

/** The private key of a voter for one paper. */
export function voterScalar(seed, paper) {
  return deriveNumber(seed, ORDER, { paper, label: "scalar" });
}

/**
 * The private key that a slip's code (26 capitals and digits, no spaces) stands for in one paper. `paper` is here
 * the slip context of the paper, because its leaf hash depends on the slips.
 */
export function slipScalar(code, paper) {
  return deriveNumber(utf8(code), ORDER, { paper, label: "slip" });
}

/** The salt of the signature asked of this registrar's key. */
export function tokenSalt(seed, paper, key) {
  return deriveBytes(seed, 48, { paper, label: "salt", context: key.id });
}

/** The blinding factor before this registrar's key. */
export function tokenFactor(seed, paper, key) {
  return deriveNumber(seed, key.n, { paper, label: "factor", context: key.id });
}

/** A number from 1 to bound - 1: the first of up to 256 candidates that is one. */
export async function deriveNumber(seed, bound, { paper, label, context }) {
  for (let i = 0; i < 256; i++) {
    const number = numberBelow(bound, await candidate(seed, bytesBelow(bound), { paper, label, context }, i));
    if (number !== null) return number;
  }
  throw new Refused("unlucky-seed"); // less likely than guessing the key
}

/** The first candidate as it stands. */
export function deriveBytes(seed, length, { paper, label, context }) {
  return candidate(seed, length, { paper, label, context }, 0);
}

async function candidate(seed, length, { paper, label, context = NOTHING }, i) {
  const lengths = seed.length >= 16 && paper.length === 32 && [0, 32].includes(context.length);
  if (!lengths || !/^[a-z][a-z-]*$/.test(label)) throw new Refused("seed");
  const info = concat(utf8(`folkmoot/recovery/v1\n${label}\n`), context, Uint8Array.of(i));
  const key = await subtle.importKey("raw", seed, "HKDF", false, ["deriveBits"]);
  const bits = await subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt: paper, info }, key, 8 * length);
  return new Uint8Array(bits);
}
