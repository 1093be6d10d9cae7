// The single transferable vote of the Scottish Local Government Elections Order 2007, with exact fractions and lots
// from a published seed. Mirrors the kernel's tally/stv.py, which says where it differs from the Order.

import { sha256, utf8 } from "../booth/bytes.js";
import { isBlank, keyOf } from "./members.js";

/** A tie that only a lot can break, and no seed. */
export class LotNeeded extends Error {}

const gcd = (a, b) => (b ? gcd(b, a % b) : a);

/** An exact fraction { top, bottom }, in its lowest terms. */
function fraction(top, bottom = 1n) {
  const shared = gcd(top < 0n ? -top : top, bottom) || 1n;
  return { top: top / shared, bottom: bottom / shared };
}
const ZERO = fraction(0n);
const plus = (a, b) => fraction(a.top * b.bottom + b.top * a.bottom, a.bottom * b.bottom);
const minus = (a, b) => plus(a, { top: -b.top, bottom: b.bottom });
const times = (a, b) => fraction(a.top * b.top, a.bottom * b.bottom);
const over = (a, b) => fraction(a.top * b.bottom, a.bottom * b.top);
const compare = (a, b) => {
  const difference = a.top * b.bottom - b.top * a.bottom;
  return difference < 0n ? -1 : Number(difference > 0n);
};

/** Fill the places. Gives positions in the order of election. Raises LotNeeded. */
export async function transferableVote(rankings, count, places, seed) {
  if (!rankings.length) return [];
  const counting = new Counting(rankings, count, places, seed);
  while (counting.elected.length !== places) await counting.nextStage();
  return counting.elected;
}

class Counting {
  constructor(rankings, count, places, seed) {
    Object.assign(this, { places, seed, elected: [], surplus: new Set(), stages: [] });
    const n = rankings.reduce((all, [, number]) => all + BigInt(number), 0n);
    this.quota = fraction(n / BigInt(places + 1) + 1n);
    this.continuing = new Set(Array(count).keys());
    this.held = Array.from({ length: count }, () => new Map()); // of each option: ranking -> its value
    for (const [ranking, number] of rankings) this.give(ranking, fraction(BigInt(number)));
  }

  async nextStage() {
    const votes = this.held.map((held) => [...held.values()].reduce(plus, ZERO));
    this.choose(votes);
    if (this.elected.length !== this.places) {
      if (this.surplus.size) await this.passOnSurplus(votes);
      else await this.exclude(votes);
    }
    this.stages.push(votes);
  }

  /** All who have the quota; or all who continue, when no more of them are left than places. */
  choose(votes) {
    const isLast = this.continuing.size <= this.places - this.elected.length;
    const chosen = [...this.continuing].filter((place) => isLast || compare(votes[place], this.quota) >= 0);
    chosen.sort((one, other) => compare(votes[other], votes[one]) || one - other);
    this.elected.push(...chosen);
    for (const place of chosen) {
      this.continuing.delete(place);
      if (compare(votes[place], this.quota) > 0) this.surplus.add(place);
    }
  }

  async passOnSurplus(votes) {
    const place = await this.oneOf([...this.surplus], votes, 1);
    this.surplus.delete(place);
    const part = over(minus(votes[place], this.quota), votes[place]);
    for (const [ranking, value] of [...this.held[place]]) {
      const passed = times(value, part);
      this.held[place].set(ranking, minus(value, passed));
      this.give(ranking, passed);
    }
  }

  async exclude(votes) {
    const place = await this.oneOf([...this.continuing], votes, -1);
    this.continuing.delete(place);
    const passed = this.held[place];
    this.held[place] = new Map();
    for (const [ranking, value] of passed) this.give(ranking, value);
  }

  /** Give a ranking's value to the first that it names of those who continue; without one it is exhausted. */
  give(ranking, value) {
    const place = ranking.find((each) => this.continuing.has(each));
    if (place !== undefined) this.held[place].set(ranking, plus(this.held[place].get(ranking) ?? ZERO, value));
  }

  /** Whoever has the most (sign 1) or fewest (-1) votes now, then at the stages before, then by lot. */
  async oneOf(places, votes, sign) {
    let equals = places;
    for (const stage of [votes, ...[...this.stages].reverse()]) {
      const best = equals.map((place) => stage[place]).reduce((one, other) => (compare(other, one) * sign > 0 ? other : one));
      equals = equals.filter((place) => compare(stage[place], best) === 0);
    }
    return equals.length === 1 ? equals[0] : this.lot(equals);
  }

  /** The item with the lowest ticket, as the kernel's draw.py makes them. */
  async lot(equals) {
    if (!isLine(this.seed)) throw new LotNeeded();
    const label = `folkmoot/stv/${this.stages.length + 1}`;
    const tickets = equals.map(async (place) => keyOf(await sha256(utf8(`${label}\n${this.seed}\n${place}`))));
    const order = await Promise.all(tickets);
    return equals[order.indexOf([...order].sort()[0])];
  }
}

/** Whether a seed is one line without spaces around it. */
function isLine(seed) {
  return seed !== "" && !isBlank(seed[0]) && !isBlank(seed[seed.length - 1]) && !/[\0\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/.test(seed);
}
