// What the voter holds: the box's promise, and later the proof that the ballot is in the log. Checked by the booth
// itself; see "Promise" in docs/reference/protocol.md and C2SP tlog-proof.

import { isSame, unb64, unb64u, utf8 } from "./bytes.js";
import { readCanonical } from "./canonical.js";
import { isIncluded } from "./merkle.js";
import { openNote } from "./notes.js";
import { Refused } from "./refused.js";

const PROMISE = "folkmoot promise v1";
const PROOF = "c2sp.org/tlog-proof@v1";

/** Read a promise without believing it. Gives { note, origin, leaf, index, path }. */
export function readPromise(text) {
  const value = readCanonical(utf8(text));
  if (value?.type !== "folkmoot/promise/v1") throw new Refused("promise");
  const path = value.path.map(unb64u);
  return { note: value.note, origin: value.note.split("\n")[0], leaf: unb64u(value.leaf), index: value.index, path };
}

/** Believe a promise of this key for this leaf hash, or refuse it. Gives { deadline, isVerified }. */
export async function checkPromise(text, { leaf, key }) {
  const promise = readPromise(text);
  if (!isSame(promise.leaf, leaf)) throw new Refused("other-leaf");
  const { lines, isVerified } = await openNote(promise.note, key);
  const [, kind, size, root, deadline] = lines;
  if (lines.length !== 5 || kind !== PROMISE) throw new Refused("promise");
  const whole = { leaf, index: promise.index, size: decimal(size), path: promise.path, root: unb64(root) };
  if (!(await isIncluded(whole))) throw new Refused("path");
  return { deadline: decimal(deadline), isVerified };
}

/** Read a `.tlog-proof` without believing it. Gives { leaf (if it says), index, path, checkpoint, origin }. */
export function readProof(text) {
  const gap = text.indexOf("\n\n");
  const lines = text.slice(0, gap).split("\n");
  if (gap < 0 || lines.shift() !== PROOF) throw new Refused("proof");
  const leaf = lines[0]?.startsWith("extra ") ? unb64(lines.shift().slice(6)) : null;
  const index = decimal(/^index (\d+)$/.exec(lines.shift())?.[1]);
  const checkpoint = text.slice(gap + 2);
  return { leaf, index, path: lines.map(unb64), checkpoint, origin: checkpoint.split("\n")[0] };
}

/** Believe that the leaf hash is in the log of this key, or refuse it. Gives { size, isVerified }. */
export async function checkProof(text, { leaf, key }) {
  const { index, path, checkpoint } = readProof(text);
  const { lines, isVerified } = await openNote(checkpoint, key);
  const [size, root] = [decimal(lines[1]), unb64(lines[2])];
  if (!(await isIncluded({ leaf, index, size, path, root }))) throw new Refused("path");
  return { size, isVerified };
}

/** The proof as the voter keeps it: with its leaf hash in the line that C2SP leaves to everybody. */
export function keepProof(text, leaf) {
  const [head, ...rest] = text.split("\n");
  const standard = btoa(String.fromCharCode(...leaf));
  return [head, `extra ${standard}`, ...rest.filter((line) => !line.startsWith("extra "))].join("\n");
}

/** What somebody pastes: a promise, a proof, or the number of a ballot alone. Gives { kind, leaf, origin, text }. */
export function readReceipt(pasted) {
  const text = pasted.replace(/\r\n?/g, "\n").replace(/^\s+/, "");
  if (text.startsWith("{")) return { kind: "promise", text: text.trim(), ...pick(readPromise(text.trim())) };
  if (text.startsWith(PROOF)) return { kind: "proof", text: `${text.trimEnd()}\n`, ...pick(readProof(`${text.trimEnd()}\n`)) };
  const number = text.replace(/\s/g, "");
  if (!/^[A-Za-z0-9_-]{43}$/.test(number)) throw new Refused("receipt");
  return { kind: "number", text: number, leaf: unb64u(number), origin: "" };
}

function pick({ leaf, origin }) {
  if (!leaf) throw new Refused("receipt-leaf");
  return { leaf, origin };
}

function decimal(text) {
  const number = Number(text);
  if (!/^(0|[1-9]\d*)$/.test(text) || !Number.isSafeInteger(number)) throw new Refused("number");
  return number;
}
