"""A log as static files: tiles of hashes, bundles of entries, and the proof that fits in one file.

    tile/0/x001/x234/067      256 leaf hashes, the 1,234,067th full tile
    tile/1/000.p/17           17 hashes, each the root of a full tile of level 0
    tile/entries/273.p/112    112 entries, each preceded by its length in two bytes

Whoever has the files can make every proof: `merkle.inclusion_path(index, size, hash_reader(size, fetch))`.
`fetch` takes a path and gives the bytes; it says in its own way when there are none. A log may delete a
partial tile once the full one exists: then `fetch` gives the first hashes of the full one. Tiles are not
believed: a wrong tile makes a proof that `merkle.verify_inclusion` refuses.

Source: C2SP tlog-tiles, tlog-proof.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

from folkmoot_kernel.encoding import MAX_DECIMAL, b64, parse_decimal, unb64
from folkmoot_kernel.errors import (
    MalformedBase64,
    MalformedBundle,
    MalformedHash,
    MalformedNumber,
    MalformedProof,
    MalformedTile,
    MalformedTilePath,
    OutOfTree,
)
from folkmoot_kernel.merkle import HASH_BYTES, HashReader, root_of, verify_inclusion
from folkmoot_kernel.notes import Checkpoint, Policy, VerifierKey, open_checkpoint

Fetch: TypeAlias = Callable[[str], bytes]

TILE_HEIGHT: Final = 8
TILE_WIDTH: Final = 2**TILE_HEIGHT
MAX_LEVEL: Final = 63
MAX_ENTRY_BYTES: Final = 65_535
ENTRIES: Final = -1  # stands in the place of the level for bundles of entries

_PATH = re.compile(r"tile/(entries|[0-9]{1,2})/((?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/([0-9]{1,3}))?")
_CACHED_TILES = 32  # 256 kB: enough that one proof fetches no tile twice
_PROOF_HEADER = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True, slots=True)
class Tile:
    """Place of one tile or bundle: its level (or ENTRIES), its index in the level, and how full it is.

    Raises: MalformedTilePath.
    """

    level: int
    index: int
    width: int = TILE_WIDTH

    def __post_init__(self) -> None:
        known_level = self.level == ENTRIES or 0 <= self.level <= MAX_LEVEL
        if not known_level or self.index < 0 or not 1 <= self.width <= TILE_WIDTH:
            raise MalformedTilePath(path=f"tile/{self.level}/{self.index}.p/{self.width}")

    @property
    def path(self) -> str:
        """Path below the log's address. Source: C2SP tlog-tiles, sections Merkle Tree and Log entries."""
        level = "entries" if self.level == ENTRIES else str(self.level)
        thousands, last = divmod(self.index, 1000)
        index = f"{last:03d}"
        while thousands:
            thousands, group = divmod(thousands, 1000)
            index = f"x{group:03d}/{index}"
        partial = f".p/{self.width}" if self.width < TILE_WIDTH else ""
        return f"tile/{level}/{index}{partial}"

    @classmethod
    def parse(cls, path: str) -> "Tile":
        """Read a path, and refuse every spelling but that of `Tile.path`. Raises: MalformedTilePath."""
        found = _PATH.fullmatch(path)
        if found is None:
            raise MalformedTilePath(path=path)
        level, index, width = found.groups()
        tile = cls(
            ENTRIES if level == "entries" else int(level),
            int(index.replace("/", "").replace("x", "")),
            int(width) if width else TILE_WIDTH,
        )
        if tile.path != path:
            raise MalformedTilePath(path=path)
        return tile


def new_tiles(old_size: int, new_size: int) -> Iterator[Tile]:
    """List the tiles of hashes that a log writes when it grows, lower levels first; from 0: all its tiles.

    Source: C2SP tlog-tiles, section Partial Tiles.
    """
    level = 0
    while new_size > 0:
        yield from _tiles_between(level, old_size, new_size)
        level, old_size, new_size = level + 1, old_size >> TILE_HEIGHT, new_size >> TILE_HEIGHT


def new_bundles(old_size: int, new_size: int) -> Iterator[Tile]:
    """List the bundles of entries that a log writes when it grows; from 0: all its bundles."""
    return _tiles_between(ENTRIES, old_size, new_size)


