// Even numbers below a bound out of even bytes, by rejection; the same as sampling.py of the kernel.

import { bitLength, randomBytes, toNumber } from "./bytes.js";

/** How many bytes a candidate for a number below `bound` has. */
export function bytesBelow(bound) {
  return Math.ceil(bitLength(bound) / 8);
}

/** The number from 1 to bound - 1 that a candidate stands for, or null. Bits above those of the bound are cut off. */
export function numberBelow(bound, candidate) {
  const number = toNumber(candidate) & ((1n << BigInt(bitLength(bound))) - 1n);
  return number > 0n && number < bound ? number : null;
}

/** A secret number from 1 to bound - 1, each as likely as any other. */
export function randomBelow(bound) {
  for (;;) {
    const number = numberBelow(bound, randomBytes(bytesBelow(bound)));
    if (number !== null) return number;
  }
}
