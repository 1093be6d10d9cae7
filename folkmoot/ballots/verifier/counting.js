// The result counted anew, and held against the one in the log.

import { canonical } from "../booth/canonical.js";
import { isOpened } from "./counts.js";
import { distribution, pileOf, pileOfSheet, tally } from "./tally.js";
import { LotNeeded } from "./transferable.js";

const NO_PLACES = { elected: [], tied: [] };

/** What the result has to be, with the lots of this seed. Null when a sheet cannot be counted. Raises LotNeeded. */
export async function countedAnew(counts, { answers, spoiled }, seed, findings) {
  const { paper, log } = counts;
  const [cells, piles] = [[], []];
  const take = (cell, pile) => {
    if (pile) {
      piles.push(pile);
      const own = { n: pile.n, counts: distribution(paper.scale, [pile]), ...NO_PLACES };
      Object.assign(cell, { spoiled: pile.spoiled, tally: own });
    }
    cells.push(cell);
  };
  for (const cell of counts.cells) {
    const shown = { strata: [cell.stratum.id], channel: cell.channel, accepted: counts.accepted(cell), spoiled: 0 };
    const isCounted = counts.opened.includes(cell);
    take(shown, isCounted && pileOf(answers.get(cell.number) ?? new Map(), spoiled.get(cell.number) ?? 0));
  }
  for (const [i, sheet] of log.close.sheets.entries()) {
    const accepted = sheet.papers + sheet.spoiled;
    const isCounted = isOpened(accepted, paper.k);
    const pile = isCounted && pileOfSheet(paper.scale, sheet);
    if (isCounted && !pile) {
      findings.add("count.sheet", { number: i + 1 });
      return null;
    }
    take({ strata: sheet.strata, channel: "hand", accepted, spoiled: 0 }, pile);
  }
  const total = await tally(paper.scale, piles, seed);
  return { type: "folkmoot/result/v1", paper: paper.id, cells, total, composition: composition(counts), seed };
}

/** Hold the result of the log against ours. Gives ours, or null. */
export async function checkResult(counts, opened, findings) {
  const said = counts.log.result;
  let ours;
  try {
    ours = await countedAnew(counts, opened, said?.seed ?? "", findings);
  } catch (error) {
    if (!(error instanceof LotNeeded)) throw error;
    if (said) findings.add("result.lot", { index: said.index });
    return null;
  }
  if (ours && said) compare(said, ours, findings);
  return ours;
}

function compare({ index, kind, ...said }, ours, findings) {
  if (said.composition.length !== ours.composition.length) findings.add("leaf.incomplete", { index, kind });
  ours.composition.slice(0, said.composition.length).forEach((isKept, i) => {
    if (said.composition[i] === isKept) return;
    findings.add(isKept ? "composition.denied" : "composition.result", { index, rule: i + 1 });
  });
  if (canonical({ ...said, composition: ours.composition }) !== canonical(ours)) findings.add("result.differs", { index });
}

/** For each rule 1 or 0: whether enough of the papers taken are those of its parts. */
function composition(counts) {
  const taken = counts.taken();
  const whole = [...taken.values()].reduce((one, other) => one + other, 0);
  return counts.paper.composition.map(({ parts, share: [part, of], strict }) => {
    const own = parts.reduce((all, id) => all + (taken.get(id) ?? 0), 0);
    const [left, right] = [BigInt(own) * BigInt(of), BigInt(whole) * BigInt(part)];
    return Number(whole > 0 && (strict ? left > right : left >= right));
  });
}
