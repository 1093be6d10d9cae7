// The check of a whole poll, in the order of "What a verifier does" in docs/reference/protocol.md.

import { b64u, isSame } from "../booth/bytes.js";
import { leafHash, rootOf } from "../booth/merkle.js";
import { Refused } from "../booth/refused.js";
import { checkResult } from "./counting.js";
import { PaperCounts } from "./counts.js";
import { readJob } from "./desk.js";
import { Electorate, checkPapers } from "./electorate.js";
import { Findings } from "./finding.js";
import { readKeys } from "./keys.js";
import { readLeaf } from "./leaves.js";
import { bytesOf, keyOf } from "./members.js";
import { openNote, readCheckpoint, readNote } from "./notes.js";
import { readOpenings } from "./openings.js";
import { TooFewWitnesses } from "./policy.js";
import { openPromise, readKept } from "./promises.js";
import { Reading } from "./reading.js";
import { reportOf } from "./report.js";
import { HASH_BYTES, WIDTH, hashesIn, placesOf, readBundle, rootFromTiles, tilePath } from "./tree.js";

const MAX_PAPERS = 1_000;
const AHEAD = 4; // bundles fetched before their turn

/**
 * Check a whole poll and say what was found. Bad evidence is found, never thrown.
 * `evidence`: `fetch(path)` gives the bytes of a file of the log or raises Refused; `policy` whom to trust and
 * `hasOwnPolicy`; `seen` and `promises`, each [name, bytes] of others' checkpoints and voters' promises; `now`.
 */
export async function verifyPoll(evidence, progress = () => {}) {
  const findings = new Findings();
  const checkpoint = await openCheckpoint(evidence, findings);
  if (!checkpoint) return reportOf({ findings });
  const papers = await leadingPapers(checkpoint.size, evidence.fetch);
  const electorate = await Electorate.of(papers, await slipsOf(papers, evidence, findings));
  if (!papers.length) findings.add("paper.none");
  await checkPapers(electorate, checkpoint.origin, findings);
  const check = new Check(evidence, { checkpoint, electorate, findings });
  const counted = await check.run(progress);
  if (!evidence.policy.needed) findings.add("poll.unwitnessed");
  if (!evidence.hasOwnPolicy) findings.add("policy.included");
  return reportOf({ findings, checkpoint, papers, counted });
}

/** What follows once it is known which papers there are. */
class Check {
  constructor(evidence, { checkpoint, electorate, findings }) {
    Object.assign(this, { evidence, checkpoint, electorate, findings });
  }

  /** Gives what was counted of each paper; null when a part of the log is missing, which is said. */
  async run(progress) {
    const promises = await this.promises();
    const reading = await this.read(new Set(promises.map(({ leaf }) => leaf)), progress);
    if ((await reading.edge()).size !== this.checkpoint.size) return null;
    const { accepted, counted } = await readKeys(reading.casts, this.findings);
    const papers = this.electorate.papers.map((paper, number) => {
      const cells = this.electorate.cells.filter((cell) => cell.paper === number);
      return new PaperCounts({ paper, cells, log: reading.papers[number], accepted, findings: this.findings });
    });
    const whole = papers.filter((counts) => counts.isComplete());
    for (const counts of whole) {
      const { id } = counts.paper;
      await counts.check((stratum) => reading.slips.get(`${id}/${stratum}`) ?? new Set(), (stratum) => this.electorate.printed(id, stratum));
      counts.checkBatches(reading.runs);
    }
    const opened = await this.openings(reading, counted, whole);
    const reports = [];
    for (const counts of papers) reports.push(await this.count(counts, opened));
    this.checkPromises(promises, reading);
    return reports;
  }

  async read(promised, progress) {
    const { size, root } = this.checkpoint;
    const { fetch } = this.evidence;
    const reading = new Reading(this.electorate, this.findings, promised);
    for await (const { job, done } of jobs(size, fetch, this.findings)) {
      reading.take(await readJob(this.electorate, job));
      progress(done, size);
    }
    await reading.checkTiles(fetch);
    const edge = await reading.edge();
    if (edge.size !== size || !isSame(await edge.root(), root)) this.findings.add("log.root", { size });
    await this.checkSeen();
    return reading;
  }

  /** Hold every other checkpoint that this log has signed against the log. */
  async checkSeen() {
    const { origin, size } = this.checkpoint;
    const log = this.evidence.policy.log(origin);
    for (const [name, bytes] of this.evidence.seen) {
      const seen = await unlessRefused(async () => readCheckpoint((await openNote(bytes, log ? [log] : [])).text));
      if (!seen || seen.origin !== origin) continue; // what the log has not signed says nothing about it
      if (seen.size > size) {
        this.findings.add("checkpoint.shortened", { name, size: seen.said, now: size });
        continue;
      }
      const root = await unlessRefused(() => rootFromTiles(seen.size, size, this.evidence.fetch));
      if (root && !isSame(root, seen.root)) this.findings.add("checkpoint.split", { name, size: seen.size });
    }
  }

  openings(reading, counted, whole) {
    const windows = reading.papers.map(({ close, result }) => [close?.index ?? Infinity, result?.index ?? Infinity]);
    const keys = new Map(whole.flatMap((counts) => counts.keys()));
    const parts = { counted, opened: reading.opened, spoiled: reading.spoiled, keys, windows };
    return readOpenings(this.electorate, parts, this.findings);
  }

