// Every key once: doubles, replays, and of several ballots of one key the last.

import { keyOf } from "./members.js";
import { readCasts, Rows } from "./rows.js";

/** Gives { accepted, counted }: different keys of each cell, and the ballot of each key that counts, by its c. */
export async function readKeys(casts, findings) {
  const accepted = new Map();
  const counted = new Rows();
  for (let byte = 0; byte < 256; byte++) {
    for (const ballots of groups(readCasts(await casts.part(byte)))) {
      const last = lastOf(ballots, findings);
      accepted.set(last.cell, (accepted.get(last.cell) ?? 0) + 1);
      counted.add(last.c[0], last.row.slice());
    }
  }
  return { accepted, counted };
}

/** Ballots of one key together, keys ascending; within a key as they stand in the log. */
function groups(casts) {
  const byKey = new Map();
  for (const cast of casts) {
    const key = keyOf(cast.pk);
    if (byKey.has(key)) byKey.get(key).push(cast);
    else byKey.set(key, [cast]);
  }
  return [...byKey.keys()].sort().map((key) => byKey.get(key));
}

/** The ballot that counts: the highest `seq` in the cell in which the key voted first. */
function lastOf(ballots, findings) {
  const [first] = ballots;
  const seqs = new Set();
  let last = first;
  for (const ballot of ballots) {
    if (ballot.cell !== first.cell) findings.add("credential.replayed", { index: ballot.entry });
    else if (seqs.has(ballot.seq)) findings.add("ballot.twice", { index: ballot.entry });
    if (ballot.cell === first.cell && ballot.seq > last.seq) last = ballot;
    seqs.add(ballot.seq);
  }
  return last;
}
