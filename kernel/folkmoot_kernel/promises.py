"""A promise: the box's signed word that a ballot will be in the log by a named time.

    box.example/season-2026          the origin of the poll's log, the name of the key that signs
    folkmoot promise v1
    3                                ballots committed together
    qO5V…=                           root over their leaf hashes, in ascending order
    1795000000                       by then it is in the log, seconds since 1970

    — box.example/season-2026 …      C2SP signed note, Ed25519

The second line keeps a promise from ever being read as a checkpoint, which has the tree's size there. One signature
serves all ballots of a commit; each voter keeps it with the path of his own leaf.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from folkmoot_kernel.encoding import MAX_INTEGER, b64, b64u, decode, encode, parse_decimal, unb64
from folkmoot_kernel.errors import InclusionRefused, MalformedBase64, MalformedNumber, MalformedPromise
from folkmoot_kernel.fields import Fields
from folkmoot_kernel.merkle import (
    HASH_BYTES,
    hashes_in,
    inclusion_path,
    node_hash,
    root_of,
    verify_inclusion,
)
from folkmoot_kernel.notes import SigningKey, VerifierKey, open_note, sign_note

PROMISE_LINE: Final = "folkmoot promise v1"
PROMISE_V1: Final = "folkmoot/promise/v1"


@dataclass(frozen=True, slots=True)
class Promise:
    """The text of a promise. Units: `deadline` seconds since 1970. Raises: MalformedPromise."""

    origin: str
    size: int
    root: bytes
    deadline: int

    def __post_init__(self) -> None:
        if not self.origin or "\n" in self.origin or len(self.root) != HASH_BYTES:
            raise MalformedPromise(reason="its origin or its root cannot be")
        if not 1 <= self.size <= MAX_INTEGER or not 0 <= self.deadline <= MAX_INTEGER:
            raise MalformedPromise(reason="its number of ballots or its time cannot be")

    @property
    def body(self) -> str:
        lines = (self.origin, PROMISE_LINE, str(self.size), b64(self.root), str(self.deadline), "")
        return "\n".join(lines)

    @classmethod
    def parse(cls, body: str) -> "Promise":
        lines = body.split("\n")
        if len(lines) != 6 or lines[1] != PROMISE_LINE or lines[5]:
            raise MalformedPromise(reason=f"it has not five lines of which the second is {PROMISE_LINE!r}")
        try:
            return cls(lines[0], parse_decimal(lines[2]), unb64(lines[3]), parse_decimal(lines[4]))
        except (MalformedNumber, MalformedBase64):
            raise MalformedPromise(reason="a number or its root is not written as it has to be") from None


@dataclass(frozen=True, slots=True)
class KeptPromise:
    """What the box answers and the voter keeps: the note, and where in it the leaf hash stands."""

    note: bytes
    leaf: bytes
    index: int
    path: tuple[bytes, ...]

    def encode(self) -> bytes:
        path = [*map(b64u, self.path)]
        note = self.note.decode()
        return encode(
            {"type": PROMISE_V1, "note": note, "leaf": b64u(self.leaf), "index": self.index, "path": path}
        )

    @classmethod
    def decode(cls, data: bytes) -> "KeptPromise":
        """Read without believing. Raises: NotCanonical, UnsupportedValue, RecordTooLong, MalformedLeaf."""
        fields = Fields(decode(data), PROMISE_V1)
        if fields.text("type") != PROMISE_V1:
            raise fields.refused("its type is another")
        kept = cls(
            fields.text("note").encode(), fields.hash("leaf"), fields.whole("index"), fields.hashes("path")
        )
        fields.end()
        return kept


def sign_promises(
    leaves: Iterable[bytes], *, key: SigningKey, deadline: int
) -> tuple[bytes, Sequence[bytes]]:
    """Promise a whole commit with one signature.

    Shapes: (note, the same leaf hashes in ascending order: `kept_promise` needs them).
    """
    ordered = sorted(leaves)
    promise = Promise(key.name, len(ordered), root_of(ordered), deadline)
    return sign_note(promise.body, key).encode(), ordered


def kept_promise(note: bytes, ordered: Sequence[bytes], index: int) -> KeptPromise:
    """What the voter of the leaf hash at `index` is given."""
    path = inclusion_path(index, len(ordered), hashes_in(ordered))
    return KeptPromise(note, ordered[index], index, tuple(path))


def kept_promises(note: bytes, ordered: Sequence[bytes]) -> Iterator[bytes]:
    """Every `kept_promise(note, ordered, index).encode()`, in order, at a cost that does not grow with the group."""
    levels: list[Sequence[bytes]] = [ordered]
    while len(below := levels[-1]) > 1:
        pairs = zip(below[::2], below[1::2], strict=False)
        levels.append([*(node_hash(*pair) for pair in pairs), *below[len(below) & ~1 :]])
    # Written out, because the box does this for every ballot. A test holds it equal to `KeptPromise.encode`.
    texts = [[f'"{b64u(node)}"' for node in level] for level in levels]
    end = encode({"note": note.decode()}).decode()[1:-1]
    for index in range(len(ordered)):
        path = [
            level[index >> height ^ 1]
            for height, level in enumerate(texts)
            if index >> height ^ 1 < len(level)  # a lone node climbs as it is
        ]
        yield (
            f'{{"index":{index},"leaf":{texts[0][index]},{end},"path":[{",".join(path)}],"type":"{PROMISE_V1}"}}'
        ).encode()


def verify_promise(kept: KeptPromise, *, box_key: VerifierKey) -> Promise:
    """Accept only a promise that the box has signed for this leaf.

    Raises: NoKnownSignature, SignatureRefused, MalformedNote, MalformedPromise.
    """
    promise = Promise.parse(open_note(kept.note, [box_key]).text)
    if promise.origin != box_key.name:
        raise MalformedPromise(reason="its origin is not the name of the key")
    try:
        verify_inclusion(
            leaf=kept.leaf, index=kept.index, size=promise.size, path=kept.path, root=promise.root
        )
    except InclusionRefused:
        raise MalformedPromise(reason="the path does not lead from the leaf to its root") from None
    return promise
