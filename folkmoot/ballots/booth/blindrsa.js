// Blind RSA signatures with SHA-384, the voter's half: RFC 9474, keys of any size.
//
//   m = PSS encoding of the message, z = m * r^e goes to the signer, s' = z^d comes back, s = s' / r
//
// Written on BigInt because WebCrypto has no raw RSA and the blinding factor has to be ours (recovery.js).
// BigInt does NOT take constant time; what is secret here is used once, on the voter's own device.

import { bitLength, concat, sha384, toBytes, toNumber } from "./bytes.js";
import { Refused } from "./refused.js";

const HASH_BYTES = 48;

/** A public key { n, e } with its length. */
export function rsaKey(n, e) {
  const bits = bitLength(n);
  return { n, e, bits, size: Math.ceil(bits / 8) };
}

/**
 * Hide a prepared message from its signer. `factor` is secret, below n, and for this one message only.
 * Gives { message, encoded, inverse }: `message` goes to the signer, the two others stay for `finalize`.
 * Source: RFC 9474 section 4.2.
 */
export async function blind(key, message, salt, factor) {
  const encoded = toNumber(await pssEncode(message, key.bits - 1, salt));
  // One inverse for two: of the factor, which is needed, and of the message, which has to have one.
  const both = inverseOf((encoded * factor) % key.n, key.n);
  const inverse = (both * encoded) % key.n;
  const blinded = (encoded * power(factor, key.e, key.n)) % key.n;
  return { message: toBytes(blinded, key.size), encoded, inverse };
}

/**
 * Take the blinding off. Signatures verify when s^e is a PSS encoding of the message; here the one encoding that
 * was blinded is known, and s^e has to be just that.
 * Source: RFC 9474 section 4.4.
 */
export function finalize(key, blindSignature, { encoded, inverse }) {
  if (blindSignature.length !== key.size) throw new Refused("blind-signature");
  const signature = (toNumber(blindSignature) * inverse) % key.n;
  if (power(signature, key.e, key.n) !== encoded) throw new Refused("blind-signature");
  return toBytes(signature, key.size);
}

/** EMSA-PSS-ENCODE with SHA-384. Source: RFC 8017 section 9.1.1. */
export async function pssEncode(message, bits, salt) {
  const size = Math.ceil(bits / 8);
  const zeros = size - HASH_BYTES - salt.length - 2;
  if (zeros < 0) throw new Refused("short-key");
  const inner = await sha384(message);
  const digest = await sha384(concat(new Uint8Array(8), inner, salt));
  const block = concat(new Uint8Array(zeros), Uint8Array.of(1), salt);
  const mask = await mgf1(digest, block.length);
  const masked = block.map((byte, i) => byte ^ mask[i]);
  masked[0] &= 0xff >> (8 * size - bits);
  return concat(masked, digest, Uint8Array.of(0xbc));
}

/** Source: RFC 8017 appendix B.2.1. */
async function mgf1(seed, length) {
  const blocks = [];
  for (let i = 0; i * HASH_BYTES < length; i++) blocks.push(await sha384(concat(seed, toBytes(BigInt(i), 4))));
  return concat(...blocks).subarray(0, length);
}

function power(base, exponent, modulus) {
  let result = 1n;
  for (let bits = exponent; bits > 0n; bits >>= 1n) {
    if (bits & 1n) result = (result * base) % modulus;
    base = (base * base) % modulus;
  }
  return result;
}

function inverseOf(number, modulus) {
  let [a, b, x, y] = [number, modulus, 1n, 0n];
  while (b) {
    const quotient = a / b;
    [a, b, x, y] = [b, a - quotient * b, y, x - quotient * y];
  }
  if (a !== 1n) throw new Refused("shared-factor");
  return ((x % modulus) + modulus) % modulus;
}
