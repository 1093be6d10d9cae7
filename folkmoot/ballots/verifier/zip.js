// A bundle: just enough of a .zip to read files that are stored or deflated, one at a time, from a file on the disk.

import { Refused } from "../booth/refused.js";

const MAX_FILE_BYTES = 256 * (65_535 + 2); // the largest file of a log is a bundle of entries
const END = 0x06054b50;
const END_64 = 0x06064b50;
const LOCATOR_64 = 0x07064b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
const END_BYTES = 22;
const FULL = 0xffffffff; // stands where a number does not fit
const CRC = Int32Array.from({ length: 256 }, (_, byte) => {
  for (let bit = 0; bit < 8; bit++) byte = byte & 1 ? (byte >>> 1) ^ 0xedb88320 : byte >>> 1;
  return byte;
});
const text = new TextDecoder();

/** Open a .zip. Raises Refused, when it is none. */
export async function openZip(blob) {
  try {
    return new Zip(blob, await directory(blob));
  } catch (error) {
    if (error instanceof RangeError || error instanceof Refused) throw new Refused("it is not a .zip file that can be read");
    throw error;
  }
}

class Zip {
  constructor(blob, entries) {
    Object.assign(this, { blob, entries });
  }

  names(folder) {
    return [...this.entries.keys()].filter((name) => name.startsWith(folder) && !name.endsWith("/")).sort();
  }

  /** The bytes of one file. Raises Refused. */
  async fetch(path, most = MAX_FILE_BYTES) {
    const entry = this.entries.get(path);
    if (!entry) throw new Refused(`The file ${path} is missing.`);
    try {
      return await unpack(this.blob, entry, most);
    } catch (error) {
      if (error?.name === "NotReadableError") throw error; // the disk, not the bundle
      throw new Refused(`The file ${path} cannot be used: it is damaged.`);
    }
  }
}

async function directory(blob) {
  const tail = await view(blob, Math.max(0, blob.size - END_BYTES - 65_535), blob.size);
  let at = tail.byteLength - END_BYTES;
  while (tail.getUint32(at, true) !== END) at--;
  let [count, size, start] = [tail.getUint16(at + 10, true), tail.getUint32(at + 12, true), tail.getUint32(at + 16, true)];
  if (at >= 20 && tail.getUint32(at - 20, true) === LOCATOR_64) {
    const end = await view(blob, large(tail, at - 12), large(tail, at - 12) + 56);
    if (end.getUint32(0, true) !== END_64) throw new RangeError("zip64");
    [count, size, start] = [large(end, 32), large(end, 40), large(end, 48)];
  }
  return entriesOf(await view(blob, start, start + size), count);
}

function entriesOf(data, count) {
  const entries = new Map();
  for (let i = 0, at = 0; i < count; i++) {
    if (data.getUint32(at, true) !== ENTRY) throw new RangeError("entry");
    const [name, extra, comment] = [28, 30, 32].map((place) => data.getUint16(at + place, true));
    const path = text.decode(new Uint8Array(data.buffer, at + 46, name));
    const [method, [size, packed, start]] = [data.getUint16(at + 10, true), sizes(data, at, at + 46 + name, extra)];
    entries.set(path, { method, size, packed, start, crc: data.getUint32(at + 16, true) });
    at += 46 + name + extra + comment;
  }
  return entries;
}

/** Size, packed size and place of an entry; those that do not fit stand in an extra field, in this order. */
function sizes(data, at, extraAt, extra) {
  const numbers = [24, 20, 42].map((place) => data.getUint32(at + place, true));
  for (let field = extraAt; field + 4 <= extraAt + extra; field += 4 + data.getUint16(field + 2, true)) {
    if (data.getUint16(field, true) !== 1) continue;
    let next = field + 4;
    return numbers.map((number) => (number === FULL ? large(data, (next += 8) - 8) : number));
  }
  return numbers;
}

async function unpack(blob, { method, size, packed, start, crc }, most) {
  const head = await view(blob, start, start + 30);
  if (head.getUint32(0, true) !== LOCAL || size > most) throw new RangeError("local");
  const from = start + 30 + head.getUint16(26, true) + head.getUint16(28, true);
  const held = blob.slice(from, from + packed);
  if (method !== 0 && method !== 8) throw new RangeError("method");
  const bytes = method ? await inflated(held, size) : new Uint8Array(await held.arrayBuffer());
  if (bytes.length !== size || crc32(bytes) !== crc) throw new RangeError("damaged");
  return bytes;
}

/** A few bytes can unpack to the size of a disk: never more is read than the file is said to have. */
async function inflated(blob, size) {
  const reader = blob.stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const bytes = new Uint8Array(size);
  for (let at = 0; ; ) {
    const { done, value } = await reader.read();
    if (done) return bytes.subarray(0, at);
    if (at + value.length > size) {
      await reader.cancel();
      throw new RangeError("size");
    }
    bytes.set(value, at);
    at += value.length;
  }
}

function crc32(bytes) {
  let crc = ~0;
  for (let i = 0; i < bytes.length; i++) crc = CRC[(crc ^ bytes[i]) & 0xff] ^ (crc >>> 8);
  return ~crc >>> 0;
}

async function view(blob, start, end) {
  return new DataView(await blob.slice(start, end).arrayBuffer());
}

function large(data, at) {
  const number = data.getBigUint64(at, true);
  if (number > 2n ** 53n) throw new RangeError("zip64");
  return Number(number);
}
