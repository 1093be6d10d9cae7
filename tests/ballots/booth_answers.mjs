// Asks the pure modules of the booth on behalf of test_booth_crypto.py and test_booth_ballots.py: a list of [act, parts] in, a list of results out.
// Byte strings and numbers are hexadecimal text on the way; what is refused comes back as { refused: code }.

import { originOf, readAddress } from "../../folkmoot/ballots/booth/address.js";
import { fillBallot } from "../../folkmoot/ballots/booth/ballots.js";
import { toNumber, unb64u } from "../../folkmoot/ballots/booth/bytes.js";
import { canonical, readCanonical } from "../../folkmoot/ballots/booth/canonical.js";
import { claimCode, readWords, slipCode, writeWords } from "../../folkmoot/ballots/booth/codes.js";
import { askForTokens, finishAsked, keyOfSlip } from "../../folkmoot/ballots/booth/credentials.js";
import { isIncluded, leafHash, rootOf } from "../../folkmoot/ballots/booth/merkle.js";
import { openNote, readKey } from "../../folkmoot/ballots/booth/notes.js";
import { longestAnswer, readPaper, slipContext, writeAnswer } from "../../folkmoot/ballots/booth/papers.js";
import { checkPromise, checkProof, keepProof, readReceipt } from "../../folkmoot/ballots/booth/receipts.js";
import { dropOpenings } from "../../folkmoot/ballots/booth/sending.js";
import { stageOf } from "../../folkmoot/ballots/booth/sittings.js";
import { chooseLanguage, gaps } from "../../folkmoot/ballots/booth/speech.js";
import { blind, finalize, rsaKey } from "../../folkmoot/ballots/booth/blindrsa.js";
import { freshKey, jwk, keyOfScalar, pointOf, sign } from "../../folkmoot/ballots/booth/es256.js";
import { seal } from "../../folkmoot/ballots/booth/hpke.js";
import * as recovery from "../../folkmoot/ballots/booth/recovery.js";
import { randomBelow } from "../../folkmoot/ballots/booth/sampling.js";
import { commitment, pad, sealOpening } from "../../folkmoot/ballots/booth/sealing.js";
import { askToken, encodeChallenge, finishToken, tokenKey, voterNonce } from "../../folkmoot/ballots/booth/token.js";

const bytes = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const number = (hex) => BigInt(`0x${hex}`);
const hex = (value) =>
  typeof value === "bigint" ? value.toString(16) : Array.from(value, (b) => b.toString(16).padStart(2, "0")).join("");
const challengeOf = (parts) => ({
  issuerName: parts.issuer,
  redemptionContext: bytes(parts.context),
  originInfo: parts.origin,
});

async function senderOf(scalar) {
  const curve = { name: "ECDH", namedCurve: "P-256" };
  const { d, ...known } = jwk(number(scalar), pointOf(number(scalar)));
  const publicKey = await crypto.subtle.importKey("jwk", known, curve, true, []);
  return { publicKey, privateKey: await crypto.subtle.importKey("jwk", { ...known, d }, curve, false, ["deriveBits"]) };
}

