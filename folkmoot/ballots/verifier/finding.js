// What a check has found, and how it is said. The sentences are those of `moot-verify`.

import { FAULTS, NAMES, NOTES } from "./sentences.js";

const MAX_SHOWN_LENGTH = 300; // letters of a name or a reason that somebody else has written
const MAX_SHOWN = 5; // findings of one key that are told one by one; the others are counted
const TOLD = new Map(Object.entries(NAMES));
const SENTENCES = new Map(Object.entries({ ...FAULTS, ...NOTES }));

export function isFault({ key }) {
  return Object.keys(FAULTS).includes(key);
}

/** Say a finding in "en" or in "zh-Hans". */
export function said({ key, facts, more }, language) {
  const isEnglish = language === "en";
  const nameOf = (fact) => (!isEnglish && TOLD.has(String(fact)) ? TOLD.get(String(fact)) : shortened(String(fact)));
  const text = SENTENCES.get(key)[isEnglish ? 0 : 1].replace(/\{(\w+)\}/g, (_, name) => nameOf(facts[name]));
  if (!more) return text;
  return text + (isEnglish ? ` (${more} more)` : `（另有${more}处）`);
}

/** Gathers findings, and keeps only a few of each kind, so that a log of a million forgeries fits the page. */
export class Findings {
  constructor() {
    this.kept = new Map();
    this.counts = new Map();
  }

  add(key, facts = {}) {
    const kept = this.kept.get(key) ?? [];
    const isSame = (other) => JSON.stringify(sorted(other.facts)) === JSON.stringify(sorted(facts));
    if (kept.some(isSame)) return;
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
    if (kept.length < MAX_SHOWN) kept.push({ key, facts });
    this.kept.set(key, kept);
  }

  /** All of them in the order of the table, faults first. */
  list() {
    return [...SENTENCES.keys()].flatMap((key) => {
      const kept = this.kept.get(key) ?? [];
      return kept.map((finding, i) => ({ ...finding, more: i === kept.length - 1 ? this.counts.get(key) - kept.length : 0 }));
    });
  }
}

function shortened(text) {
  const letters = text.length > MAX_SHOWN_LENGTH ? [...text] : [];
  return letters.length > MAX_SHOWN_LENGTH ? `${letters.slice(0, MAX_SHOWN_LENGTH - 1).join("")}…` : text;
}

function sorted(facts) {
  return Object.entries(facts).sort(([one], [other]) => (one < other ? -1 : 1));
}
