// The tree of a log and its files: the right edge of the tree as it grows, tiles of hashes, bundles of entries.
// Source: RFC 6962 section 2.1, C2SP tlog-tiles.

import { sha256 } from "../booth/bytes.js";
import { nodeHash, rootOf } from "../booth/merkle.js";
import { Refused } from "../booth/refused.js";

export const WIDTH = 256;
export const HASH_BYTES = 32;
const HEIGHT = 8;

/** The roots of the complete subtrees that make up a tree, from left to right: enough to go on and to know the root. */
export class Edge {
  constructor(size = 0, hashes = []) {
    this.size = size;
    this.hashes = hashes;
  }

  async extend(leaves) {
    for (const leaf of leaves) {
      let node = leaf;
      for (let waiting = this.size; waiting % 2; waiting = Math.floor(waiting / 2)) {
        node = await nodeHash(this.hashes.pop(), node);
      }
      this.hashes.push(node);
      this.size++;
    }
    return this;
  }

  async root() {
    const [last, ...before] = [...this.hashes].reverse();
    let root = last ?? (await sha256(new Uint8Array(0)));
    for (const left of before) root = await nodeHash(left, root);
    return root;
  }
}

/** The edge over all bundles, from the roots of the full ones and the edge of the last. */
export async function edgeOf(full, rest) {
  const { size, hashes } = await new Edge().extend(full);
  return new Edge(size * WIDTH + rest.size, [...hashes, ...rest.hashes]);
}

/** Where a tile lies. `level` is a number, or "entries". */
export function tilePath(level, index, width = WIDTH) {
  let path = String(index % 1000).padStart(3, "0");
  for (let rest = Math.floor(index / 1000); rest; rest = Math.floor(rest / 1000)) {
    path = `x${String(rest % 1000).padStart(3, "0")}/${path}`;
  }
  return `tile/${level}/${path}${width < WIDTH ? `.p/${width}` : ""}`;
}

/** Places of the tiles of a level that holds so many hashes: [index, width] each. */
export function* placesOf(count) {
  for (let index = 0; index * WIDTH < count; index++) yield [index, Math.min(WIDTH, count - index * WIDTH)];
}

/** Cut a bundle into its entries, of which there have to be so many. */
export function readBundle(data, width) {
  const entries = [];
  let at = 0;
  while (at < data.length) {
    const start = at + 2;
    at = start + data[start - 2] * 256 + (data[start - 1] ?? 0);
    if (at > data.length) throw new Refused(`it ends in the middle of entry ${entries.length}`);
    entries.push(data.subarray(start, at));
  }
  if (entries.length !== width) throw new Refused(`it holds ${entries.length} entries instead of ${width}`);
  return entries;
}

/** Cut a byte string into hashes. */
export function hashesIn(data) {
  return Array.from({ length: Math.ceil(data.length / HASH_BYTES) }, (_, i) => data.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES));
}

/** The tiles above the leaf hashes, from the roots of the full bundles: [path, hashes] each. */
export async function* tilesAbove(full) {
  for (let level = 1, hashes = full; hashes.length; level++) {
    const roots = [];
    for (const [index, width] of placesOf(hashes.length)) {
      const inside = hashes.slice(index * WIDTH, index * WIDTH + width);
      yield [tilePath(level, index, width), inside];
      if (width === WIDTH) roots.push(await rootOf(inside));
    }
    hashes = roots;
  }
}

/** The root of the first `small` leaves of a log of `size`, from its tiles. */
export async function rootFromTiles(small, size, fetch) {
  const hashes = [];
  let start = 0;
  for (let bit = 52; bit >= 0; bit--) {
    const span = 2 ** bit;
    if (Math.floor(small / span) % 2 === 0) continue;
    hashes.push(await subtreeRoot(bit, start / span, size, fetch));
    start += span;
  }
  return new Edge(small, hashes).root();
}

async function subtreeRoot(bit, index, size, fetch) {
  const [level, height] = [Math.floor(bit / HEIGHT), bit % HEIGHT];
  const first = index * 2 ** height;
  const tile = Math.floor(first / WIDTH);
  const width = Math.min(WIDTH, Math.floor(size / 2 ** (level * HEIGHT)) - tile * WIDTH);
  const data = await fetch(tilePath(level, tile, width));
  if (data.length !== width * HASH_BYTES) throw new Refused("tile");
  return rootOf(hashesIn(data).slice(first % WIDTH, (first % WIDTH) + 2 ** height));
}