  async count(counts, opened) {
    const { close, result } = counts.log;
    if (!close) this.findings.add("poll.running");
    else if (!result) this.findings.add("poll.uncounted");
    const ours = close && counts.isComplete() ? await checkResult(counts, opened, this.findings) : null;
    return { counts, ours };
  }

  async promises() {
    const log = this.evidence.policy.log(this.checkpoint.origin);
    const found = [];
    for (const [name, bytes] of this.evidence.promises) {
      try {
        const kept = readKept(bytes);
        if (log) found.push({ name, leaf: keyOf(bytesOf(kept.leaf)), deadline: (await openPromise(kept, log)).deadline });
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        this.findings.add("promise.refused", { name, reason: error.code });
      }
    }
    return found;
  }

  checkPromises(promises, { kept, papers }) {
    const isClosed = papers.every(({ close }) => close);
    const { now } = this.evidence;
    for (const { name, leaf, deadline } of promises) {
      if (kept.has(leaf)) continue;
      const isEarly = !isClosed && now && deadline > now;
      this.findings.add(isEarly ? "promise.waiting" : "promise.broken", { name });
    }
  }
}

async function openCheckpoint({ fetch, policy }, findings) {
  const bytes = await fetched(fetch, "checkpoint", findings);
  if (!bytes) {
    findings.add("checkpoint.missing");
    return null;
  }
  try {
    return countable(await policy.openCheckpoint(bytes));
  } catch (error) {
    if (error instanceof TooFewWitnesses) findings.add("checkpoint.witnesses", { found: error.found, needed: error.needed });
    else if (error instanceof Refused) findings.add("checkpoint.unsigned", { reason: error.code });
    else throw error;
  }
  // Not believed; but what lies under it is still looked at.
  const checkpoint = await unlessRefused(() => countable(readCheckpoint(readNote(bytes).text)));
  if (!checkpoint) findings.add("checkpoint.missing");
  return checkpoint;
}

/** Refuse more entries than every language can count. */
function countable(checkpoint) {
  if (Number.isSafeInteger(checkpoint.size)) return checkpoint;
  throw new Refused("This is not a checkpoint: no log has so many entries.");
}

/**
 * The papers at the beginning of the log. What is wrong with other leaves is found later; papers that are too many are
 * taken for leaves in the wrong place, because every cell costs memory.
 */
async function leadingPapers(size, fetch) {
  const papers = new Map();
  await unlessRefused(async () => {
    for (const [index, width] of placesOf(size)) {
      for (const entry of readBundle(await fetch(tilePath("entries", index, width)), width)) {
        const leaf = readLeaf(entry);
        if (leaf.kind !== "paper" || papers.size === MAX_PAPERS) return;
        const id = b64u(await leafHash(entry));
        if (!papers.has(id)) papers.set(id, { ...leaf, id });
      }
    }
  });
  return [...papers.values()];
}

/** The printed slips, as keys, of every stratum whose list fits its paper. */
async function slipsOf(papers, { fetch }, findings) {
  const lists = new Map();
  const byRoot = new Map(); // a thousand strata may name one list, which is read once
  for (const { id, strata } of papers) {
    for (const { id: stratum, slip } of strata) {
      if (!slip) continue;
      const { root, printed } = slip;
      if (!byRoot.has(root)) byRoot.set(root, await slipList(root, fetch, findings));
      if (byRoot.get(root).size === printed) lists.set(`${id}/${stratum}`, byRoot.get(root));
      else findings.add("slips.list", { stratum });
    }
  }
  return lists;
}

/** The list of slips with this root; an empty one when what lies there is none. */
async function slipList(root, fetch, findings) {
  const data = (await fetched(fetch, `slips/${root}`, findings)) ?? new Uint8Array(0);
  const hashes = hashesIn(data);
  const keys = hashes.map(keyOf);
  const isList = data.length % HASH_BYTES === 0 && keys.every((key, i) => !i || keys[i - 1] < key);
  const isRoot = isList && b64u(await rootOf(await Promise.all(hashes.map(leafHash)))) === root;
  return new Set(isRoot ? keys : []);
}

/** Bundle after bundle: { job, done }, up to the first that is missing: a checkpoint can promise more than anybody reads. */
async function* jobs(size, fetch, findings) {
  const waiting = [];
  const begin = async ([number, width]) => {
    const [hashes, entries] = [tilePath(0, number, width), tilePath("entries", number, width)];
    const both = await Promise.all([hashes, entries].map((path) => unlessRefused(() => fetch(path))));
    return { job: { number, width, hashes: both[0], entries: both[1] }, paths: [hashes, entries] };
  };
  const finish = async function* () {
    const { job, paths } = await waiting.shift();
    const missing = [job.hashes, job.entries].flatMap((data, i) => (data ? [] : [paths[i]]));
    missing.forEach((path) => findings.add("log.missing", { path }));
    if (!missing.length) yield { job, done: job.number * WIDTH + job.width };
    return !missing.length;
  };
  for (const place of placesOf(size)) {
    const begun = begin(place);
    begun.catch(() => {}); // thrown when its turn comes
    if (waiting.push(begun) > AHEAD && !(yield* finish())) return;
  }
  while (waiting.length && (yield* finish()));
}

async function fetched(fetch, path, findings) {
  const data = await unlessRefused(() => fetch(path));
  if (!data) findings.add("log.missing", { path });
  return data;
}

async function unlessRefused(act) {
  try {
    return await act();
  } catch (error) {
    if (error instanceof Refused) return null;
    throw error;
  }
}
