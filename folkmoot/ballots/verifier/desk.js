// One bundle of entries: parsed, hashed, each ballot's credentials and signature checked. Nothing in it makes this throw.

import { isSame, sha256, toBytes } from "../booth/bytes.js";
import { ORDER } from "../booth/es256.js";
import { leafHash, rootOf } from "../booth/merkle.js";
import { Refused } from "../booth/refused.js";
import { voterNonce } from "../booth/token.js";
import { isBallot, readBallot, readLeaf } from "./leaves.js";
import { keyOf } from "./members.js";
import { stratumNamed } from "./papers.js";
import { Edge, WIDTH, hashesIn, readBundle, tilePath } from "./tree.js";

const subtle = globalThis.crypto?.subtle;
const ECDSA = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const PSS = { name: "RSA-PSS", saltLength: 48 };
const HALF_ORDER = keyOf(toBytes(ORDER / 2n, 32));
const TOKEN_BYTES = 354;

/** Why a ballot does not count. Never leaves this file. */
class NotCounted extends Error {
  constructor(key, facts = {}) {
    super(key);
    Object.assign(this, { key, facts });
  }
}

/**
 * Gives { width, full, edge, entries, finding }: `full` the root of a whole bundle, else `edge` over its leaves;
 * `entries` what each held, in order: { index, hash } with one of ballot and cell, leaf, finding.
 */
export async function readJob(electorate, { number, width, entries, hashes }) {
  let parts;
  try {
    parts = readBundle(entries, width);
  } catch {
    const path = tilePath("entries", number, width);
    return { entries: [], edge: new Edge(), finding: { key: "log.unreadable", facts: { path } } };
  }
  const found = await Promise.all(parts.map((entry, i) => readEntry(electorate, entry, number * WIDTH + i)));
  const own = found.map(({ hash }) => hash);
  const said = hashesIn(hashes);
  const isSaid = said.length === own.length && own.every((hash, i) => isSame(hash, said[i]));
  const read = { entries: found, finding: isSaid ? null : { key: "log.tile", facts: { path: tilePath(0, number, width) } } };
  if (width === WIDTH) return { ...read, full: await rootOf(own) };
  return { ...read, edge: await new Edge().extend(own) };
}

async function readEntry(electorate, entry, index) {
  const hash = await leafHash(entry);
  try {
    if (!isBallot(entry)) return { index, hash, leaf: readLeaf(entry) };
    const ballot = readBallot(entry);
    const cell = await checkBallot(electorate, ballot);
    const slip = cell.channel === "slip" ? keyOf(await sha256(ballot.pk)) : null;
    return { index, hash, ballot, cell, slip };
  } catch (error) {
    if (error instanceof NotCounted) return { index, hash, finding: { key: error.key, facts: { index, ...error.facts } } };
    if (!(error instanceof Refused)) throw error;
    return { index, hash, finding: { key: "leaf.refused", facts: { index, reason: error.code } } };
  }
}

/** The cell of a ballot that was cast rightly. Raises NotCounted. */
async function checkBallot(electorate, ballot) {
  const paper = electorate.papers[electorate.numberOf.get(ballot.paper)];
  if (!paper || !stratumNamed(paper, ballot.stratum)) throw new NotCounted("leaf.stranger", { kind: "ballot" });
  const cell = electorate.cell(ballot.paper, ballot.stratum, ballot.creds.length ? "token" : "slip");
  const facts = { stratum: ballot.stratum };
  if (!cell) throw new NotCounted("ballot.channel", facts);
  if (cell.channel === "slip") {
    const printed = electorate.printed(ballot.paper, ballot.stratum);
    if (!printed.has(keyOf(await sha256(ballot.pk)))) throw new NotCounted("credential.slip", facts);
    if (ballot.seq !== 1) throw new NotCounted("slip.revoted");
  } else {
    await checkTokens(electorate, cell, ballot);
  }
  await checkSignature(ballot);
  return cell;
}

async function checkTokens(electorate, cell, { creds, pk }) {
  const { keys, challenges } = cell;
  if (creds.length !== challenges.length) throw new NotCounted("credential.number");
  const nonce = await voterNonce(pk);
  for (const [i, token] of creds.entries()) {
    if (!keys[i]) break;
    if (token.length !== TOKEN_BYTES || token[0] !== 0 || token[1] !== 2) throw new NotCounted("credential.signature");
    if (!isSame(token.subarray(34, 66), challenges[i])) throw new NotCounted("credential.paper");
    const id = token.subarray(66, 98);
    if (!isSame(id, keys[i].id)) throw new NotCounted(ofAnother(electorate, cell, id));
    if (!isSame(token.subarray(2, 34), nonce)) throw new NotCounted("credential.key");
    const isSigned = await subtle.verify(PSS, keys[i].key, token.subarray(98), token.subarray(0, 98));
    if (!isSigned) throw new NotCounted("credential.signature");
  }
  if (!keys.length) throw new NotCounted("credential.signature");
}

/** Why a token of another key than the registrar's for this cell does not count. */
function ofAnother({ keyIds }, { keys }, id) {
  if (!keyIds.has(keyOf(id))) return "credential.signature";
  return keys.some((key) => isSame(key.id, id)) ? "credential.registrar" : "credential.stratum";
}

async function checkSignature({ pk, sig, signed }) {
  if (keyOf(sig.subarray(32)) > HALF_ORDER) throw new NotCounted("ballot.high_s");
  let key;
  try {
    key = pk[0] === 4 && (await subtle.importKey("raw", pk, ECDSA, false, ["verify"]));
  } catch {
    key = null; // no point of the curve
  }
  if (!key || !(await subtle.verify(ECDSA, key, sig, signed))) throw new NotCounted("ballot.signature");
}
