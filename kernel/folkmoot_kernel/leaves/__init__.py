"""Every leaf of the log of a poll. One log holds one poll: all its papers, and nothing else.

    leaf = parse_leaf(entry)               Paper | Issued | IssuedBy | Ballot | Void | Close | Opening | Spoiled
                                           | Result | Broken
    leaf.encode() == entry                 always: another spelling is refused
    leaf_hash(entry)                       what promises, paths and the tree know it by

The bytes of each, with an example, stand in docs/reference/protocol.md.
"""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from folkmoot_kernel.encoding import decode
from folkmoot_kernel.errors import MalformedLeaf, UnknownLeaf
from folkmoot_kernel.fields import Fields
from folkmoot_kernel.leaves.ballot import BALLOT_V1, Ballot, decode_signed
from folkmoot_kernel.leaves.counts import (
    CLOSE_V1,
    ISSUED_BY_V1,
    ISSUED_V1,
    MAX_VOID_HASHES,
    VOID_V1,
    Close,
    CloseCell,
    ClosePart,
    Issued,
    IssuedBy,
    IssuedPart,
    Sheet,
    Void,
)
from folkmoot_kernel.leaves.outcome import (
    BROKEN_V1,
    OPENING_V1,
    RESULT_V1,
    SPOILED_V1,
    Broken,
    Opening,
    Result,
    ResultCell,
    Spoiled,
    Tally,
)
from folkmoot_kernel.leaves.roots import issued_hash, list_root, slip_hash
from folkmoot_kernel.papers import PAPER_V1, Paper

Leaf: TypeAlias = Paper | Issued | IssuedBy | Ballot | Void | Close | Opening | Spoiled | Result | Broken

_READERS: Final[Mapping[str, Callable[[Fields], Leaf]]] = {
    PAPER_V1: Paper.read,
    ISSUED_V1: Issued.read,
    ISSUED_BY_V1: IssuedBy.read,
    BALLOT_V1: Ballot.read,
    VOID_V1: Void.read,
    CLOSE_V1: Close.read,
    OPENING_V1: Opening.read,
    SPOILED_V1: Spoiled.read,
    RESULT_V1: Result.read,
    BROKEN_V1: Broken.read,
}
BALLOT_END: Final = f'"type":"{BALLOT_V1}"}}'.encode()
_OPENING_END = f'"type":"{OPENING_V1}"}}'.encode()


def parse_leaf(entry: bytes) -> Leaf:
    """Read any leaf of the log.

    Raises: NotCanonical, RecordTooLong, UnsupportedValue, UnknownLeaf, MalformedLeaf, MalformedPaper.
    """
    if entry.endswith(BALLOT_END):
        return Ballot.decode(entry)
    if entry.endswith(_OPENING_END):
        return Opening.decode(entry)
    value = decode(entry)
    kind = value.get("type") if isinstance(value, Mapping) else None
    if not isinstance(kind, str):
        raise MalformedLeaf(kind="folkmoot/…/v1", reason="it is not an object with a type")
    if kind not in _READERS:
        raise UnknownLeaf(kind=kind)
    fields = Fields(value, kind)
    if kind not in (PAPER_V1, BALLOT_V1, OPENING_V1):
        fields.text("type")
    leaf = _READERS[kind](fields)
    fields.end()
    return leaf


__all__ = [
    "BALLOT_END", "BALLOT_V1", "BROKEN_V1", "CLOSE_V1", "ISSUED_BY_V1", "ISSUED_V1", "MAX_VOID_HASHES",
    "OPENING_V1", "PAPER_V1", "RESULT_V1", "SPOILED_V1", "VOID_V1",
    "Ballot", "Broken", "Close", "CloseCell", "ClosePart", "Issued", "IssuedBy", "IssuedPart", "Leaf", "Opening",
    "Paper", "Result", "ResultCell", "Sheet", "Spoiled", "Tally", "Void",
    "decode_signed", "issued_hash", "list_root", "parse_leaf", "slip_hash",
]  # fmt: skip
