// Every leaf of a poll, held to "The log" to "Broken" in docs/reference/protocol.md. A leaf that was read is its own
// JSON value, with bytes in base64url as they stand there.

import { utf8 } from "../booth/bytes.js";
import { canonical, readCanonical } from "../booth/canonical.js";
import { Refused } from "../booth/refused.js";
import { bytesOf, count, flag, identifier, keyOf, list, object, octets, some, text, whole, words } from "./members.js";
import { requirePaper } from "./papers.js";

export const CHANNELS = ["token", "slip", "hand"];
const MAX_VOID_HASHES = 1_000;
const MAX_SEALED_BYTES = 512; // the longest answer of any scale, sealed, has 405; all of these are held
const MAX_INTEGER = 2 ** 53 - 1;

const HASH = octets(32);
const POINT = octets(65);
const channel = (value, name) => text(value, name) || (CHANNELS.includes(value) ? "" : `there is no channel '${value}'`);

const STRATUM = object(
  { id: identifier, label: words, parts: list(object({ id: identifier, label: words, ordinary: flag })) },
  {
    token: object({ keys: list(octets(342)), closing: POINT }),
    slip: object({ printed: count(1), root: HASH, closing: POINT }),
    hand: object({}),
  },
);
const PAPER = {
  poll: identifier,
  question: words,
  scale: object({ kind: text, options: list(words), places: whole(1) }),
  calendar: object({ opens: whole(), casts: whole(), closes: whole(), objection_seconds: whole() }),
  k: count(2),
  box: text,
  registrars: list(text),
  strata: list(STRATUM),
  eligibility: words,
  open: flag,
  teller: text,
  composition: list(object({ parts: list(identifier), share: list(count()), strict: flag })),
};
const BALLOT = {
  paper: HASH, stratum: identifier, pk: POINT, creds: list(octets(354)), seq: whole(1, MAX_INTEGER), c: HASH, oh: HASH,
  sig: octets(64),
};
const CELL = object({
  stratum: identifier, channel, issued: count(), accepted: count(), void: count(), key: octets(0, 32),
});
const SHEET = object({
  strata: list(identifier), papers: count(), spoiled: count(), totals: list(count()), tellers: list(text),
  photograph: HASH, rankings: list(object({ answer: list(count()), count: count(1) })),
});
const TALLY = object({ n: count(), counts: list(count()), elected: list(count()), tied: list(count()) });
const COUNTED = object(
  { strata: list(identifier), channel, accepted: count(), spoiled: count() },
  { tally: TALLY },
);

const PARTS = list(object({ id: identifier, roll: count(), tokens: count(), root: HASH }));

const MEMBERS = {
  paper: PAPER,
  issued: { paper: HASH, parts: PARTS },
  "issued-by": { paper: HASH, registrar: text, parts: PARTS, sig: octets(64) },
  ballot: BALLOT,
  void: { paper: HASH, stratum: identifier, hashes: list(HASH) },
  close: {
    paper: HASH, cells: list(CELL), parts: list(object({ id: identifier, slips: count(), hand: count() })),
    sheets: list(SHEET),
  },
  opening: { c: HASH, r: octets(32), a: octets() },
  spoiled: { c: HASH, o: octets() },
  result: { paper: HASH, cells: list(COUNTED), total: TALLY, composition: list(flag), seed: text },
  broken: { poll: identifier, reason: text },
};
const PERHAPS = { paper: { registrar_keys: some(octets(32)) } };
const CHECKS = new Map(
  Object.entries(MEMBERS).map(([kind, members]) => [`folkmoot/${kind}/v1`, object({ type: text, ...members }, PERHAPS[kind])]),
);
const BALLOT_V1 = "folkmoot/ballot/v1";

/** Read a leaf in its one spelling. Gives its members, and beside them `kind`: "paper", "ballot" ... */
export function readLeaf(entry) {
  const value = readCanonical(entry);
  const type = value?.type;
  if (typeof type !== "string") throw refused("folkmoot/…/v1", "it is not an object with a type");
  if (!CHECKS.has(type)) throw new Refused(`No leaf of a poll is of the kind '${type}'.`);
  const reason = CHECKS.get(type)(value, "") || MORE[type]?.(value);
  if (reason) throw refused(type, reason);
  if (type === "folkmoot/paper/v1") requirePaper(value);
  return { ...value, kind: type.split("/")[1] };
}

