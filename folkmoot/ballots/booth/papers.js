// A paper as the booth reads it, and an answer in its one spelling. Mirrors the kernel's papers and scales.

import { b64u, utf8 } from "./bytes.js";
import { canonical, readCanonical, taggedHash } from "./canonical.js";
import { leafHash } from "./merkle.js";
import { Refused } from "./refused.js";

const MANY = ["approval", "schulze", "stv"];
const RANKED = ["schulze", "stv"];

/** Read a paper leaf. Gives its members, and beside them `id` (base64url) and `idBytes`. */
export async function readPaper(leaf) {
  const value = readCanonical(leaf);
  if (value.type !== "folkmoot/paper/v1") throw new Refused("leaf");
  const idBytes = await leafHash(leaf);
  return { ...value, id: b64u(idBytes), idBytes };
}

/** The stratum of this name, which has to have the channel. */
export function stratumOf(paper, name, channel) {
  const stratum = paper.strata.find(({ id }) => id === name);
  if (!stratum?.[channel]) throw new Refused("stratum");
  return stratum;
}

/** What stands for the paper where the keys of slips come from. */
export function slipContext({ poll, question }) {
  return taggedHash("folkmoot/slip/v1", utf8(poll), utf8(canonical(question)));
}

export function isTwoPhase({ calendar }) {
  return calendar.casts !== calendar.opens;
}

export function isRanked({ kind }) {
  return RANKED.includes(kind);
}

/**
 * The secrecy level that the paper itself shows: 1 when papers are taken and cast in the same days, 2 when all are
 * taken first, 3 when two registrars have to agree.
 */
export function levelOf(paper) {
  if (!isTwoPhase(paper)) return 1;
  return paper.registrars.length > 1 ? 3 : 2;
}

/** Write an answer: positions of options, in the only form there is. */
export function writeAnswer({ kind, options }, choices) {
  const chosen = kind === "approval" ? [...choices].sort((one, other) => one - other) : choices;
  const isWithin = chosen.every((place) => Number.isInteger(place) && place >= 0 && place < options.length);
  const isEnough = kind === "approval" || (RANKED.includes(kind) ? chosen.length > 0 : chosen.length === 1);
  if (!isWithin || !isEnough || new Set(chosen).size !== chosen.length) throw new Refused("answer");
  return utf8(canonical(chosen));
}

/** The length to which every answer is padded, so that none shows by its length. */
export function longestAnswer({ kind, options }) {
  const places = options.map((_, place) => place);
  return canonical(MANY.includes(kind) ? places : places.slice(-1)).length;
}
