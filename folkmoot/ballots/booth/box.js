// What the booth asks of the box and of the public log beside it.

import { b64u, isSame, unb64u } from "./bytes.js";
import { ask, text, Trouble } from "./line.js";
import { leafHash, rootOf } from "./merkle.js";
import { keyOfPolicy, openNote, readKey } from "./notes.js";
import { readPaper } from "./papers.js";
import { checkProof } from "./receipts.js";
import { Refused } from "./refused.js";

const PAPERS_AT_MOST = 256; // one bundle of the log: papers are its first leaves
const HASH_BYTES = 32;

/** Put a ballot in. Gives the promise as text. The same body again gets a promise again, and counts once. */
export async function cast(box, body, language) {
  const options = { method: "POST", body, language, headers: { "Content-Type": "application/json" } };
  return text(await ask(`${box}/cast`, options));
}

/** The `.tlog-proof` of a leaf hash (base64url), or null while it is not in the log. */
export async function proofOf(box, poll, leaf) {
  try {
    return text(await ask(`${box}/${poll}/proof/${leaf}`));
  } catch (trouble) {
    if (trouble.code === "not-yet") return null;
    throw trouble;
  }
}

/** The verifier key of a poll's log, as the box itself names it. */
export async function keyOfLog(box, poll) {
  return keyOfPolicy(text(await ask(`${box}/${poll}/policy`)));
}

/** How many leaves the log has. */
export async function sizeOfLog(box, poll, key) {
  const { lines } = await openNote(text(await ask(`${box}/${poll}/checkpoint`)), await readKey(key));
  return Number(lines[1]);
}

/** The papers of a poll, each shown to be in its log. */
export async function papersOf(box, poll, key) {
  const size = Math.min(await sizeOfLog(box, poll, key), PAPERS_AT_MOST);
  const part = size < PAPERS_AT_MOST ? `.p/${size}` : "";
  const papers = [];
  for (const leaf of entries(await ask(`${box}/${poll}/tile/entries/000${part}`))) {
    if (!text(leaf).endsWith('"type":"folkmoot/paper/v1"}')) break;
    const hash = await leafHash(leaf);
    await checkProof(await proofOf(box, poll, b64u(hash)), { leaf: hash, key: await readKey(key) });
    papers.push(await readPaper(leaf));
  }
  return papers;
}

/** Whether a slip's hash is in the printed list of a stratum. The whole list is fetched: the box learns nothing. */
export async function isPrinted(box, poll, { root, hash }) {
  const list = await ask(`${box}/${poll}/slips/${root}`);
  const hashes = [];
  for (let at = 0; at < list.length; at += HASH_BYTES) hashes.push(list.subarray(at, at + HASH_BYTES));
  if (!isSame(await rootOf(await Promise.all(hashes.map(leafHash))), unb64u(root))) throw new Refused("slip-list");
  return hashes.some((each) => isSame(each, hash));
}

/** Open a ballot that the count could not open. */
export async function objectTo(box, poll, opening, language) {
  const options = { method: "POST", body: JSON.stringify(opening), language };
  await ask(`${box}/${poll}/objection`, { ...options, headers: { "Content-Type": "application/json" } });
}

function* entries(bundle) {
  const view = new DataView(bundle.buffer, bundle.byteOffset, bundle.length);
  for (let at = 0; at < bundle.length; ) {
    const length = view.getUint16(at);
    if (at + 2 + length > bundle.length) throw new Trouble("stranger");
    yield bundle.subarray(at + 2, at + 2 + length);
    at += 2 + length;
  }
}
