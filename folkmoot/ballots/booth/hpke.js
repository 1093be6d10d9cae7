// HPKE in base mode, sealing one message: DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-128-GCM. RFC 9180.
// Curve, HMAC and cipher are WebCrypto's, in constant time.

import { concat, hmac256, utf8 } from "./bytes.js";
import { Refused } from "./refused.js";

const subtle = globalThis.crypto.subtle;
const ECDH = { name: "ECDH", namedCurve: "P-256" };
const KEM = concat(utf8("KEM"), Uint8Array.of(0, 0x10));
const SUITE = concat(utf8("HPKE"), Uint8Array.of(0, 0x10, 0, 1, 0, 1));
const NOTHING = new Uint8Array(0);

/**
 * Seal a message to a public key of 65 bytes, bound to `aad`. Gives the sender's point and the ciphertext, joined.
 * `sender` is a fresh key pair; only a test with fixed numbers gives its own.
 */
export async function seal(recipient, plaintext, { aad, info }, sender) {
  const pair = sender ?? (await subtle.generateKey(ECDH, false, ["deriveBits"]));
  const enc = new Uint8Array(await subtle.exportKey("raw", pair.publicKey));
  const exchanged = await exchange(pair.privateKey, recipient);
  const { key, nonce } = await keyAndNonce(await sharedSecret(exchanged, enc, recipient), info);
  const cipher = { name: "AES-GCM", iv: nonce, additionalData: aad };
  return concat(enc, new Uint8Array(await subtle.encrypt(cipher, key, plaintext)));
}

/** Open what was sealed to this key { privateKey, point }. Raises Refused, or what WebCrypto raises. */
export async function unseal({ privateKey, point }, sealed, { aad, info }) {
  const enc = sealed.subarray(0, point.length);
  const exchanged = await exchange(privateKey, enc);
  const { key, nonce } = await keyAndNonce(await sharedSecret(exchanged, enc, point), info);
  const cipher = { name: "AES-GCM", iv: nonce, additionalData: aad };
  return new Uint8Array(await subtle.decrypt(cipher, key, sealed.subarray(point.length)));
}

/** RFC 9180 section 4.1, ExtractAndExpand. */
async function sharedSecret(exchanged, enc, recipient) {
  const start = await extract(KEM, NOTHING, "eae_prk", exchanged);
  return expand(KEM, start, "shared_secret", concat(enc, recipient), 32);
}

async function exchange(privateKey, recipient) {
  let known;
  try {
    known = await subtle.importKey("raw", recipient, ECDH, false, []);
  } catch {
    throw new Refused("closing-key");
  }
  return new Uint8Array(await subtle.deriveBits({ name: "ECDH", public: known }, privateKey, 256));
}

/** RFC 9180 section 5.1, KeySchedule without a pre-shared key. */
async function keyAndNonce(shared, info) {
  const pskHash = await extract(SUITE, NOTHING, "psk_id_hash", NOTHING);
  const context = concat(Uint8Array.of(0), pskHash, await extract(SUITE, NOTHING, "info_hash", info));
  const secret = await extract(SUITE, shared, "secret", NOTHING);
  const raw = await expand(SUITE, secret, "key", context, 16);
  const key = await subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
  return { key, nonce: await expand(SUITE, secret, "base_nonce", context, 12) };
}

function extract(suite, salt, label, material) {
  return hmac256(salt, concat(utf8("HPKE-v1"), suite, utf8(label), material));
}

/** One block of HKDF, which is all that HPKE with SHA-256 ever asks for: length <= 32. */
async function expand(suite, secret, label, info, length) {
  const labeled = concat(Uint8Array.of(0, length), utf8("HPKE-v1"), suite, utf8(label), info, Uint8Array.of(1));
  return (await hmac256(secret, labeled)).subarray(0, length);
}
