// The tree of RFC 6962. Hashes are 32 bytes; places and sizes are numbers below 2^53.

import { concat, isSame, sha256 } from "./bytes.js";

export function leafHash(leaf) {
  return sha256(concat(Uint8Array.of(0), leaf));
}

export function nodeHash(left, right) {
  return sha256(concat(Uint8Array.of(1), left, right));
}

/** The root over leaf hashes. Source: RFC 6962 section 2.1. */
export async function rootOf(hashes) {
  if (!hashes.length) return sha256(new Uint8Array(0));
  let level = hashes;
  while (level.length > 1) {
    const pairs = Array.from({ length: level.length >> 1 }, (_, i) => nodeHash(level[2 * i], level[2 * i + 1]));
    const above = await Promise.all(pairs);
    if (level.length % 2) above.push(level[level.length - 1]); // a lone node climbs as it is
    level = above;
  }
  return level[0];
}

/** Whether the path leads from the leaf hash at `index` to the root. Source: RFC 9162 section 2.1.3.2. */
export async function isIncluded({ leaf, index, size, path, root }) {
  if (!(index >= 0 && index < size)) return false;
  let [at, last, hash] = [index, size - 1, leaf];
  for (const other of path) {
    if (last === 0 || other.length !== 32) return false;
    if (at % 2 || at === last) {
      hash = await nodeHash(other, hash);
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, Math.floor(last / 2)];
    } else {
      hash = await nodeHash(hash, other);
    }
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 && isSame(hash, root);
}