/** Rules about a whole leaf. */
const MORE = {
  "folkmoot/void/v1": ({ hashes }) => {
    const isRight = hashes.length > 0 && hashes.length <= MAX_VOID_HASHES && isAscending(hashes.map(bytesOf).map(keyOf));
    return isRight ? "" : `its hashes are not 1 to ${MAX_VOID_HASHES} in ascending order`;
  },
  "folkmoot/close/v1": ({ sheets }) =>
    sheets.every(({ rankings }) => areRankingsAscending(rankings)) ? "" : "the rankings of a sheet are not in ascending order",
  "folkmoot/spoiled/v1": ({ o }) =>
    bytesOf(o).length > MAX_SEALED_BYTES ? `its sealed answer has more than ${MAX_SEALED_BYTES} bytes` : "",
  "folkmoot/paper/v1": ({ composition }) =>
    composition.every(({ share }) => share.length === 2) ? "" : "a share is two numbers",
};

function refused(kind, reason) {
  return new Refused(`This is not a leaf of the kind ${kind}: ${reason}.`);
}

function isAscending(keys) {
  return keys.every((key, i) => !i || keys[i - 1] < key);
}

/** First by the answers, number by number, then by how often. */
function areRankingsAscending(rankings) {
  const order = rankings.map(({ answer, count }) => [...answer.map((place) => place + 1), 0, count]);
  return order.every((numbers, i) => !i || isBefore(order[i - 1], numbers));
}

function isBefore(one, other) {
  const at = one.findIndex((number, i) => number !== other[i]);
  return at >= 0 && one[at] < other[at];
}

// The leaves of which there are millions are read by their pattern: what fits is canonical.
const B = "[A-Za-z0-9_-]";
const HASH_TEXT = `(${B}{42}[AEIMQUYcgkosw048])`;
const BALLOT_TEXT = new RegExp(
  `^\\{"c":"${HASH_TEXT}","creds":\\[((?:"${B}{472}"(?:,"${B}{472}")*)?)\\],"oh":"${HASH_TEXT}","paper":"${HASH_TEXT}",` +
    `"pk":"(${B}{86}[AEIMQUYcgkosw048])","seq":([1-9][0-9]{0,14}),("sig":"(${B}{85}[AQgw])",)` +
    `"stratum":"([a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?)","type":"folkmoot/ballot/v1"\\}$`,
);
const BALLOT_END = `"type":"${BALLOT_V1}"}`;
const latin1 = new TextDecoder("latin1");

/** Whether an entry can only be a ballot. */
export function isBallot(entry) {
  return latin1.decode(entry.subarray(-BALLOT_END.length)) === BALLOT_END;
}

/** Read a ballot. Gives its members, bytes as such, and `signed`: what its signature covers. */
export function readBallot(entry) {
  const found = BALLOT_TEXT.exec(latin1.decode(entry));
  if (found) {
    const [whole, c, creds, oh, paper, pk, seq, member, sig, stratum] = found;
    return {
      paper, stratum, pk: bytesOf(pk), creds: creds ? creds.slice(1, -1).split('","').map(bytesOf) : [], seq: Number(seq),
      c: bytesOf(c), oh: bytesOf(oh), sig: bytesOf(sig), signed: utf8(whole.replace(member, "")),
    };
  }
  const { kind, sig, ...unsigned } = readLeaf(entry); // says what is wrong, or reads a `seq` of 16 digits
  if (kind !== "ballot") throw refused(BALLOT_V1, "its type is another");
  const bytes = { pk: bytesOf(unsigned.pk), c: bytesOf(unsigned.c), oh: bytesOf(unsigned.oh), sig: bytesOf(sig) };
  return { ...unsigned, ...bytes, creds: unsigned.creds.map(bytesOf), signed: utf8(canonical(unsigned)) };
}
