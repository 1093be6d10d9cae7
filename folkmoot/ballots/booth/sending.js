// Putting ballots into the box, and following them until they are counted.

import { isSame, unb64u } from "./bytes.js";
import { fillBallot } from "./ballots.js";
import { cast, objectTo, proofOf } from "./box.js";
import { readKey } from "./notes.js";
import { checkPromise, checkProof, keepProof } from "./receipts.js";
import { Trouble } from "./line.js";
import { commitment } from "./sealing.js";
import { papersHeld } from "./sittings.js";

const WEEK_SECONDS = 7 * 86_400;

/** Fill in every paper that has an answer, once. What is kept now is what will be sent, however often. */
export async function fillAll(sitting, keep) {
  for (const each of papersHeld(sitting)) {
    if (each.pending || !each.choices) continue;
    const seq = Math.max(each.seq ?? 0, ...each.ballots.map((ballot) => ballot.seq)) + 1;
    each.pending = { ...(await fillBallot(each.paper, each.holding, { choices: each.choices, seq })), choices: each.choices };
    each.choices = null;
  }
  await keep();
}

/** Send what is pending; a promise that does not hold is kept as evidence. Raises Trouble of the first that fails. */
export async function sendAll(sitting, { language, keep }) {
  for (const each of papersHeld(sitting)) {
    if (!each.pending) continue;
    const promise = await cast(sitting.box, each.pending.body, language);
    const { leaf, seq, opening, spoiled } = each.pending;
    const ballot = { leaf, seq, opening, spoiled, promise, proof: null };
    try {
      Object.assign(ballot, await checkPromise(promise, { leaf: unb64u(leaf), key: await readKey(sitting.key) }));
    } catch (refused) {
      each.evidence = { ballot: each.pending.body, answer: promise };
      await keep();
      throw new Trouble("bad-promise", refused.code);
    }
    each.ballots = [ballot]; // an earlier one is replaced
    each.pending = each.evidence = null;
    await keep();
  }
}

/** Make the pending ballot of a paper again with a higher number: one of another device is in the box already. */
export async function raise(sitting, keep) {
  for (const each of papersHeld(sitting)) {
    if (!each.pending) continue;
    each.seq = each.pending.seq;
    each.choices = each.pending.choices;
    each.pending = null;
  }
  await fillAll(sitting, keep);
}

/** Ask for the proofs that are missing. Gives whether anything has changed. */
export async function followAll(sitting, { now, keep }) {
  let isChanged = false;
  for (const ballot of ballotsOf(sitting).filter(({ proof }) => !proof)) {
    const before = standing(ballot);
    await follow(sitting, ballot, now);
    isChanged ||= standing(ballot) !== before;
  }
  if (isChanged) await keep();
  return isChanged;
}

async function follow(sitting, ballot, now) {
  const found = await proofOf(sitting.box, sitting.poll, ballot.leaf);
  ballot.isLate = !found && now > ballot.deadline;
  if (!found) return;
  const leaf = unb64u(ballot.leaf);
  try {
    const { isVerified } = await checkProof(found, { leaf, key: await readKey(sitting.key) });
    Object.assign(ballot, { proof: keepProof(found, leaf), isBroken: false, isVerified: ballot.isVerified && isVerified, countedAt: now });
  } catch {
    ballot.isBroken = true; // it is a proof that proves nothing
  }
}

/**
 * Ask whether the count has declared a ballot of this voter spoiled, and hand in what opens it. Gives whether anything
 * has changed. Raises Trouble.
 */
export async function openSpoiled(sitting, { language, keep }) {
  let isChanged = false;
  for (const { holding, ballots } of papersHeld(sitting)) {
    for (const ballot of ballots.filter(isWatched)) {
      const found = await proofOf(sitting.box, sitting.poll, ballot.spoiled);
      if (!found) continue;
      await checkProof(found, { leaf: unb64u(ballot.spoiled), key: await readKey(sitting.key) });
      const canOpen = await isOpening(holding.key.point, ballot.opening);
      ballot.objected = canOpen ? await handIn(sitting, ballot, language) : "late";
      isChanged = true;
    }
  }
  if (isChanged) await keep();
  return isChanged;
}

/** Gives "opened", or "late" when the box takes it no more. */
async function handIn({ box, poll }, { opening }, language) {
  try {
    await objectTo(box, poll, opening, language);
    return "opened";
  } catch (trouble) {
    if (trouble.code !== "objection-refused") throw trouble;
    return "late";
  }
}

async function isOpening(point, { c, r, a }) {
  return isSame(await commitment(point, { random: unb64u(r), answer: unb64u(a) }), unb64u(c));
}

/** A ballot that is counted, and could still be declared spoiled. */
function isWatched({ proof, spoiled, opening, objected }) {
  return Boolean(proof && spoiled && opening && !objected);
}

function standing({ proof, isLate, isBroken }) {
  return `${Boolean(proof)} ${Boolean(isLate)} ${Boolean(isBroken)}`;
}

/**
 * Drop what shows how somebody voted, once no objection can need it: a week after the objections ended, or, where
 * the chair closes, after the ballot was seen in the log.
 */
export function dropOpenings(sitting, now) {
  for (const { paper, ballots } of papersHeld(sitting)) {
    const { closes, objection_seconds: objection } = paper.calendar;
    for (const ballot of ballots) {
      if (ballot.countedAt && now > Math.max(ballot.countedAt, closes) + objection + WEEK_SECONDS) ballot.opening = null;
    }
  }
}

export function ballotsOf(sitting) {
  return papersHeld(sitting).flatMap(({ ballots }) => ballots);
}

/** Whether there is still something to learn from the log. */
export function isFollowed(sitting) {
  return !isCounted(sitting) || ballotsOf(sitting).some(isWatched);
}

export function isCounted(sitting) {
  const ballots = ballotsOf(sitting);
  return ballots.length > 0 && ballots.every(({ proof }) => proof);
}
