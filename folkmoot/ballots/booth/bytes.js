// Byte strings, whole numbers, and the hashes that WebCrypto has. All byte strings are Uint8Array.

import { Refused } from "./refused.js";

const subtle = globalThis.crypto?.subtle;

/** Join byte strings. */
export function concat(...parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Text as UTF-8. */
export function utf8(text) {
  return new TextEncoder().encode(text);
}

/** A byte string as a whole number, big-endian. */
export function toNumber(bytes) {
  let hex = "0x0";
  for (const byte of bytes) hex += byte.toString(16).padStart(2, "0");
  return BigInt(hex);
}

/** A whole number as so many bytes, big-endian. The number has to fit. */
export function toBytes(number, length) {
  const hex = number.toString(16).padStart(2 * length, "0");
  return Uint8Array.from({ length }, (_, i) => parseInt(hex.slice(2 * i, 2 * i + 2), 16));
}

/** How many bits a number has. */
export function bitLength(number) {
  return number.toString(2).length;
}

/** Unpadded base64url. */
export function b64u(bytes) {
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/** Read unpadded base64url, in the one spelling that `b64u` writes. */
export function unb64u(text) {
  const bytes = unb64(String(text).replace(/-/g, "+").replace(/_/g, "/") + "=".repeat(-text.length & 3));
  if (b64u(bytes) !== text) throw new Refused("base64");
  return bytes;
}

/** Read base64 with its padding, as signed notes have it. */
export function unb64(text) {
  try {
    return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  } catch {
    throw new Refused("base64");
  }
}

/** Whether two byte strings are the same. For public values: it stops at the first difference. */
export function isSame(one, other) {
  return one.length === other.length && one.every((byte, i) => byte === other[i]);
}

/** Secret random bytes. */
export function randomBytes(length) {
  return globalThis.crypto.getRandomValues(new Uint8Array(length));
}

export async function sha256(bytes) {
  return new Uint8Array(await subtle.digest("SHA-256", bytes));
}

export async function sha384(bytes) {
  return new Uint8Array(await subtle.digest("SHA-384", bytes));
}

/** HMAC with SHA-256. An empty key is written as one zero byte, which HMAC takes for the same key. */
export async function hmac256(key, bytes) {
  const held = key.length ? key : new Uint8Array(1);
  const imported = await subtle.importKey("raw", held, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await subtle.sign("HMAC", imported, bytes));
}
