// Whether a sealed answer opens after all: "Answer" in docs/reference/protocol.md.

import { isSame, toNumber, utf8 } from "../booth/bytes.js";
import { jwk, pointOf } from "../booth/es256.js";
import { unseal } from "../booth/hpke.js";
import { commitment } from "../booth/sealing.js";
import { bytesOf } from "./members.js";

const OVERHEAD_BYTES = 65 + 16;
const RANDOM_BYTES = 32;
const subtle = globalThis.crypto?.subtle;

/** Whether `sealed` opens with this private number to what the ballot is bound to. */
export async function opens({ pk, c }, sealed, { secret, longest }) {
  if (sealed.length !== OVERHEAD_BYTES + RANDOM_BYTES + longest + 1) return false;
  try {
    const scalar = toNumber(bytesOf(secret));
    const point = pointOf(scalar);
    const privateKey = await subtle.importKey("jwk", jwk(scalar, point), { name: "ECDH", namedCurve: "P-256" }, false, ["deriveBits"]);
    const plaintext = await unseal({ privateKey, point }, sealed, { aad: c, info: utf8("folkmoot/seal/v1") });
    const opening = { random: plaintext.subarray(0, RANDOM_BYTES), answer: unpad(plaintext.subarray(RANDOM_BYTES)) };
    return isSame(await commitment(pk, opening), c);
  } catch {
    return false;
  }
}

function unpad(padded) {
  let end = padded.length;
  while (end && padded[end - 1] === 0) end--;
  if (padded[end - 1] !== 0x80) throw new RangeError("padding");
  return padded.subarray(0, end - 1);
}
