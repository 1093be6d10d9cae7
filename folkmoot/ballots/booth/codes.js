// Codes that people type: of slips, and the recovery words.
//
// Recovery words are seven groups of four letters and digits: 128 bits of chance and 12 bits that notice a slip of
// the pen. Groups and not words of a language, because a list of 2,048 words in each of two languages would weigh
// more than all else here, and because the same groups can be read, written and typed by everybody. The alphabet is
// that of slips (RFC 4648 base32, which has no 0, 1, 8 and 9).

import { concat, sha256, toBytes, utf8 } from "./bytes.js";
import { Refused } from "./refused.js";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const MEANT = { 0: "O", 1: "I", 8: "B" };
const SLIP_LETTERS = 26;
const CLAIM_LETTERS = 12;
const GROUPS = /.{4}/g;
const WORDS_LETTERS = 28;
const CHECK_BITS = 12n;
const SEED_BYTES = 16;

/** What somebody typed, without what does not matter: case, spaces, dashes, wide letters; 0 is O, 1 is I, 8 is B. */
export function readCode(typed) {
  const bare = typed.normalize("NFKC").toUpperCase().replace(/[\s\p{P}\p{S}]/gu, "");
  return bare.replace(/[018]/g, (letter) => MEANT[letter]);
}

/** The code of a slip, or null. A scanner that types may type the whole address. */
export function slipCode(typed) {
  const code = readCode(/[#&]slip=([^&]+)/.exec(typed)?.[1] ?? typed);
  return code.length === SLIP_LETTERS && isSpelled(code) ? code : null;
}

/** A claim as it is typed, or null. Its letters are not those of slips: nothing is taken for another. */
export function claimCode(typed) {
  const plain = (/[#&]claim=([^&]+)/.exec(typed)?.[1] ?? typed).normalize("NFKC").toUpperCase();
  const bare = plain.replace(/[^0-9A-Z]/g, "");
  return bare.length === CLAIM_LETTERS ? bare.match(GROUPS).join("-") : null;
}

/** Sixteen secret bytes as seven groups. */
export async function writeWords(seed) {
  let number = (whole(seed) << CHECK_BITS) | (await checkOf(seed));
  let letters = "";
  for (let i = 0; i < WORDS_LETTERS; i++, number >>= 5n) letters = ALPHABET[Number(number & 31n)] + letters;
  return letters.match(GROUPS);
}

/** The secret bytes again. Refused: words-length, words-check. */
export async function readWords(typed) {
  const letters = readCode(typed);
  if (letters.length !== WORDS_LETTERS || !isSpelled(letters)) throw new Refused("words-length");
  const number = [...letters].reduce((sum, letter) => (sum << 5n) | BigInt(ALPHABET.indexOf(letter)), 0n);
  const seed = toBytes(number >> CHECK_BITS, SEED_BYTES);
  if ((number & ((1n << CHECK_BITS) - 1n)) !== (await checkOf(seed))) throw new Refused("words-check");
  return seed;
}

function isSpelled(code) {
  return [...code].every((letter) => ALPHABET.includes(letter));
}

async function checkOf(seed) {
  const digest = await sha256(concat(utf8("folkmoot/words/v1\n"), seed));
  return whole(digest.subarray(0, 2)) >> 4n;
}

function whole(bytes) {
  return bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}
