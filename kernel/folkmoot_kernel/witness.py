"""Asking a witness for a cosignature, and answering as one.

    old 20852014                                        entries of the last checkpoint that the witness cosigned
    PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=        consistency proof, hash by hash
    (an empty line, then the new checkpoint as the log signed it)

Whoever answers keeps the checkpoint that comes back, in the same transaction in which it read the one before, and
only then sends the signature: otherwise two requests at once could make it sign both sides of a split.

| raised | status of the answer |
|---|---|
| MalformedRequest | 400 |
| NoKnownSignature, SignatureRefused | 403 |
| UnknownLog | 404 |
| WitnessConflict | 409, and for another size the body `<size>\\n` as text/x.tlog.size |
| ConsistencyRefused | 422 |

Source: C2SP tlog-witness, add-checkpoint.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from folkmoot_kernel.encoding import b64, parse_decimal, unb64
from folkmoot_kernel.errors import (
    KernelError,
    MalformedNote,
    MalformedNumber,
    MalformedRequest,
    UnknownLog,
    WitnessConflict,
)
from folkmoot_kernel.merkle import EMPTY_ROOT, HASH_BYTES, verify_consistency
from folkmoot_kernel.notes import Checkpoint, Signature, SigningKey, VerifierKey, open_note, parse_note

MAX_PROOF_LINES: Final = 63
MAX_REQUEST_BYTES: Final = 1 << 16
SIZE_TYPE: Final = "text/x.tlog.size"


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """What a log sends to a witness. Shapes: `path` as from `merkle.consistency_path`. Raises: MalformedRequest."""

    old_size: int
    path: tuple[bytes, ...]
    checkpoint: bytes

    def __post_init__(self) -> None:
        if self.old_size < 0 or len(self.path) > MAX_PROOF_LINES:
            raise MalformedRequest(reason="its old size or the length of its proof cannot be")
        if any(len(digest) != HASH_BYTES for digest in self.path):
            raise MalformedRequest(reason="a line of its proof is not a hash")

    def encode(self) -> bytes:
        lines = [f"old {self.old_size}", *map(b64, self.path), "", ""]
        return "\n".join(lines).encode("ascii") + self.checkpoint

    @classmethod
    def parse(cls, data: bytes) -> "AddCheckpoint":
        """Read a request without believing it. Raises: MalformedRequest."""
        if len(data) > MAX_REQUEST_BYTES:
            raise MalformedRequest(reason=f"it has more than {MAX_REQUEST_BYTES} bytes")
        head, gap, checkpoint = data.partition(b"\n\n")
        lines = head.decode("utf-8", "replace").split("\n")
        if not gap or not lines[0].startswith("old "):
            raise MalformedRequest(reason="it does not begin with the old size, or holds no checkpoint")
        try:
            old_size = parse_decimal(lines[0].removeprefix("old "))
            return cls(old_size, tuple(map(unb64, lines[1:])), checkpoint)
        except KernelError as error:
            raise MalformedRequest(reason=str(error).rstrip(".")) from None


def cosign_checkpoint(
    request: AddCheckpoint,
    *,
    logs: Iterable[VerifierKey],
    latest: Checkpoint | None,
    key: SigningKey,
    time: int,
) -> tuple[Checkpoint, Signature]:
    """Decide as a witness about a checkpoint, and sign it if it continues what was cosigned before.

    Shapes: `logs` those that this witness knows; `latest` the last checkpoint it cosigned of this origin, None: none.
    Units: `time` in seconds since 1970.
    Raises: as the table above says.
    """
    known = tuple(logs)
    checkpoint = _read(request.checkpoint)
    if all(log.name != checkpoint.origin for log in known):
        raise UnknownLog(origin=checkpoint.origin)
    open_note(request.checkpoint, [log for log in known if log.name == checkpoint.origin])
    if request.old_size > checkpoint.size:
        raise MalformedRequest(reason="its old size is larger than the checkpoint's")
    size, root = (latest.size, latest.root) if latest else (0, EMPTY_ROOT)
    if request.old_size != size:
        raise WitnessConflict(size=size)
    if checkpoint.size == size and latest and checkpoint.root != root:
        raise WitnessConflict(size=size)
    verify_consistency(
        old_size=size, new_size=checkpoint.size, path=request.path, old_root=root, new_root=checkpoint.root
    )
    return checkpoint, key.cosign(checkpoint.body, time=time)


def origin_of(request: AddCheckpoint) -> str:
    """The log that a request says it is about, to look up what was cosigned of it. Raises: MalformedRequest."""
    return _read(request.checkpoint).origin


def cosignature_in(answer: bytes, *, text: str, witness: VerifierKey) -> Signature:
    """The witness's own signature in what it answered to a checkpoint's text.

    Raises: MalformedNote, NoKnownSignature, SignatureRefused.
    """
    note = open_note(text.encode() + b"\n" + answer, [witness])
    if note.text != text:
        raise MalformedNote(reason="its signatures are of another text")
    return note.signatures[0]


def size_in(answer: bytes) -> int | None:
    """The size that a conflict's body names; None where it names none."""
    try:
        return parse_decimal(answer.decode("ascii").removesuffix("\n"))
    except (UnicodeDecodeError, MalformedNumber):
        return None


def _read(data: bytes) -> Checkpoint:
    try:
        return Checkpoint.parse(parse_note(data).text)
    except KernelError as error:
        raise MalformedRequest(reason=str(error).rstrip(".")) from None
