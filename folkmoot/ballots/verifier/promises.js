// A promise that a voter has kept: "Promise" in docs/reference/protocol.md.

import { utf8 } from "../booth/bytes.js";
import { isIncluded } from "../booth/merkle.js";
import { readCanonical } from "../booth/canonical.js";
import { Refused } from "../booth/refused.js";
import { bytesOf, list, object, octets, text, whole } from "./members.js";
import { openNote, readBase64, readDecimal } from "./notes.js";

const KIND = "folkmoot/promise/v1";
const LINE = "folkmoot promise v1";
const KEPT = object({ type: text, note: text, leaf: octets(32), index: whole(), path: list(octets(32)) });

/** Read what the box has answered, without believing it. */
export function readKept(bytes) {
  const value = readCanonical(bytes);
  const reason = KEPT(value, "") || (value.type === KIND ? "" : "its type is another");
  if (reason) throw new Refused(`This is not a leaf of the kind ${KIND}: ${reason}.`);
  return value;
}

/** The promise of a kept one, which the box has signed for just this leaf: { deadline }. */
export async function openPromise(kept, boxKey) {
  const { text: body } = await openNote(utf8(kept.note), [boxKey]);
  const promise = readPromise(body);
  if (promise.origin !== boxKey.name) throw badPromise("its origin is not the name of the key");
  const path = kept.path.map(bytesOf);
  if (!(await isIncluded({ ...promise, leaf: bytesOf(kept.leaf), index: kept.index, path }))) {
    throw badPromise("the path does not lead from the leaf to its root");
  }
  return promise;
}

function readPromise(body) {
  const lines = body.split("\n");
  if (lines.length !== 6 || lines[1] !== LINE || lines[5]) {
    throw badPromise(`it has not five lines of which the second is '${LINE}'`);
  }
  let promise;
  try {
    promise = { origin: lines[0], size: readDecimal(lines[2]), root: readBase64(lines[3]), deadline: readDecimal(lines[4]) };
  } catch {
    throw badPromise("a number or its root is not written as it has to be");
  }
  if (!promise.origin || promise.root.length !== 32) throw badPromise("its origin or its root cannot be");
  if (promise.size < 1) throw badPromise("its number of ballots or its time cannot be");
  return promise;
}

function badPromise(reason) {
  return new Refused(`This is not a promise of a box: ${reason}.`);
}

