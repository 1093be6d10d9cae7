// The voter's key and the signature of the ballot: ECDSA on P-256 with SHA-256, 64 bytes, the lower s.
//
// Keys and signatures are WebCrypto's, in constant time. Only the point of a key made from recovery words or a
// slip is computed here, by @noble/curves, because not every WebCrypto imports a private key without its point.
// It takes the same steps for every secret, but on BigInt, so NOT strictly the same time; once, on one's own device.

import { weierstrass } from "@noble/curves/abstract/weierstrass.js";
import { b64u, concat, toBytes, toNumber } from "./bytes.js";
import { Refused } from "./refused.js";

const subtle = globalThis.crypto.subtle;
const ECDSA = { name: "ECDSA", namedCurve: "P-256" };

// FIPS 186-5 and SP 800-186, P-256.
export const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const Point = weierstrass({
  p: 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn,
  n: ORDER,
  h: 1n,
  a: 0xffffffff00000001000000000000000000000000fffffffffffffffffffffffcn,
  b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
  Gx: 0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
  Gy: 0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
});

/** A fresh key { point, signing } whose secret WebCrypto does not give out. */
export async function freshKey() {
  const pair = await subtle.generateKey(ECDSA, false, ["sign", "verify"]);
  return { point: new Uint8Array(await subtle.exportKey("raw", pair.publicKey)), signing: pair.privateKey };
}

/** The key { point, signing } of a secret number. */
export async function keyOfScalar(scalar) {
  const point = pointOf(scalar);
  return { point, signing: await subtle.importKey("jwk", jwk(scalar, point), ECDSA, false, ["sign"]) };
}

/** The public key of a secret number: 65 bytes, 0x04 || x || y. */
export function pointOf(scalar) {
  if (scalar <= 0n || scalar >= ORDER) throw new Refused("scalar");
  return Point.BASE.multiply(scalar).toBytes(false);
}

/** A private key as WebCrypto imports it. */
export function jwk(scalar, point) {
  const [x, y, d] = [point.subarray(1, 33), point.subarray(33), toBytes(scalar, 32)].map(b64u);
  return { kty: "EC", crv: "P-256", x, y, d };
}

/** Sign a message: r || s, and of s and n - s only the lower, as the box demands. */
export async function sign(key, message) {
  const signature = new Uint8Array(await subtle.sign({ name: "ECDSA", hash: "SHA-256" }, key.signing, message));
  const s = toNumber(signature.subarray(32));
  return concat(signature.subarray(0, 32), toBytes(s > ORDER / 2n ? ORDER - s : s, 32));
}
