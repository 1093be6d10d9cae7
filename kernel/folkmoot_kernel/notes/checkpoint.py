"""The text of a checkpoint: which log, how many leaves, which root."""

from dataclasses import dataclass

from folkmoot_kernel.encoding import MAX_DECIMAL, b64, parse_decimal, unb64
from folkmoot_kernel.errors import MalformedBase64, MalformedCheckpoint, MalformedNumber
from folkmoot_kernel.merkle import HASH_BYTES
from folkmoot_kernel.notes.signature import is_note_text


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of a log: how many leaves it has and the root over them.

    Shapes: `root` has 32 bytes; `extensions` are further lines, which C2SP advises against.
    Source: C2SP tlog-checkpoint.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        lines = (self.origin, *self.extensions)
        if not all(line and "\n" not in line and is_note_text(line) for line in lines):
            raise MalformedCheckpoint(reason="its origin or a further line is empty or not plain text")
        if not 0 <= self.size <= MAX_DECIMAL:
            raise MalformedCheckpoint(reason="its tree size does not lie between 0 and 2^63 - 1")
        if len(self.root) != HASH_BYTES:
            raise MalformedCheckpoint(reason="its root is not a hash of 32 bytes")

    @classmethod
    def parse(cls, body: str) -> "Checkpoint":
        """Read the text of a checkpoint's note. Raises: MalformedCheckpoint."""
        lines = body.split("\n")
        if len(lines) < 4 or lines.pop() != "":
            raise MalformedCheckpoint(reason="it has not at least three lines, each ended by a newline")
        try:
            size, root = parse_decimal(lines[1]), unb64(lines[2])
        except (MalformedNumber, MalformedBase64):
            reason = "its second line is not a tree size or its third is not a root in base64"
            raise MalformedCheckpoint(reason=reason) from None
        return cls(lines[0], size, root, tuple(lines[3:]))

    @property
    def body(self) -> str:
        return "\n".join((self.origin, str(self.size), b64(self.root), *self.extensions, ""))
