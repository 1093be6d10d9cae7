"""Seals committed acts into the log: positions, tiles, and a signed checkpoint, in one transaction.

There is one sequencer at a time. Numbers of rows are given when an act is written and may become visible out
of order; positions are given here, after commit, and never change.
"""

from collections.abc import Sequence

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _
from folkmoot_kernel import notes, tiles
from folkmoot_kernel.errors import KernelError
from folkmoot_kernel.merkle import leaf_hash, tree_root

from folkmoot.base import clock
from folkmoot.base.errors import FolkmootError, NotFound
from folkmoot.journal.keys import signing_key, verifier_keys
from folkmoot.journal.leaves import leaf_bytes
from folkmoot.journal.models import Act, Checkpoint, Tile
from folkmoot.journal.queries import fetch_tile, latest_checkpoint, unsealed_acts

BATCH_ACTS = 500  # keeps the write lock of SQLite for some 50 ms
SEQUENCER_LOCK = 0x666F6C6B6D6F6F74  # "folkmoot": the name of the advisory lock on PostgreSQL


class JournalBroken(FolkmootError):
    """The tiles no longer fit the newest checkpoint: somebody or something changed them."""

    sentence = _(
        "The journal does not fit its newest checkpoint, so nothing is sealed until you look. "
        "Run: folkmoot journal verify"
    )
    status = 503


def seal_all() -> int:
    """Seals everything that waits; returns how many acts."""
    sealed = 0
    while fresh := seal_pending():
        sealed += fresh
    return sealed


def seal_pending(limit: int = BATCH_ACTS) -> int:
    """Seals at most `limit` waiting acts; returns how many.

    Effects: positions, tiles and one checkpoint. Raises JournalKeyLost.
    """
    if not unsealed_acts().exists():
        return 0
    with transaction.atomic():
        become_the_sequencer()
        acts = list(unsealed_acts().only("kind", "at", "digest")[:limit])
        if acts:
            append(acts)
    return len(acts)


def become_the_sequencer() -> None:
    """Waits until no other sequencer works. On SQLite the transaction is the lock (BEGIN IMMEDIATE)."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SEQUENCER_LOCK])


def append(acts: Sequence[Act]) -> None:
    """Appends acts to the log and signs its new head. The caller is the sequencer."""
    size = require_sound_head()
    entries = [leaf_bytes(act.id, act.kind, act.at, bytes(act.digest)) for act in acts]
    hashes = list(tiles.extended_tiles(size, [leaf_hash(entry) for entry in entries], fetch_tile))
    bundles = list(tiles.extended_bundles(size, entries, fetch_tile))
    for path, data in hashes:
        store(path, hashes=data)
    for path, data in bundles:
        store(path, entries=data)
    positions = [(position, act.id) for position, act in enumerate(acts, start=size)]
    with connection.cursor() as cursor:
        cursor.executemany("UPDATE journal_act SET position = %s WHERE id = %s", positions)
    sign_head(size + len(acts))


def require_sound_head() -> int:
    """The size of the log, whose tiles must still lead to the root that was signed last.

    So that nothing is ever signed on top of a tile that somebody changed. Raises JournalBroken.
    """
    newest = latest_checkpoint()
    if newest is None:
        return 0
    try:
        note = notes.open_note(newest.note.encode(), verifier_keys())
        head = notes.Checkpoint.parse(note.text)
        if (head.size, head.root) == (newest.size, root_at(newest.size)):
            return newest.size
    except (KernelError, NotFound) as error:
        raise JournalBroken() from error
    raise JournalBroken()


def root_at(size: int) -> bytes:
    return tree_root(size, tiles.hash_reader(size, fetch_tile))


def store(path: str, **data: bytes) -> None:
    """Writes the hashes of a tile, or the bundle beside those of level 0."""
    tile = tiles.Tile.parse(path)
    Tile.objects.update_or_create(level=max(tile.level, 0), number=tile.index, defaults=data)


def sign_head(size: int) -> None:
    """Signs the tree of the first `size` acts as the newest checkpoint."""
    key = signing_key()
    note = notes.sign_note(notes.Checkpoint(key.name, size, root_at(size)).body, key)
    Checkpoint.objects.create(size=size, note=note.encode().decode(), at=clock.now())
