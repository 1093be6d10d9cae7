// Every ballot that counts opened once, to the answer it was cast with, or declared spoiled.

import { isSame, sha256 } from "../booth/bytes.js";
import { canonical } from "../booth/canonical.js";
import { longestAnswer } from "../booth/papers.js";
import { commitment } from "../booth/sealing.js";
import { answerOf } from "./papers.js";
import { keyOf } from "./members.js";
import { readCasts, readOpened } from "./rows.js";
import { opens } from "./unsealing.js";

const MAX_TRIED = 10; // openings of one c; an honest log has one, and a thousand for a thousand copies would take all day

/**
 * Opens all ballots, part by part. `keys`: private closing keys of the cells that are opened, "" where none was given;
 * `windows`: for each paper between which entries its openings have to stand.
 * Gives { answers, spoiled }: of each cell how often each answer was given, and how many ballots are spoiled.
 */
export async function readOpenings(electorate, { counted, opened, spoiled, keys, windows }, findings) {
  const whole = { answers: new Map(), spoiled: new Map(), last: new Map() };
  for (let byte = 0; byte < 256; byte++) {
    const part = new Part(electorate, { keys, windows, whole }, findings);
    part.hold(readCasts(await counted.part(byte)), spoiled.filter(({ c }) => c[0] === byte));
    await part.open(readOpened(await opened.part(byte)));
    for (const each of part.declared) await part.spoil(each);
    part.sayMissing();
    part.join();
  }
  return whole;
}

/** The ballots whose c begins with the same byte. */
class Part {
  constructor(electorate, { keys, windows, whole }, findings) {
    Object.assign(this, { cells: electorate.cells, papers: electorate.papers, keys, windows, whole, findings });
    this.spans = new Map(); // paper -> first and last entry with an opening, in ascending order of c
    this.lastC = new Map();
    this.tried = new Map();
    this.said = new Map(); // paper and answer -> its one spelling, or null
  }

  hold(casts, declared) {
    this.declared = declared;
    this.declaredAt = new Map(declared.map(({ c, entry }) => [keyOf(c), entry]));
    this.byC = new Map(); // of one c there is more than one ballot only when somebody copied it
    for (const cast of casts) {
      if (!this.byC.has(keyOf(cast.c))) this.byC.set(keyOf(cast.c), []);
      this.byC.get(keyOf(cast.c)).push(cast);
    }
  }

  waiting(c) {
    return (this.byC.get(keyOf(c)) ?? []).filter(({ isDone }) => !isDone);
  }

  async open(opened) {
    const fits = await Promise.all(opened.map((opening) => this.fitting(opening)));
    opened.forEach((opening, i) => {
      const cast = this.match(opening, fits[i]);
      if (!cast) return;
      const isTakenBack = (this.declaredAt.get(keyOf(opening.c)) ?? opening.entry) < opening.entry;
      this.place(opening, this.cells[cast.cell].paper, isTakenBack);
    });
  }

  /** The ballots that were cast with this opening. */
  async fitting({ c, r, a }) {
    const tried = (this.tried.get(keyOf(c)) ?? 0) + 1;
    this.tried.set(keyOf(c), tried);
    const casts = tried > MAX_TRIED ? [] : (this.byC.get(keyOf(c)) ?? []);
    const own = await Promise.all(casts.map(({ pk }) => commitment(pk, { random: r, answer: a })));
    return casts.filter((_, i) => isSame(own[i], c));
  }

  match({ entry, c, a }, fits) {
    const cast = fits.find(({ isDone }) => !isDone);
    if (!cast) {
      this.findings.add(this.whyNot(c, fits), { index: entry });
      return null;
    }
    cast.isDone = true;
    cast.isOpened = true;
    if (!this.keys.has(cast.cell)) {
      this.findings.add("opening.closed_cell", { index: entry });
      return null;
    }
    this.count(cast.cell, a);
    return cast;
  }

  whyNot(c, fits) {
    const waiting = this.waiting(c);
    if (fits.length) return "opening.twice";
    if (waiting.some(({ cell }) => this.keys.has(cell))) return "opening.refused";
    return waiting.length ? "opening.closed_cell" : "opening.stranger";
  }

  count(cell, answer) {
    const { paper } = this.cells[cell];
    const name = `${paper}/${keyOf(answer)}`;
    if (!this.said.has(name)) {
      const chosen = answerOf(this.papers[paper].scale, answer);
      this.said.set(name, chosen && canonical(chosen));
    }
    const text = this.said.get(name);
    if (text === null) add(this.whole.spoiled, cell);
    else add(answersOf(this.whole, cell), text);
  }

  place({ entry, c }, paper, isTakenBack) {
    const [after, before] = this.windows[paper];
    if (!(after < entry && entry < before)) this.findings.add("leaf.place", { index: entry, kind: "opening" });
    if (isTakenBack) return;
    if (keyOf(c) < (this.lastC.get(paper) ?? "")) this.findings.add("opening.order");
    this.lastC.set(paper, keyOf(c));
    const [first, last] = this.spans.get(paper) ?? [entry, entry];
    this.spans.set(paper, [Math.min(first, entry), Math.max(last, entry)]);
  }

  async spoil({ entry, c, o }) {
    const oh = await sha256(o);
    const cast = this.waiting(c).find((each) => isSame(each.oh, oh));
    if (!cast) {
      const isTakenBack = (this.byC.get(keyOf(c)) ?? []).some((each) => each.isOpened && isSame(each.oh, oh));
      if (!isTakenBack) this.findings.add("spoiled.stranger", { index: entry });
      return;
    }
    cast.isDone = true;
    const secret = this.keys.get(cast.cell);
    const longest = longestAnswer(this.papers[this.cells[cast.cell].paper].scale);
    if (secret === undefined) this.findings.add("opening.closed_cell", { index: entry });
    else if (await opens(cast, o, { secret, longest })) this.findings.add("spoiled.opens", { index: entry });
    add(this.whole.spoiled, cast.cell);
  }

  sayMissing() {
    for (const { cell, entry, isDone } of [...this.byC.values()].flat()) {
      if (!isDone && this.keys.has(cell)) this.findings.add("opening.missing", { index: entry });
    }
  }

  /** Part follows part: all openings of one stand before those of the next. */
  join() {
    for (const [paper, [first, last]] of this.spans) {
      const before = this.whole.last.get(paper) ?? 0;
      if (first < before) this.findings.add("opening.order");
      this.whole.last.set(paper, Math.max(before, last));
    }
  }
}

function answersOf({ answers }, cell) {
  if (!answers.has(cell)) answers.set(cell, new Map());
  return answers.get(cell);
}

function add(counts, name) {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
