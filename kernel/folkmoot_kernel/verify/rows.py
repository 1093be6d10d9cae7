"""Rows on disk, in 256 files by one byte of a key: what belongs together lies in one file.

A poll of ten million ballots does not fit into the memory of a laptop, and looking for doubles needs all of them.
Cut by a byte of the key, each file holds a 256th, is written from front to back, and is then read whole: no index
to keep, no random access, memory for one file at a time. (In a table of SQLite the same keys arrive in random
order, and every page of the index is written many times.)
"""

import struct
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

Rows: TypeAlias = Mapping[int, bytes]  # the byte by which they are cut -> packed rows
Part: TypeAlias = "bytes | Path"  # all rows of one byte

MAX_HELD_BYTES: Final = 1 << 22  # of each kind, before they go to the disk: some 30,000 ballots

_CAST: Final = struct.Struct(">IQQ65s32s32s")
_OPENED: Final = struct.Struct(">Q32s32sH")


class Cast(NamedTuple):
    """A ballot that was cast rightly."""

    cell: int
    entry: int
    seq: int
    pk: bytes
    c: bytes
    oh: bytes

    def pack(self) -> bytes:
        return _CAST.pack(*self)


class Opened(NamedTuple):
    """An opening."""

    entry: int
    c: bytes
    r: bytes
    a: bytes

    def pack(self) -> bytes:
        return _OPENED.pack(self.entry, self.c, self.r, len(self.a)) + self.a


def unpack_casts(data: bytes) -> Iterator[Cast]:
    return map(Cast._make, _CAST.iter_unpack(data))


def unpack_opened(data: bytes) -> Iterator[Opened]:
    place = 0
    while place < len(data):
        index, c, r, length = _OPENED.unpack_from(data, place)
        place += _OPENED.size + length
        yield Opened(index, c, r, data[place - length : place])


class Sorting:
    """Gathers packed rows with their byte, before they are written."""

    def __init__(self) -> None:
        self._parts: dict[int, list[bytes]] = {}

    def add(self, byte: int, row: bytes) -> None:
        self._parts.setdefault(byte, []).append(row)

    @property
    def rows(self) -> Rows:
        return {byte: b"".join(rows) for byte, rows in self._parts.items()}


class RowFiles:
    """The rows of one kind: in memory while they are few, then in files under a folder that goes with the check."""

    def __init__(self, folder: str, kind: str) -> None:
        self._folder, self._kind = Path(folder), kind
        self._held: dict[int, bytearray] = {}
        self._held_bytes = 0
        self._has_files = False

    def write(self, rows: Rows) -> None:
        for byte, data in rows.items():
            self._held.setdefault(byte, bytearray()).extend(data)
            self._held_bytes += len(data)
        if self._held_bytes > MAX_HELD_BYTES:
            self._spill()

    def parts(self) -> Iterator[Part]:
        """All 256, empty or not, after the last row is written. `read_rows` reads each."""
        if self._has_files:
            self._spill()
            return (self._path(byte) for byte in range(256))
        return (bytes(self._held.get(byte, b"")) for byte in range(256))

    def _spill(self) -> None:
        self._has_files = True
        for byte, data in self._held.items():
            with self._path(byte).open("ab") as file:
                file.write(data)
        self._held, self._held_bytes = {}, 0

    def _path(self, byte: int) -> Path:
        return self._folder / f"{self._kind}-{byte:02x}"


def read_rows(part: Part) -> bytes:
    if isinstance(part, bytes):
        return part
    return part.read_bytes() if part.exists() else b""


def working_folder() -> "tempfile.TemporaryDirectory[str]":
    return tempfile.TemporaryDirectory(prefix="moot-verify-")
