"""Every way in which the kernel refuses what it was given: one class each, one sentence each.

A class holds its sentence, the raiser gives the facts. So a caller may show `str(error)` as it is, or say the
same in another language from the class and `error.facts`. No sentence ever holds a private key.
"""

from collections.abc import Callable
from typing import ClassVar

MAX_SHOWN_LENGTH = 80


class KernelError(Exception):
    """The kernel refuses something; `str(error)` says in one sentence what and why."""

    sentence: ClassVar[str] = "The kernel refuses this."

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        super().__init__(self.sentence.format(**{name: _shortened(fact) for name, fact in facts.items()}))

    def __reduce__(self) -> tuple[Callable[..., "KernelError"], tuple[object, ...]]:
        # Verifying spreads over processes, and an exception built from keywords does not pickle by itself.
        return _rebuilt, (type(self), self.facts)


def _rebuilt(kind: type[KernelError], facts: dict[str, object]) -> KernelError:
    return kind(**facts)


def _shortened(fact: object) -> object:
    """Keep evidence written by strangers from filling the reader's page."""
    if isinstance(fact, str) and len(fact) > MAX_SHOWN_LENGTH:
        return fact[: MAX_SHOWN_LENGTH - 1] + "…"
    return fact


# encoding


class UnsupportedValue(KernelError):
    sentence = (
        "A record holds strings, whole numbers up to 2^53 - 1, lists and objects, but this one holds {found}."
    )


class NotCanonical(KernelError):
    sentence = "These bytes are not a record in its canonical form: {reason}."


class RecordTooLong(KernelError):
    sentence = "A record has at most {limit} bytes, but this one has {length}."


class MalformedBase64(KernelError):
    sentence = "This text is not {alphabet} in its one allowed spelling."


class MalformedNumber(KernelError):
    sentence = "{text!r} is not a whole number below 2^63 written in plain digits."


class MalformedTag(KernelError):
    sentence = "{tag!r} is not a domain-separation tag such as 'folkmoot/ballot/v1'."


# merkle


class MalformedHash(KernelError):
    sentence = "A hash has 32 bytes, but this one has {length}."


class MalformedFrontier(KernelError):
    sentence = "The frontier of a tree of {size} leaves does not have {count} hashes."


class OutOfTree(KernelError):
    sentence = "There is no {what} in a tree of {size} leaves."


class InclusionRefused(KernelError):
    sentence = "It is not proven that leaf {index} is in the tree of {size} leaves: {reason}."


class ConsistencyRefused(KernelError):
    sentence = (
        "It is not proven that the tree of {new_size} leaves continues the tree of {old_size}: {reason}."
    )


# tiles


class MalformedTilePath(KernelError):
    sentence = "{path!r} is not the path of a tile."


class MalformedTile(KernelError):
    sentence = "The tile {path} has to have {expected} bytes, but it has {length}."


class MalformedBundle(KernelError):
    sentence = "The bundle of log entries cannot be used: {reason}."


class MalformedProof(KernelError):
    sentence = "This is not a tlog-proof: {reason}."


# notes


class MalformedNote(KernelError):
    sentence = "This is not a signed note: {reason}."


class MalformedKey(KernelError):
    sentence = "This is not a key of a signed note: {reason}."


class WrongKeyKind(KernelError):
    sentence = "The key of {name!r} is of kind {kind} and does not make this kind of signature."


class AmbiguousKey(KernelError):
    sentence = "Two different known keys share the name {name!r} and the key ID {key_id}."


class SignatureRefused(KernelError):
    sentence = "The signature of {name!r} with the key ID {key_id} does not fit the text of the note."


class NoKnownSignature(KernelError):
    sentence = "The note carries no signature of a key that is known here."


class MalformedCheckpoint(KernelError):
    sentence = "This is not a checkpoint: {reason}."


class WrongOrigin(KernelError):
    sentence = "The checkpoint is of the log {found!r}, not of {expected!r}."


class TooFewWitnesses(KernelError):
    sentence = "The checkpoint has to be cosigned by {needed} of the known witnesses, but it is by {found}."


