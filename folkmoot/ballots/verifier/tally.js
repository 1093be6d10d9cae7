// Counting anew: the distribution first, then what it decides. Mirrors the kernel's tally.

import { isAnswer } from "./papers.js";
import { isRanked } from "../booth/papers.js";
import { canonical } from "../booth/canonical.js";
import { transferableVote } from "./transferable.js";

const sum = (numbers) => numbers.reduce((one, other) => one + other, 0);

/** A pile of answers: a Map from answer, in its one spelling, to how often it was given. */
export function pileOf(answers, spoiled) {
  return { answers, totals: null, n: sum([...answers.values()]), spoiled };
}

/** A sheet of hand papers as a pile; null when it cannot be counted. */
export function pileOfSheet(scale, { papers, spoiled, totals, rankings }) {
  if (!isRanked(scale)) return areTotals(scale, papers, totals) ? { answers: new Map(), totals, n: papers, spoiled } : null;
  if (!rankings.every(({ answer }) => isAnswer(scale, answer))) return null;
  const pile = pileOf(new Map(rankings.map(({ answer, count }) => [canonical(answer), count])), spoiled);
  return pile.n === papers ? pile : null;
}

function areTotals({ kind, options }, papers, totals) {
  if (totals.length !== options.length) return false;
  return kind === "approval" ? Math.max(...totals) <= papers : sum(totals) === papers;
}

/** How many answers of all these piles name each option; of rankings, how many name it first. */
export function distribution(scale, piles) {
  const counts = scale.options.map(() => 0);
  for (const { answers, totals } of piles) {
    for (const [text, number] of answers) {
      const named = JSON.parse(text);
      for (const place of isRanked(scale) ? named.slice(0, 1) : named) counts[place] += number;
    }
    totals?.forEach((number, place) => (counts[place] += number));
  }
  return counts;
}

/** All piles together: { n, counts, elected, tied }. Raises LotNeeded. */
export async function tally(scale, piles, seed) {
  const counts = distribution(scale, piles);
  const answers = new Map();
  for (const [text, number] of piles.flatMap((pile) => [...pile.answers])) {
    answers.set(text, (answers.get(text) ?? 0) + number);
  }
  return { n: sum(piles.map(({ n }) => n)), counts, ...(await outcome(scale, counts, answers, seed)) };
}

async function outcome({ kind, options, places }, counts, answers, seed) {
  if (kind === "plurality" || kind === "approval") return mostVotes(counts, places);
  const rankings = [...answers].filter(([, number]) => number).map(([text, number]) => [JSON.parse(text), number]);
  if (kind === "schulze") return schulze(rankings, options.length, places);
  if (kind === "stv") return { elected: await transferableVote(rankings, options.length, places, seed), tied: [] };
  return { elected: [], tied: [] };
}

/** Give the places to the options with the most votes; who shares the number of the last place is tied. */
export function mostVotes(counts, places) {
  const order = counts.map((_, place) => place).filter((place) => counts[place]);
  order.sort((one, other) => counts[other] - counts[one] || one - other);
  if (order.length <= places) return { elected: order, tied: [] };
  const last = counts[order[places]];
  const elected = order.filter((place) => counts[place] > last);
  return { elected, tied: elected.length < places ? order.filter((place) => counts[place] === last) : [] };
}

/** Schulze's method, by winning votes. Source: M. Schulze (2011), section 2. */
export function schulze(rankings, count, places) {
  if (!rankings.length) return { elected: [], tied: [] };
  const strength = strongestChains(preferred(rankings, count));
  const elected = [];
  let level = [];
  let rest = [...Array(count).keys()];
  while (elected.length < places) {
    level = rest.filter((a) => rest.every((b) => strength[a][b] >= strength[b][a]));
    if (elected.length + level.length > places) break;
    elected.push(...level);
    rest = rest.filter((a) => !level.includes(a));
  }
  return { elected, tied: level.filter((a) => rest.includes(a)) };
}

/** How many rank a above b. Who is not ranked stands below all who are. */
function preferred(rankings, count) {
  const numbers = Array.from({ length: count }, () => Array(count).fill(0));
  for (const [ranking, number] of rankings) {
    const below = new Set(numbers.keys());
    for (const a of ranking) {
      below.delete(a);
      for (const b of below) numbers[a][b] += number;
    }
  }
  return numbers;
}

function strongestChains(numbers) {
  const every = [...numbers.keys()];
  const strength = every.map((a) => every.map((b) => (numbers[a][b] > numbers[b][a] ? numbers[a][b] : 0)));
  for (const through of every) {
    for (const a of every) {
      for (const b of every) {
        if (new Set([through, a, b]).size < 3) continue;
        strength[a][b] = Math.max(strength[a][b], Math.min(strength[a][through], strength[through][b]));
      }
    }
  }
  return strength;
}
