// Rows in 256 parts by one byte of a key: what belongs together lies in one part. A part is kept as Blobs, which a
// browser puts on the disk when they grow; memory holds one part at a time, however many ballots there are.

import { concat } from "../booth/bytes.js";

const MAX_HELD_BYTES = 1 << 23;
const CAST_BYTES = 149;
const POINT_BYTES = 65;

export class Rows {
  constructor() {
    this.parts = Array.from({ length: 256 }, () => ({ blobs: [], held: [] }));
    this.heldBytes = 0;
  }

  add(byte, row) {
    this.parts[byte].held.push(row);
    this.heldBytes += row.length;
    if (this.heldBytes > MAX_HELD_BYTES) this.spill();
  }

  /** All rows of one byte, as one byte string, in the order in which they came. */
  async part(byte) {
    const { blobs, held } = this.parts[byte];
    if (!blobs.length) return concat(...held);
    return new Uint8Array(await new Blob([...blobs, ...held]).arrayBuffer());
  }

  spill() {
    for (const part of this.parts) {
      if (part.held.length) part.blobs.push(new Blob(part.held));
      part.held = [];
    }
    this.heldBytes = 0;
  }
}

/** A ballot that was cast rightly: { cell, entry, seq, pk, c, oh }. */
export function packCast({ cell, entry, seq, pk, c, oh }) {
  const row = new Uint8Array(CAST_BYTES);
  const view = new DataView(row.buffer);
  view.setUint32(0, cell);
  view.setFloat64(4, entry); // whole numbers below 2^53 fit exactly
  view.setFloat64(12, seq);
  row.set(pk, 20);
  row.set(c, 20 + POINT_BYTES);
  row.set(oh, 52 + POINT_BYTES);
  return row;
}

export function readCasts(data) {
  return Array.from({ length: data.length / CAST_BYTES }, (_, i) => {
    const row = data.subarray(i * CAST_BYTES, (i + 1) * CAST_BYTES);
    const view = new DataView(row.buffer, row.byteOffset);
    return {
      cell: view.getUint32(0), entry: view.getFloat64(4), seq: view.getFloat64(12), pk: row.subarray(20, 85),
      c: row.subarray(85, 117), oh: row.subarray(117), row,
    };
  });
}

/** An opening: { entry, c, r, a }. */
export function packOpened({ entry, c, r, a }) {
  const head = new Uint8Array(10);
  const view = new DataView(head.buffer);
  view.setFloat64(0, entry);
  view.setUint16(8, a.length);
  return concat(head, c, r, a);
}

export function readOpened(data) {
  const view = new DataView(data.buffer, data.byteOffset);
  const opened = [];
  for (let at = 0; at < data.length; ) {
    const end = at + 74 + view.getUint16(at + 8);
    const [c, r, a] = [data.subarray(at + 10, at + 42), data.subarray(at + 42, at + 74), data.subarray(at + 74, end)];
    opened.push({ entry: view.getFloat64(at), c, r, a });
    at = end;
  }
  return opened;
}
