// The papers of a log as the check needs them: cells numbered, keys imported, slips at hand.

import { b64u, isSame, sha256, toBytes, toNumber } from "../booth/bytes.js";
import { pointOf } from "../booth/es256.js";
import { encodeChallenge, tokenKey } from "../booth/token.js";
import { Refused } from "../booth/refused.js";
import { bytesOf, keyOf } from "./members.js";

const subtle = globalThis.crypto?.subtle;
const PSS = { name: "RSA-PSS", hash: "SHA-384" };

/**
 * Shapes: `papers` with `id` in base64url; `cells` in the order of papers, strata, channels, each { number, paper,
 * stratum, channel, closing, keys, challenges }; `slips` by paper and stratum; `keyIds` of all token keys.
 */
export class Electorate {
  static async of(papers, slips) {
    const electorate = new Electorate();
    const numbers = papers.map(({ id }, number) => [id, number]);
    Object.assign(electorate, { papers, slips, cells: [], numberOf: new Map(numbers), keyIds: new Set(), byName: new Map() });
    for (const [number, paper] of papers.entries()) {
      const challenges = await challengesOf(paper);
      for (const stratum of paper.strata) {
        const keys = await tokenKeys(stratum);
        for (const channel of ["token", "slip"].filter((name) => stratum[name])) {
          electorate.add({ paper: number, stratum, channel, closing: stratum[channel].closing, keys, challenges });
        }
      }
    }
    return electorate;
  }

  add(cell) {
    cell.number = this.cells.push(cell) - 1;
    this.byName.set(`${this.papers[cell.paper].id}/${cell.stratum.id}/${cell.channel}`, cell);
    if (cell.channel === "token") cell.keys.forEach(({ id }) => this.keyIds.add(keyOf(id)));
  }

  cell(paper, stratum, channel) {
    return this.byName.get(`${paper}/${stratum}/${channel}`);
  }

  /** SHA-256(pk) of the printed slips, as keys. */
  printed(paper, stratum) {
    return this.slips.get(`${paper}/${stratum}`) ?? new Set();
  }
}

/** The keys of a stratum's registrars; none when one of them is no key. */
export async function tokenKeys({ token }) {
  try {
    return await Promise.all((token?.keys ?? []).map((spki) => importToken(bytesOf(spki))));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return [];
  }
}

async function importToken(spki) {
  const { id, n } = await tokenKey(spki);
  // Browsers do not read the RSASSA-PSS way of writing a key, so it is given in another.
  const jwk = { kty: "RSA", n: b64u(toBytes(n, 256)), e: "AQAB", alg: "PS384", ext: true };
  return { id, key: await subtle.importKey("jwk", jwk, PSS, false, ["verify"]) };
}

async function challengesOf({ id, registrars, box }) {
  const redemptionContext = bytesOf(id);
  const encoded = registrars.map((issuerName) => encodeChallenge({ issuerName, redemptionContext, originInfo: box }));
  return Promise.all(encoded.map(sha256));
}

/** Check what the papers themselves say: names, keys, whom they join. */
export async function checkPapers(electorate, origin, findings) {
  const seen = new Set();
  for (const { box, poll, strata, open } of electorate.papers) {
    if (origin !== `${box}/${poll}`) findings.add("log.origin", { found: origin, expected: `${box}/${poll}` });
    if (open) findings.add("poll.advisory");
    for (const stratum of strata) {
      const { token, slip, parts } = stratum;
      const keys = [token?.closing, slip?.closing, ...(token?.keys ?? [])].filter(Boolean);
      const areFresh = new Set(keys).size === keys.length && !keys.some((key) => seen.has(key));
      if (!areFresh || (token && !(await tokenKeys(stratum)).length)) findings.add("paper.key", { stratum: stratum.id });
      keys.forEach((key) => seen.add(key));
      if (new Set(parts.map(({ ordinary }) => ordinary)).size > 1) findings.add("paper.joined", { stratum: stratum.id });
    }
  }
}

/** Whether this private number, 32 bytes, is that of the closing key. */
export function isKeyOf(secret, closing) {
  try {
    return isSame(pointOf(toNumber(bytesOf(secret))), bytesOf(closing));
  } catch {
    return false;
  }
}