def _tiles_between(level: int, old_count: int, new_count: int) -> Iterator[Tile]:
    if new_count > old_count:
        for index in range(old_count // TILE_WIDTH, -(-new_count // TILE_WIDTH)):
            yield Tile(level, index, min(TILE_WIDTH, new_count - index * TILE_WIDTH))


def hash_reader(size: int, fetch: Fetch) -> HashReader:
    """Read the hashes of the tree of `size` leaves from its tiles.

    Raises: OutOfTree and MalformedTile when read.
    """
    cached = lru_cache(_CACHED_TILES)(lambda tile: _tile_hashes(tile, fetch))

    def read(level: int, index: int) -> bytes:
        if index < 0 or (index + 1) << level > size:
            raise OutOfTree(what=f"complete subtree {index} at level {level}", size=size)
        tile_level, height = divmod(level, TILE_HEIGHT)
        tile_index, first = divmod(index << height, TILE_WIDTH)
        width = min(TILE_WIDTH, (size >> (level - height)) - tile_index * TILE_WIDTH)
        return root_of(cached(Tile(tile_level, tile_index, width))[first : first + (1 << height)])

    return read


def _tile_hashes(tile: Tile, fetch: Fetch) -> list[bytes]:
    data = fetch(tile.path)
    if len(data) != tile.width * HASH_BYTES:
        raise MalformedTile(path=tile.path, expected=tile.width * HASH_BYTES, length=len(data))
    return [data[i : i + HASH_BYTES] for i in range(0, len(data), HASH_BYTES)]


def extended_tiles(size: int, leaves: Sequence[bytes], fetch: Fetch) -> Iterator[tuple[str, bytes]]:
    """Write the tiles that change when leaf hashes are appended to the tree of `size` leaves.

    Shapes: (path, bytes) of exactly `new_tiles(size, size + len(leaves))`, in that order. Only partial tiles
    of the old right edge are fetched.
    Raises: MalformedHash, MalformedTile.
    """
    level, count, fresh = 0, size, list(leaves)
    for leaf in fresh:
        if len(leaf) != HASH_BYTES:
            raise MalformedHash(length=len(leaf))
    while fresh:
        full, kept = divmod(count, TILE_WIDTH)
        hashes = [*(_tile_hashes(Tile(level, full, kept), fetch) if kept else ()), *fresh]
        roots = []
        for tile in _tiles_between(level, count, count + len(fresh)):
            first = (tile.index - full) * TILE_WIDTH
            inside = hashes[first : first + tile.width]
            yield tile.path, b"".join(inside)
            if tile.width == TILE_WIDTH:
                roots.append(root_of(inside))
        level, count, fresh = level + 1, full, roots


def extended_bundles(size: int, entries: Sequence[bytes], fetch: Fetch) -> Iterator[tuple[str, bytes]]:
    """Write the bundles that change when entries are appended to the log of `size` entries.

    Shapes: (path, bytes) of exactly `new_bundles(size, size + len(entries))`.
    Raises: MalformedBundle.
    """
    full, kept = divmod(size, TILE_WIDTH)
    old = parse_bundle(fetch(Tile(ENTRIES, full, kept).path), kept) if kept and entries else []
    inside = [*old, *entries]
    for tile in new_bundles(size, size + len(entries)):
        first = (tile.index - full) * TILE_WIDTH
        yield tile.path, encode_bundle(inside[first : first + tile.width])


def read_entries(size: int, fetch: Fetch) -> Iterator[bytes]:
    """Read all entries of the log of `size` entries in order, one bundle in memory at a time."""
    for bundle in new_bundles(0, size):
        yield from parse_bundle(fetch(bundle.path), bundle.width)


def encode_bundle(entries: Sequence[bytes]) -> bytes:
    """Write 1 to 256 entries, each preceded by its length in two bytes. Raises: MalformedBundle.

    Source: C2SP tlog-tiles, section Log entries.
    """
    if not 1 <= len(entries) <= TILE_WIDTH:
        raise MalformedBundle(reason=f"it has to hold 1 to {TILE_WIDTH} entries")
    if max(map(len, entries)) > MAX_ENTRY_BYTES:
        raise MalformedBundle(reason=f"an entry is longer than {MAX_ENTRY_BYTES} bytes")
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def parse_bundle(data: bytes, count: int) -> list[bytes]:
    """Read a bundle of exactly `count` entries. Raises: MalformedBundle."""
    entries: list[bytes] = []
    position = 0
    while position < len(data):
        start = position + 2
        position = start + int.from_bytes(data[position:start], "big")
        if position > len(data):
            raise MalformedBundle(reason=f"it ends in the middle of entry {len(entries)}")
        entries.append(data[start:position])
    if len(entries) != count:
        raise MalformedBundle(reason=f"it holds {len(entries)} entries instead of {count}")
    return entries


@dataclass(frozen=True, slots=True)
class TlogProof:
    """What a `.tlog-proof` file says: this leaf is in the log whose checkpoint comes along.

    Shapes: `path` as from `merkle.inclusion_path`; `checkpoint` is the whole signed note; `extra` is
    anybody's and proves nothing.
    Raises: MalformedProof.
    Source: C2SP tlog-proof.
    """

    index: int
    path: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.index <= MAX_DECIMAL:
            raise MalformedProof(reason="its index does not lie between 0 and 2^63 - 1")
        if any(len(digest) != HASH_BYTES for digest in self.path):
            raise MalformedProof(reason="a line of the path is not a hash of 32 bytes")

    def encode(self) -> bytes:
        extra = [] if self.extra is None else [f"extra {b64(self.extra)}"]
        lines = [_PROOF_HEADER, *extra, f"index {self.index}", *map(b64, self.path), "", ""]
        return "\n".join(lines).encode("ascii") + self.checkpoint

    @classmethod
    def parse(cls, data: bytes) -> "TlogProof":
        """Read a proof without believing it. Raises: MalformedProof."""
        head, gap, checkpoint = data.partition(b"\n\n")
        lines = head.decode("utf-8", "replace").split("\n")
        if not gap or lines.pop(0) != _PROOF_HEADER:
            raise MalformedProof(reason=f"it does not begin with {_PROOF_HEADER} or holds no checkpoint")
        try:
            has_extra = bool(lines) and lines[0].startswith("extra ")
            extra = unb64(lines.pop(0).removeprefix("extra ")) if has_extra else None
            if not lines or not lines[0].startswith("index "):
                raise MalformedProof(reason="the line with the index is missing")
            index = parse_decimal(lines.pop(0).removeprefix("index "))
            return cls(index, tuple(map(unb64, lines)), checkpoint, extra)
        except (MalformedNumber, MalformedBase64) as error:
            raise MalformedProof(reason=str(error).rstrip(".")) from None


def verify_proof(
    proof: TlogProof,
    *,
    leaf: bytes,
    origin: str,
    log_key: VerifierKey,
    witnesses: Sequence[VerifierKey] = (),
    quorum: int = 0,
) -> Checkpoint:
    """Accept only if the leaf hash is in a checkpoint that the log signed and `quorum` witnesses cosigned.

    Raises: InclusionRefused, and what `notes.open_checkpoint` raises.
    Source: C2SP tlog-proof, section Verifying a tlog proof.
    """
    checkpoint = open_checkpoint(
        proof.checkpoint, origin=origin, log_key=log_key, witnesses=witnesses, quorum=quorum
    )
    verify_inclusion(
        leaf=leaf, index=proof.index, size=checkpoint.size, path=proof.path, root=checkpoint.root
    )
    return checkpoint


def verify_receipt(proof: TlogProof, *, leaf: bytes, policy: Policy) -> Checkpoint:
    """Accept only if the leaf hash is in a checkpoint that the policy trusts: a log of its, and its quorum.

    Raises: InclusionRefused, and what `Policy.open_checkpoint` raises.
    Source: C2SP tlog-proof, section Verifying a tlog proof; C2SP tlog-policy.
    """
    checkpoint = policy.open_checkpoint(proof.checkpoint)
    verify_inclusion(
        leaf=leaf, index=proof.index, size=checkpoint.size, path=proof.path, root=checkpoint.root
    )
    return checkpoint
