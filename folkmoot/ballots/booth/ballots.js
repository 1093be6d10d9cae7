// A ballot filled in, sealed and signed: "Ballot" in docs/reference/protocol.md.

import { b64u, randomBytes, sha256, unb64u, utf8 } from "./bytes.js";
import { canonical } from "./canonical.js";
import { sign } from "./es256.js";
import { leafHash } from "./merkle.js";
import { longestAnswer, stratumOf, writeAnswer } from "./papers.js";
import { commitment, sealOpening } from "./sealing.js";

/**
 * Fill in a paper. `holding` is { stratum, channel, key, creds }: what the voter has for it.
 * Gives { body, leaf, seq, spoiled, opening }: `body` goes to the box, byte for byte, as often as it takes; `leaf` is the leaf
 * hash; `spoiled` that of the leaf which would declare it so; `opening` { c, r, a } can open the ballot, should the count say that it does not open.
 */
export async function fillBallot(paper, { stratum, channel, key, creds }, { choices, seq }) {
  const opening = { random: randomBytes(32), answer: writeAnswer(paper.scale, choices) };
  const c = await commitment(key.point, opening);
  const closing = unb64u(stratumOf(paper, stratum, channel)[channel].closing);
  const o = await sealOpening(closing, opening, { c, longest: longestAnswer(paper.scale) });
  const unsigned = {
    type: "folkmoot/ballot/v1", paper: paper.id, stratum, pk: b64u(key.point), creds, seq, c: b64u(c), oh: b64u(await sha256(o)),
  };
  const sig = await sign(key, utf8(canonical(unsigned)));
  const text = canonical({ ...unsigned, sig: b64u(sig) });
  return {
    body: `{"leaf":${text},"o":"${b64u(o)}"}`,
    leaf: b64u(await leafHash(utf8(text))),
    seq,
    spoiled: b64u(await leafHash(utf8(canonical({ type: "folkmoot/spoiled/v1", c: b64u(c), o: b64u(o) })))),
    opening: { c: b64u(c), r: b64u(opening.random), a: b64u(opening.answer) },
  };
}
