// Asks the booth's cryptography on behalf of test_booth_crypto.py: a list of [act, parts] in, a list of results out.
// Byte strings and numbers are hexadecimal text on the way; what is refused comes back as { refused: code }.

import { toNumber } from "../../folkmoot/ballots/booth/bytes.js";
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
