// One voter's part in one poll: the papers, what was taken for them, and what went into the box. All of it is plain
// data that IndexedDB keeps; `papers` hold
//   paper    as papers.js reads it          holding  { stratum, channel, key, creds }, once taken
//   asked    key and requests of tokens, kept before they are sent
//   choices  positions chosen, or null      isLeft   whether the voter gives no answer here
//   pending  a ballot on its way            ballots  those in the box, each { leaf, seq, opening, promise, proof, ... }

import { b64u, randomBytes, sha256, unb64u, utf8 } from "./bytes.js";
import { originOf } from "./address.js";
import { isPrinted, keyOfLog, papersOf } from "./box.js";
import { askForTokens, finishAsked, keyOfSlip } from "./credentials.js";
import { Trouble } from "./line.js";
import { isTwoPhase, levelOf, readPaper } from "./papers.js";
import { papersFor, takeAll } from "./registrar.js";

const SLIP = "slip";

/** Begin with claims: ask the registrar for its papers, and further ones for the same. Raises Trouble. */
export async function beginWithClaims([claim, ...further], { box, key, language }) {
  const found = await papersFor(claim, language);
  const papers = await Promise.all(found.papers.map(paperOffered));
  const at = originOf(found.box ?? "") || box;
  const sitting = {
    ...begun(found.poll, at, papers),
    name: found.name,
    claims: [claim],
    claimHashes: [await hashOf(claim.claim)],
    key: await agreedKey(at, found.poll, [key, found.verifier_key]),
    level: Math.min(found.secrecy?.level ?? 3, ...papers.map(({ paper }) => levelOf(paper))),
  };
  for (const other of further) await joinClaim(sitting, other, language);
  return sitting;
}

/** Join the claim of a further registrar, which has to show the same papers of the same log. Raises Trouble. */
export async function joinClaim(sitting, claim, language) {
  const { papers, verifier_key: key } = await papersFor(claim, language);
  const others = await Promise.all(papers.map(paperOffered));
  const nameOf = ({ paper, stratum }) => `${paper.id}/${stratum}`;
  const isSame = String(others.map(nameOf)) === String(sitting.papers.map(nameOf));
  if (!isSame || (key && key !== sitting.key)) throw new Trouble("registrars-differ");
  sitting.papers.forEach((each, i) => (each.taken ||= others[i].taken));
  sitting.claims.push(claim);
  sitting.claimHashes.push(await hashOf(claim.claim));
}

/** The registrar whose claim is still wanted before any paper is taken; "" where there is but one, or none is. */
export function registrarLeft(sitting) {
  if (!papersLeft(sitting).length) return "";
  const { registrars } = sitting.papers[0].paper;
  return registrars.length > 1 ? registrars.find((name) => !sitting.claims.some(isOf(name))) ?? "" : "";
}

export function isOf(registrar) {
  return ({ address }) => new URL(address).host === registrar;
}

export async function hashOf(claim) {
  return b64u(await sha256(utf8(claim)));
}

async function paperOffered({ leaf, stratum, channel_taken: taken, sentence }) {
  return { ...blank(await readPaper(unb64u(leaf)), stratum), taken, sentence };
}

/** Begin with a slip's code: find in the log of the poll what it is good for. Raises Trouble: slip-unknown. */
export async function beginWithSlip(code, { box, poll, key: known }) {
  const key = await agreedKey(box, poll, [known]);
  const papers = [];
  let stratum; // a slip is of one stratum in all papers
  for (const paper of await papersOf(box, poll, key)) {
    const slip = await keyOfSlip(paper, code);
    stratum ??= await stratumOfSlip(paper, slip, { box, poll });
    papers.push({ ...blank(paper, stratum), holding: { stratum, channel: SLIP, key: slip.key, creds: [] } });
  }
  if (!papers.length) throw new Trouble("slip-unknown");
  return { ...begun(poll, box, papers), key, isSlip: true, level: Math.min(...papers.map(({ paper }) => levelOf(paper))) };
}

/** The log's key, named alike on paper, by the registrar and by the box. Raises Trouble: split-view. */
async function agreedKey(box, poll, told) {
  const keys = new Set(told.filter(Boolean));
  try {
    keys.add(await keyOfLog(box, poll));
  } catch (error) {
    if (!(error instanceof Trouble && keys.size)) throw error; // a box that is away has to sign with this key later
  }
  if (keys.size > 1) throw new Trouble("split-view");
  return [...keys][0];
}

async function stratumOfSlip(paper, { hash }, { box, poll }) {
  for (const { id, slip } of paper.strata) {
    if (slip && (await isPrinted(box, poll, { root: slip.root, hash }))) return id;
  }
  throw new Trouble("slip-unknown");
}

function begun(poll, box, papers) {
  return { id: b64u(randomBytes(9)), poll, box, papers, isSlip: false };
}

function blank(paper, stratum) {
  return { paper, stratum, taken: "", holding: null, asked: null, choices: null, isLeft: false, pending: null, ballots: [] };
}

/** Papers that are still to be taken by token. */
export function papersLeft(sitting) {
  return sitting.papers.filter(({ holding, taken }) => !holding && taken !== SLIP && taken !== "hand");
}

/** Papers that can be voted on here. */
export function papersHeld(sitting) {
  return sitting.papers.filter(({ holding }) => holding);
}

/**
 * Take all papers: make keys and requests, keep them, have them signed in one call for each registrar. With `seed`
 * all is made from recovery words. Effects: `keep` is called before anything is sent, `told` after each paper.
 */
export async function takePapers(sitting, { seed, language, keep, told }) {
  const left = papersLeft(sitting);
  for (const [i, each] of left.entries()) {
    if (seed || !each.asked) each.asked = await askForTokens(each.paper, each.stratum, seed);
    told(i + 1, left.length);
  }
  await keep();
  const creds = left.map(() => []);
  for (const [i, name] of (left[0]?.paper.registrars ?? []).entries()) {
    const requests = left.map(({ paper, stratum, asked }) => ({ paper: paper.id, stratum, request: asked.asked[i].request }));
    const claim = sitting.claims.find(isOf(name)) ?? sitting.claims[0]; // one that is alone may have another address
    const responses = await takeAll(claim, requests, language);
    for (const [j, { paper, stratum, asked }] of left.entries()) {
      creds[j].push(await finishAsked(paper, stratum, asked.asked, { i, response: responses[j] }));
    }
  }
  for (const [j, each] of left.entries()) {
    each.holding = { stratum: each.stratum, channel: "token", key: each.asked.key, creds: creds[j] };
    each.asked = null; // blinding factor and salt have done their work
  }
  sitting.claims = []; // a claim is good for this once
  sitting.isInLine = false;
  await keep();
}

/** What this voter can do now: bring the other code, take, stand in line, wait, vote, send, or look. */
export function stageOf(sitting, now) {
  if (registrarLeft(sitting)) return "second";
  const held = papersHeld(sitting);
  if (!held.length || papersLeft(sitting).length) return sitting.isInLine ? "line" : "papers";
  if (held.some(({ pending }) => pending)) return "casting";
  if (held.some(({ ballots }) => ballots.length)) return "kept";
  return isWaiting(sitting, now) ? "waiting" : "question";
}

/** Whether casting has not begun by the calendar; at the chair's word: as long as nobody has heard it. */
export function isWaiting(sitting, now) {
  const { paper } = papersHeld(sitting)[0];
  if (sitting.isCalled || !isTwoPhase(paper)) return false;
  return paper.calendar.casts === 0 || now < paper.calendar.casts;
}