const ACTS = {
  async blind({ n, e, message, salt, factor }) {
    const blinded = await blind(rsaKey(number(n), number(e)), bytes(message), bytes(salt), number(factor));
    return { message: hex(blinded.message), encoded: hex(blinded.encoded), inverse: hex(blinded.inverse) };
  },
  finalize({ n, e, answer, encoded, inverse }) {
    const state = { encoded: number(encoded), inverse: number(inverse) };
    return hex(finalize(rsaKey(number(n), number(e)), bytes(answer), state));
  },
  async tokenKey({ spki }) {
    const key = await tokenKey(bytes(spki));
    return { id: hex(key.id), n: hex(key.n) };
  },
  challenge: (parts) => hex(encodeChallenge(challengeOf(parts))),
  nonce: async ({ point }) => hex(await voterNonce(bytes(point))),
  async ask(parts) {
    const secret = { salt: bytes(parts.salt), factor: number(parts.factor) };
    const asked = await askToken(await tokenKey(bytes(parts.spki)), challengeOf(parts), bytes(parts.nonce), secret);
    return Object.fromEntries(Object.entries(asked).map(([name, value]) => [name, hex(value)]));
  },
  async finish({ spki, asked, response }) {
    const state = { encoded: number(asked.encoded), inverse: number(asked.inverse), signedPart: bytes(asked.signedPart) };
    return hex(finishToken(await tokenKey(bytes(spki)), state, bytes(response)));
  },
  async hpke({ recipient, plaintext, aad, info, sender }) {
    const bound = { aad: bytes(aad), info: bytes(info) };
    return hex(await seal(bytes(recipient), bytes(plaintext), bound, sender && (await senderOf(sender))));
  },
  async seal({ closingKey, point, random, answer, longest }) {
    const opening = { random: bytes(random), answer: bytes(answer) };
    const c = await commitment(bytes(point), opening);
    return { c: hex(c), o: hex(await sealOpening(bytes(closingKey), opening, { c, longest })) };
  },
  pad: ({ answer, longest }) => hex(pad(bytes(answer), longest)),
  async sign({ scalar, message }) {
    const key = scalar ? await keyOfScalar(number(scalar)) : await freshKey();
    return { point: hex(key.point), signature: hex(await sign(key, bytes(message))) };
  },
  point: ({ scalar }) => hex(pointOf(number(scalar))),
  async voter({ seed, paper, spki }) {
    const [secret, where, key] = [bytes(seed), bytes(paper), await tokenKey(bytes(spki))];
    return {
      scalar: hex(await recovery.voterScalar(secret, where)),
      salt: hex(await recovery.tokenSalt(secret, where, key)),
      factor: hex(await recovery.tokenFactor(secret, where, key)),
    };
  },
  slip: async ({ code, paper }) => hex(await recovery.slipScalar(code, bytes(paper))),
  async deriveNumber({ seed, bound, paper, label }) {
    return hex(await recovery.deriveNumber(bytes(seed), number(bound), { paper: bytes(paper), label }));
  },
  async deriveBytes({ seed, length, paper, label, context }) {
    const purpose = { paper: bytes(paper), label, context: bytes(context) };
    return hex(await recovery.deriveBytes(bytes(seed), length, purpose));
  },
  randomBelow: ({ bound, count }) => Array.from({ length: count }, () => hex(randomBelow(number(bound)))),
  canonical: ({ value }) => canonical(value),
  readCanonical: (parts) => readCanonical(bytes(parts.bytes)),
  async root({ leaves }) {
    return hex(await rootOf(await Promise.all(leaves.map((leaf) => leafHash(bytes(leaf))))));
  },
  included: ({ leaf, index, size, path, root }) =>
    isIncluded({ leaf: bytes(leaf), index, size, path: path.map(bytes), root: bytes(root) }),
  openNote: async ({ note, vkey }) => openNote(note, await readKey(vkey)),
  checkPromise: async ({ text, leaf, vkey }) => checkPromise(text, { leaf: bytes(leaf), key: await readKey(vkey) }),
  checkProof: async ({ text, leaf, vkey }) => checkProof(text, { leaf: bytes(leaf), key: await readKey(vkey) }),
  keepProof: ({ text, leaf }) => keepProof(text, bytes(leaf)),
  receipt({ pasted }) {
    const { kind, leaf, origin } = readReceipt(pasted);
    return { kind, leaf: hex(leaf), origin };
  },
  async paper({ leaf }) {
    const paper = await readPaper(bytes(leaf));
    return { id: paper.id, context: hex(await slipContext(paper)), longest: longestAnswer(paper.scale) };
  },
  answer: ({ scale, choices }) => hex(writeAnswer(scale, choices)),
  async ask_paper({ leaf, stratum, seed }) {
    const { key, asked } = await askForTokens(await readPaper(bytes(leaf)), stratum, seed && bytes(seed));
    return { point: hex(key.point), requests: asked.map(({ request }) => hex(request)) };
  },
  async vote({ leaf, stratum, seed, responses, choices, seq }) {
    const paper = await readPaper(bytes(leaf));
    const { key, asked } = await askForTokens(paper, stratum, bytes(seed));
    const finish = (response, i) => finishAsked(paper, stratum, asked, { i, response: bytes(response) });
    const creds = await Promise.all(responses.map(finish));
    return fillBallot(paper, { stratum, channel: "token", key, creds }, { choices, seq });
  },
  async vote_slip({ leaf, stratum, code, choices }) {
    const paper = await readPaper(bytes(leaf));
    const { key, hash } = await keyOfSlip(paper, code);
    const ballot = await fillBallot(paper, { stratum, channel: "slip", key, creds: [] }, { choices, seq: 1 });
    return { ...ballot, hash: hex(hash) };
  },
  slipCode: ({ typed }) => slipCode(typed),
  claimCode: ({ typed }) => claimCode(typed),
  writeWords: async ({ seed }) => (await writeWords(bytes(seed))).join(" "),
  readWords: async ({ typed }) => hex(await readWords(typed)),
  address: ({ hash, protocol = "https:", origin = "https://box.example" }) => readAddress({ hash, protocol, origin }),
  originOf: ({ text }) => originOf(text),
  language: ({ asked, preferred }) => chooseLanguage(asked, preferred),
  gaps: () => gaps(),
  stage: ({ sitting, now }) => stageOf(sitting, now),
  dropOpenings({ sitting, now }) {
    dropOpenings(sitting, now);
    return sitting.papers.map(({ ballots }) => ballots.map(({ opening }) => opening));
  },
  unb64u: ({ text }) => hex(unb64u(text)),
  readNumber: ({ value }) => hex(toNumber(bytes(value))),
};

export async function answers(requests) {
  const results = [];
  for (const [act, parts] of requests) {
    try {
      results.push(await ACTS[act](parts));
    } catch (error) {
      if (error.name !== "Refused") throw error;
      results.push({ refused: error.code });
    }
  }
  return results;
}
