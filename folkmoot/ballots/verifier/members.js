// What a member of a leaf may hold. A check gives the reason why a value is refused, or nothing.

const MAX_COUNT = 10 ** 9; // no poll has more people, and in every language sums of so many are exact
const NAME = /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/;
const LANGUAGE = /^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/;
// White space as Python knows it; `trim` knows another.
const BLANK = /^[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*$/;
const MAX_ARGUMENTS = 8_192; // more overflow the stack of some browser
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const VALUE_OF = new Uint8Array(128);
[...ALPHABET].forEach((letter, value) => (VALUE_OF[letter.charCodeAt(0)] = value));

export function isBlank(text) {
  return BLANK.test(text);
}

export function text(value, name) {
  return typeof value === "string" ? "" : `'${name}' is not text`;
}

/** 1 to 64 of a-z, 0-9 and inner hyphens. */
export function identifier(value, name) {
  const isName = typeof value === "string" && NAME.test(value);
  return text(value, name) || (isName ? "" : `'${name}' is not an identifier of a-z, 0-9 and hyphens`);
}

export function whole(least = 0, most = Infinity) {
  return (value, name) => {
    const isWithin = Number.isInteger(value) && value >= least && value <= most;
    return isWithin ? "" : `'${name}' is not a whole number in its range`;
  };
}

export const flag = whole(0, 1);

/** How many people or papers, or which place. */
export function count(least = 0) {
  return whole(least, MAX_COUNT);
}

/** Bytes in their one spelling of base64url, of one of these lengths if any is given. */
export function octets(...lengths) {
  return (value, name) => {
    const isRight = isBase64url(value) && (!lengths.length || lengths.includes(Math.floor((value.length * 3) / 4)));
    return isRight ? "" : `'${name}' does not hold bytes of the right length in base64url`;
  };
}

export function list(check) {
  return (value, name) => {
    if (!Array.isArray(value)) return `'${name}' is not a list`;
    return value.reduce((reason, item) => reason || check(item, name), "");
  };
}

/** A list that holds something. */
export function some(check) {
  return (value, name) => list(check)(value, name) || (value.length ? "" : `'${name}' is empty`);
}

/** Exactly these members, and perhaps those. */
export function object(members, perhaps = {}) {
  const checks = new Map([...Object.entries(members), ...Object.entries(perhaps)]);
  return (value, name) => {
    if (!isObject(value)) return "it is not an object";
    const present = Object.keys(value);
    const missing = Object.keys(members).find((each) => !present.includes(each));
    if (missing) return `'${missing}' is missing`;
    const extra = present.find((each) => !checks.has(each));
    if (extra !== undefined) return `it holds '${extra}'`;
    return present.reduce((reason, each) => reason || checks.get(each)(value[each], each), "");
  };
}

/** Words for people, by language. */
export function words(value, name) {
  if (!isObject(value) || !Object.keys(value).length) return `'${name}' has no words in any language`;
  const isRight = ([tag, word]) => LANGUAGE.test(tag) && typeof word === "string" && !isBlank(word);
  return Object.entries(value).every(isRight) ? "" : `'${name}' is not words by language`;
}

/** Bytes of base64url that a check has passed. */
export function bytesOf(text) {
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  for (let i = 0, at = 0, bits = 0, held = 0; i < text.length; i++) {
    held = ((held << 6) | VALUE_OF[text.charCodeAt(i)]) & 0xffff;
    bits += 6;
    if (bits >= 8) bytes[at++] = held >> (bits -= 8);
  }
  return bytes;
}

/** A byte string as a text of its bytes, which compares, sorts and stands in a Map as the bytes do. */
export function keyOf(bytes) {
  if (bytes.length <= MAX_ARGUMENTS) return String.fromCharCode(...bytes);
  let text = "";
  for (let at = 0; at < bytes.length; at += MAX_ARGUMENTS) text += keyOf(bytes.subarray(at, at + MAX_ARGUMENTS));
  return text;
}

function isBase64url(value) {
  if (typeof value !== "string" || !/^[A-Za-z0-9_-]*$/.test(value) || value.length % 4 === 1) return false;
  const unused = [0, 0, 0b1111, 0b11][value.length % 4];
  return !unused || !(VALUE_OF[value.charCodeAt(value.length - 1)] & unused);
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