class MalformedPolicy(KernelError):
    sentence = "Line {line} of the policy cannot be used: {reason}."


# leaves and papers


class MalformedLeaf(KernelError):
    sentence = "This is not a leaf of the kind {kind}: {reason}."


class UnknownLeaf(KernelError):
    sentence = "No leaf of a poll is of the kind {kind!r}."


class MalformedPaper(KernelError):
    sentence = "This cannot be a paper: {reason}."


class MalformedAnswer(KernelError):
    sentence = "This is not an answer to the paper: {reason}."


class MalformedPromise(KernelError):
    sentence = "This is not a promise of a box: {reason}."


# tokens


class MalformedToken(KernelError):
    sentence = "This is not a {what} of token type 2: {reason}."


class MalformedTokenKey(KernelError):
    sentence = "This is not a key for tokens: {reason}."


class TokenRefused(KernelError):
    sentence = "This token does not count: {reason}."


class TokenRequestRefused(KernelError):
    sentence = "This request for a token is not answered: {reason}."


class BlindingRefused(KernelError):
    sentence = "The message cannot be blinded: {reason}."


class BlindSignatureRefused(KernelError):
    sentence = "The answer is not a signature of this key on the blinded message."


class SigningFailed(KernelError):
    sentence = "The signature is held back, because it does not fit its own key."


# recovery


class WeakSeed(KernelError):
    sentence = "Secret numbers come from at least {needed} secret bytes, but here are {length}."


class MalformedLabel(KernelError):
    sentence = "{label!r} is not the label of a derived number, such as 'scalar'."


# es256, hpke, sealing


class MalformedPoint(KernelError):
    sentence = "This is not a public key on the curve P-256, written as 65 bytes."


class MalformedScalar(KernelError):
    sentence = "This is not a private key of the curve P-256, written as 32 bytes."


class BallotSignatureRefused(KernelError):
    sentence = "The signature of the ballot does not fit: {reason}."


class IssuedSignatureRefused(KernelError):
    sentence = "What {registrar!r} says to have issued is not signed by its key."


class SealRefused(KernelError):
    sentence = "The sealed answer does not open: {reason}."


class AnswerTooLong(KernelError):
    sentence = "An answer to this paper has at most {limit} bytes, but this one has {length}."


class MalformedOpening(KernelError):
    sentence = "An opening has {needed} bytes of chance, but this one has {length}."


class OpeningRefused(KernelError):
    sentence = "The answer is not the one to which the ballot is bound."


# sentences, thresholds, tally, draw, cells


class MalformedSentence(KernelError):
    sentence = "The sentence {key!r} cannot be said: {reason}."


class MalformedThreshold(KernelError):
    sentence = "This is not a threshold: {reason}."


class ImpossibleCounts(KernelError):
    sentence = "These numbers cannot all be right: {reason}."


class NotCounted(KernelError):
    sentence = "The threshold needs a number that nobody has counted: {what}."


class UnknownPreset(KernelError):
    sentence = "There is no preset {key!r} for {day}."


class MalformedCounting(KernelError):
    sentence = "Answers cannot be counted like this: {reason}."


class MalformedPile(KernelError):
    sentence = "The answers of the channel {channel!r} cannot be counted: {reason}."


class LotNeeded(KernelError):
    sentence = "Only a lot can tell {options} apart, and no seed was given for it."


class MalformedDraw(KernelError):
    sentence = "Nothing can be drawn like this: {reason}."


class MalformedStrata(KernelError):
    sentence = "These strata cannot be used: {reason}."


# verify


class MissingFile(KernelError):
    sentence = "The file {path} is missing."


class UnusableFile(KernelError):
    sentence = "The file {path} cannot be used: {reason}."


# witness


class MalformedRequest(KernelError):
    sentence = "This is not a request to a witness: {reason}."


class UnknownLog(KernelError):
    sentence = "The log {origin!r} is not known to this witness."


class WitnessConflict(KernelError):
    sentence = "This witness has last cosigned another checkpoint, of {size} leaves."
