// What makes a paper one, beyond its members; and answers in their one spelling.

import { readCanonical } from "../booth/canonical.js";
import { Refused } from "../booth/refused.js";
import { isRanked } from "../booth/papers.js";

const KINDS = ["rating", "plurality", "approval", "yes-no", "schulze", "stv"];
const MAX_OPTIONS = 100;
const MAX_RANKED_OPTIONS = 5;
const MAX_K = 1_000; // so many keys of each cell are held while batches are looked at
const HOST = /^[!-~]{1,255}$/;

/** Refuse a paper that cannot be. */
export function requirePaper(paper) {
  const reason = wrongScale(paper.scale) || wrongStrata(paper) || wrongHosts(paper) || wrongComposition(paper);
  if (reason) throw new Refused(`This cannot be a paper: ${reason}.`);
}

function wrongScale({ kind, options, places }) {
  if (!KINDS.includes(kind)) return `there is no scale '${kind}'`;
  const most = isRanked({ kind }) ? MAX_RANKED_OPTIONS : MAX_OPTIONS;
  if (options.length < 2 || options.length > most || (kind === "yes-no" && options.length !== 3)) {
    return "its scale has too few or too many options";
  }
  return places > options.length ? "it has more places than options, or none" : "";
}

function wrongStrata({ strata, registrars, k, registrar_keys: own = [] }) {
  const parts = strata.flatMap((stratum) => stratum.parts.map(({ id }) => id));
  const names = strata.map(({ id }) => id);
  if (!names.length || new Set(names).size !== names.length || new Set(parts).size !== parts.length) {
    return "it has no strata, or two of one name";
  }
  const isOpen = ({ parts: own, token, slip, hand }) => own.length && (token || slip || hand);
  if (!strata.every(isOpen)) return "a stratum has no part or no channel";
  if (strata.some(({ token }) => token && token.keys.length !== registrars.length)) {
    return "a stratum has not one key for each registrar";
  }
  if (!registrars.length || k > MAX_K) return `its k is not 2 to ${MAX_K}, or it has no registrar`;
  if (new Set(registrars).size !== registrars.length) return "a registrar is named twice";
  return own.length === registrars.length - 1 ? "" : "it has not one key for each registrar after the first";
}

function wrongHosts({ box, registrars }) {
  return [box, ...registrars].every((host) => HOST.test(host)) ? "" : "its box or a registrar is not a host";
}

function wrongComposition({ composition, strata }) {
  const parts = new Set(strata.flatMap((stratum) => stratum.parts.map(({ id }) => id)));
  const isShare = ([part, whole], strict) => part > 0 && (strict ? part < whole : part <= whole);
  const areOwn = (named) => named.every((id) => parts.has(id)) && new Set(named).size === named.length;
  return composition.every(({ parts: named, share, strict }) => isShare(share, strict) && areOwn(named)) ? "" : "a rule of composition is not a share of its own strata";
}

export function stratumNamed(paper, name) {
  return paper.strata.find(({ id }) => id === name);
}

/** Whether positions of options are an answer to this scale. */
export function isAnswer({ kind, options }, chosen) {
  const isOfOptions = chosen.every((place) => Number.isInteger(place) && place >= 0 && place < options.length);
  const isSorted = chosen.every((place, i) => !i || chosen[i - 1] < place);
  if (!isOfOptions || new Set(chosen).size !== chosen.length) return false;
  if (kind === "approval") return isSorted;
  return isRanked({ kind }) ? chosen.length > 0 : chosen.length === 1;
}

/** The answer that these bytes are, as positions; null when they are none to this scale. */
export function answerOf(scale, bytes) {
  let chosen;
  try {
    chosen = readCanonical(bytes);
  } catch {
    return null;
  }
  return Array.isArray(chosen) && isAnswer(scale, chosen) ? chosen : null;
}
