// The right to vote on a paper: a fresh key, and a token of each registrar that signed without seeing it.

import { b64u, randomBytes, sha256, unb64u } from "./bytes.js";
import { freshKey, keyOfScalar } from "./es256.js";
import { slipContext, stratumOf } from "./papers.js";
import { slipScalar, tokenFactor, tokenSalt, voterScalar } from "./recovery.js";
import { randomBelow } from "./sampling.js";
import { askToken, finishToken, tokenKey, voterNonce } from "./token.js";

/**
 * Key and token requests of one paper. With `seed` (recovery words) all chance comes from it, so that another phone
 * asks for the same. Gives { key, asked }, to be kept BEFORE anything is sent: the registrar answers one request only.
 */
export async function askForTokens(paper, stratum, seed) {
  const key = seed ? await keyOfScalar(await voterScalar(seed, paper.idBytes)) : await freshKey();
  const nonce = await voterNonce(key.point);
  const asked = [];
  for (const [i, spki] of stratumOf(paper, stratum, "token").token.keys.entries()) {
    const signer = await tokenKey(unb64u(spki));
    const challenge = { issuerName: paper.registrars[i], redemptionContext: paper.idBytes, originInfo: paper.box };
    asked.push(await askToken(signer, challenge, nonce, await chanceFor(signer, paper, seed)));
  }
  return { key, asked };
}

async function chanceFor(signer, paper, seed) {
  if (!seed) return { salt: randomBytes(48), factor: randomBelow(signer.n) };
  return {
    salt: await tokenSalt(seed, paper.idBytes, signer),
    factor: await tokenFactor(seed, paper.idBytes, signer),
  };
}

/** The token that a registrar's answer (bytes) makes of the i-th request, base64url. */
export async function finishAsked(paper, stratum, asked, { i, response }) {
  const signer = await tokenKey(unb64u(stratumOf(paper, stratum, "token").token.keys[i]));
  return b64u(finishToken(signer, asked[i], response));
}

/** The key that a slip's code stands for in one paper, with the hash by which the list of slips names it. */
export async function keyOfSlip(paper, code) {
  const key = await keyOfScalar(await slipScalar(code, await slipContext(paper)));
  return { key, hash: await sha256(key.point) };
}
