"""Notes: writing, signing, reading and believing them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from folkmoot_kernel.errors import (
    AmbiguousKey,
    MalformedNote,
    NoKnownSignature,
    TooFewWitnesses,
    WrongOrigin,
)
from folkmoot_kernel.notes.checkpoint import Checkpoint
from folkmoot_kernel.notes.keys import SigningKey, VerifierKey
from folkmoot_kernel.notes.signature import Signature, require_note_text

MAX_NOTE_BYTES: Final = 1_000_000
MAX_SIGNATURES: Final = 100  # as in Go's sumdb/note: nobody is kept busy by a note of a million signatures


@dataclass(frozen=True, slots=True)
class Note:
    """A text and its signatures.

    Shapes: `text` ends in a newline and may hold empty lines. `signatures` are verified when the note comes
    from `open_note`; `unverified` are of keys nobody here knows, kept so that they are not lost on the way.
    """

    text: str
    signatures: tuple[Signature, ...] = ()
    unverified: tuple[Signature, ...] = ()

    def __post_init__(self) -> None:
        require_note_text(self.text)

    def with_signatures(self, *added: Signature) -> "Note":
        """Append signatures; an older one of the same key makes way."""
        keys = {(signature.name, signature.key_id) for signature in added}
        kept, foreign = (
            tuple(s for s in signatures if (s.name, s.key_id) not in keys)
            for signatures in (self.signatures, self.unverified)
        )
        return replace(self, signatures=kept + added, unverified=foreign)

    def encode(self) -> bytes:
        """Write the note as it is published. Raises: MalformedNote when nobody has signed."""
        lines = [signature.line for signature in (*self.unverified, *self.signatures)]
        if not 0 < len(lines) <= MAX_SIGNATURES:
            raise MalformedNote(reason=f"a note carries 1 to {MAX_SIGNATURES} signatures")
        return (self.text + "\n" + "".join(lines)).encode()


def sign_note(text: str, *keys: SigningKey) -> Note:
    """Sign a text with one or more keys of kind ED25519. Raises: WrongKeyKind, MalformedNote."""
    return Note(text).with_signatures(*(key.sign(text) for key in keys))


def parse_note(data: bytes) -> Note:
    """Read a note without believing it: all signatures come back as unverified. Raises: MalformedNote."""
    if len(data) > MAX_NOTE_BYTES:
        raise MalformedNote(reason=f"it has more than {MAX_NOTE_BYTES} bytes")
    try:
        note = data.decode("utf-8")
    except UnicodeDecodeError:
        raise MalformedNote(reason="it is not UTF-8") from None
    text, gap, tail = note.rpartition("\n\n")
    if not gap or not tail.endswith("\n"):
        raise MalformedNote(reason="it does not end in an empty line and signature lines")
    lines = tail[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise MalformedNote(reason=f"it carries more than {MAX_SIGNATURES} signatures")
    return Note(text + "\n", unverified=tuple(Signature.parse(line) for line in lines))


def open_note(data: bytes, known: Iterable[VerifierKey]) -> Note:
    """Read a note and verify it: at least one known key has signed, and every signature of a known key fits.

    Shapes: `signatures` holds at most one signature of each known key, `unverified` those of unknown keys.
    Raises: MalformedNote, SignatureRefused, NoKnownSignature, AmbiguousKey.
    Source: C2SP signed-note, section Signatures.
    """
    keys = _by_name_and_id(known)
    note = parse_note(data)
    verified: dict[tuple[str, bytes], Signature] = {}
    unknown: dict[Signature, None] = {}
    for signature in note.unverified:
        identity = (signature.name, signature.key_id)
        if identity in keys:
            keys[identity].verify(note.text, signature)
            verified.setdefault(identity, signature)
        else:
            unknown[signature] = None
    if not verified:
        raise NoKnownSignature()
    return Note(note.text, tuple(verified.values()), tuple(unknown))


def _by_name_and_id(known: Iterable[VerifierKey]) -> dict[tuple[str, bytes], VerifierKey]:
    keys: dict[tuple[str, bytes], VerifierKey] = {}
    for key in known:
        if keys.setdefault((key.name, key.key_id), key) != key:
            raise AmbiguousKey(name=key.name, key_id=key.key_id.hex())
    return keys


def open_checkpoint(
    data: bytes, *, origin: str, log_key: VerifierKey, witnesses: Iterable[VerifierKey] = (), quorum: int = 0
) -> Checkpoint:
    """Read a checkpoint that the log itself has signed and at least `quorum` of the witnesses have cosigned.

    A witness whose key is listed under two names is counted once: it is one witness.
    Raises: NoKnownSignature, TooFewWitnesses, WrongOrigin, and what `open_note` and `Checkpoint.parse` raise.
    Source: C2SP tlog-proof, section Verifying, steps 2 and 3.
    """
    witnesses = tuple(witnesses)
    note = open_note(data, (log_key, *witnesses))
    if not any(log_key.has_made(signature) for signature in note.signatures):
        raise NoKnownSignature()
    cosigners = {key.public for key in witnesses if any(map(key.has_made, note.signatures))}
    cosigners.discard(log_key.public)
    if len(cosigners) < quorum:
        raise TooFewWitnesses(needed=quorum, found=len(cosigners))
    checkpoint = Checkpoint.parse(note.text)
    if checkpoint.origin != origin:
        raise WrongOrigin(expected=origin, found=checkpoint.origin)
    return checkpoint
