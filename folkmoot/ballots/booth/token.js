// Token type 2, the voter's half, byte for byte: RFC 9577 and RFC 9578 section 6. Mirrors the kernel's tokens/.

import { concat, sha256, toNumber, utf8 } from "./bytes.js";
import { blind, finalize, rsaKey } from "./blindrsa.js";
import { Refused } from "./refused.js";

const TYPE = Uint8Array.of(0x00, 0x02);
const SALT_BYTES = 48;
const SIGNATURE_BYTES = 256;

// The one spelling of a key: RSASSA-PSS with SHA-384, 2048 bits, exponent 65537. See the kernel's tokens/keys.py.
const BEFORE =
  "30820152303d06092a864886f70d01010a3030a00d300b0609608648016503040202a11a301806092a864886f70d010108300b0609608648" +
  "016503040202a2030201300382010f003082010a0282010100";
const AFTER = "0203010001";

/** Read a registrar's key. Gives { n, e, bits, size, id }. */
export async function tokenKey(spki) {
  const before = BEFORE.length / 2;
  const modulus = spki.subarray(before, before + SIGNATURE_BYTES);
  const spelled =
    spki.length === before + SIGNATURE_BYTES + AFTER.length / 2 &&
    hex(spki.subarray(0, before)) === BEFORE &&
    hex(spki.subarray(before + SIGNATURE_BYTES)) === AFTER;
  if (!spelled || !(modulus[0] & 0x80) || !(modulus[SIGNATURE_BYTES - 1] & 1)) throw new Refused("token-key");
  return { ...rsaKey(toNumber(modulus), 65537n), id: await sha256(spki) };
}

/** The challenge of a paper: registrar's host, leaf hash of the paper, host of the box. */
export function encodeChallenge({ issuerName, redemptionContext, originInfo }) {
  const context = concat(Uint8Array.of(redemptionContext.length), redemptionContext);
  return concat(TYPE, long(utf8(issuerName)), context, long(utf8(originInfo)));
}

/** The nonce that binds a token to the voter's key, 65 bytes. */
export function voterNonce(point) {
  return sha256(concat(utf8("folkmoot/pk/v1"), point));
}

/**
 * Write the request for a token. `salt` (48 bytes) and `factor` are secret and for this one request.
 * Gives { request, signedPart, encoded, inverse }: only `request` leaves the device.
 */
export async function askToken(key, challenge, nonce, { salt, factor }) {
  if (salt.length !== SALT_BYTES || nonce.length !== 32) throw new Refused("token-request");
  const signedPart = concat(TYPE, nonce, await sha256(encodeChallenge(challenge)), key.id);
  const { message, encoded, inverse } = await blind(key, signedPart, salt, factor);
  return { request: concat(TYPE, key.id.subarray(31), message), signedPart, encoded, inverse };
}

/** Make the token, 354 bytes, out of the registrar's answer. */
export function finishToken(key, asked, response) {
  return concat(asked.signedPart, finalize(key, response, asked));
}

function long(bytes) {
  if (bytes.length > 0xffff) throw new Refused("challenge");
  return concat(Uint8Array.of(bytes.length >> 8, bytes.length & 0xff), bytes);
}

function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
