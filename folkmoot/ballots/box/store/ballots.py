"""Ballots come in, wait, and are settled: published in the log, their sealed answers kept."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from folkmoot_kernel.cells import Waiting, next_batch
from folkmoot_kernel.leaves import Ballot
from folkmoot_kernel.merkle import leaf_hash
from folkmoot_kernel.tokens import TOKEN_BYTES

from folkmoot.ballots.box.polls import Cell, Poll, Polls
from folkmoot.ballots.box.reading import Cast
from folkmoot.ballots.box.store.database import CannotStore, Database, Row

BALLOT = "c, cell, pk, seq, hash, creds, sig, o"
AT_ONCE = 2_000  # ballots in memory while a batch is moved
ENVELOPES_AT_ONCE = 1_000

ACCEPTED = ""


@dataclass(frozen=True)
class Last:
    """The ballot with the highest seq that a key has in the box."""

    cell: int
    seq: int
    hash: bytes


def take(database: Database, polls: Polls, casts: Sequence[tuple[Cast, Cell]], now: int) -> list[str]:
    """Put ballots among those that wait; tells of each ACCEPTED or why not (a key of `problems`).

    The same ballot again is accepted again and kept once, so that whoever has lost the answer may ask for it.
    Effects: to be called in a transaction.
    """
    last = last_of_keys(database, polls, [cast.pk for cast, _ in casts])
    commitments = [cast.c for cast, _ in casts]
    used = {c for table in ("waiting", "settled") for (c,) in database.having("c", table, "c", commitments)}
    verdicts, rows = [], []
    for cast, cell in casts:
        poll, as_it_is = polls.by_cell[cell.number]  # while it waited the chair may have said a word
        before = last.get((poll.name, cast.pk))
        if before and before.hash == cast.hash:
            verdicts.append(ACCEPTED)  # also after the close: it is in the box
            continue
        verdict = admission(poll, as_it_is, cast, now) or against(before, cell, cast)
        verdict = verdict or ("refused" if cast.c in used else ACCEPTED)
        verdicts.append(verdict)
        if verdict == ACCEPTED:
            used.add(cast.c)
            last[poll.name, cast.pk] = Last(cell.number, cast.seq, cast.hash)
            creds = b"".join(
                cast.creds
            )  # half as long as the leaf, which is written again when it is published
            rows.append((cast.c, cell.number, cast.pk, cast.seq, cast.hash, creds, cast.sig, cast.o))
    if rows:
        database.insert("waiting", BALLOT, rows)
    return verdicts


def admission(poll: Poll, cell: Cell, cast: Cast, now: int) -> str:
    """Whether this cell takes a ballot at this moment: the chair's word, and the calendar by the box's clock."""
    calendar = cell.paper.calendar
    if poll.is_closed or poll.is_broken or (calendar.closes and now >= calendar.closes):
        return "closed"
    if not cell.sitting.is_casting or now < calendar.casts:
        return "not-open"
    if cell.voided and sha256(cast.pk).digest() in cell.voided:
        return "refused"
    return ACCEPTED


def against(before: Last | None, cell: Cell, cast: Cast) -> str:
    """A key votes in one cell only, and each time with a higher seq."""
    if before is None:
        return ACCEPTED
    if before.cell != cell.number:
        return "refused"
    return ACCEPTED if cast.seq > before.seq else "lower-seq"


def last_of_keys(database: Database, polls: Polls, keys: Sequence[bytes]) -> dict[tuple[str, bytes], Last]:
    """The last ballot of each key, by poll and key."""
    last: dict[tuple[str, bytes], Last] = {}
    for table in ("settled", "waiting"):
        for pk, cell, seq, digest in database.having("pk, cell, seq, hash", table, "pk", keys):
            name = polls.by_cell[cell][0].name
            if (name, pk) not in last or last[name, pk].seq < seq:
                last[name, pk] = Last(cell, seq, digest)
    return last


def settle(database: Database, poll: Poll) -> bool:
    """Append what may be appended of each cell, in ascending leaf hashes; what still waits is written afresh.

    Tells whether anything was appended. Effects: to be called in a transaction.
    """
    waiting: dict[int, list[Waiting]] = {cell.number: [] for cell in poll.cells}
    commitment: dict[bytes, bytes] = {}
    for pk, cell, digest, c in database.rows("SELECT pk, cell, hash, c FROM waiting"):
        if cell in waiting:
            waiting[cell].append(Waiting(pk, digest))
            commitment[digest] = c
    appended = False
    for cell in poll.cells:
        batch = next_batch(
            waiting[cell.number], k=cell.paper.k, voters=poll.roll_size, is_closed=poll.is_closed
        )
        for start in range(0, len(batch.appended), AT_ONCE):
            some = batch.appended[start : start + AT_ONCE]
            move(database, poll, [commitment[digest] for digest in some])
            appended = True
    if appended:
        database.rewrite("waiting")
    return appended


def move(database: Database, poll: Poll, commitments: Sequence[bytes]) -> None:
    """Take ballots from those that wait into the log."""
    rows = database.having(BALLOT, "waiting", "c", commitments)
    cells = {cell.number: cell for cell in poll.cells}
    leaves = sorted((row[4], leaf_of(cells[row[1]], row)) for row in rows)
    append(database, poll.name, leaves)
    settled = sorted((c, cell, pk, seq, digest, o) for c, cell, pk, seq, digest, _, _, o in rows)
    database.insert("settled", "c, cell, pk, seq, hash, o", settled)
    database.delete("waiting", "c", commitments)


def leaf_of(cell: Cell, row: Row) -> bytes:
    """The leaf of a ballot that waits: it has one spelling, so it is the one that was signed."""
    c, _, pk, seq, digest, creds, sig, o = row
    tokens = tuple(creds[at : at + TOKEN_BYTES] for at in range(0, len(creds), TOKEN_BYTES))
    oh = sha256(o).digest()
    leaf = Ballot(cell.paper.id, cell.stratum.id, pk, tokens, seq, c, oh, sig).encode()
    if leaf_hash(leaf) != digest:
        raise CannotStore("a ballot that waits is damaged")
    return leaf


def append(database: Database, poll: str, leaves: Iterable[tuple[bytes, bytes]]) -> None:
    """Append (leaf hash, leaf) to a poll's log."""
    size = log_size(database, poll)
    rows = [(poll, size + place, digest, leaf) for place, (digest, leaf) in enumerate(leaves)]
    database.insert("entry", "poll, number, hash, leaf", rows)


def log_size(database: Database, poll: str) -> int:
    [(size,)] = database.rows("SELECT coalesce(max(number) + 1, 0) FROM entry WHERE poll = ?", poll)
    return int(size)


def entries(database: Database, poll: str, start: int, end: int) -> Iterator[tuple[bytes, bytes]]:
    """(leaf hash, leaf) of the entries from `start` to before `end`."""
    sql = "SELECT hash, leaf FROM entry WHERE poll = ? AND number >= ? AND number < ? ORDER BY number"
    yield from database.rows(sql, poll, start, end)


def number_of(database: Database, poll: str, leaf: bytes) -> int | None:
    """The place of a leaf hash in a poll's log."""
    found = database.rows("SELECT number FROM entry WHERE hash = ? AND poll = ?", leaf, poll)
    return int(found[0][0]) if found else None


def accepted(database: Database) -> Mapping[int, int]:
    """How many different keys have voted in each cell."""
    sql = """SELECT cell, count(*) FROM (SELECT cell, pk FROM waiting UNION SELECT cell, pk FROM settled) AS voted
        GROUP BY cell"""
    return dict(database.rows(sql))


def envelopes(database: Database, cell: int, after: bytes) -> list[Row]:
    """The next (c, pk, seq, o) of a cell, ascending c: of each key the ballot with the highest seq."""
    sql = """SELECT c, pk, seq, o FROM settled AS mine WHERE cell = ? AND c > ? AND NOT EXISTS (
        SELECT 1 FROM settled AS other WHERE other.pk = mine.pk AND other.cell = mine.cell AND other.seq > mine.seq
        ) ORDER BY c LIMIT ?"""
    return database.rows(sql, cell, after, ENVELOPES_AT_ONCE)


def slips_voted(database: Database, cell: int) -> set[bytes]:
    """SHA-256(pk) of the slips of a cell that have voted."""
    sql = "SELECT pk FROM waiting WHERE cell = ? UNION SELECT pk FROM settled WHERE cell = ?"
    return {sha256(pk).digest() for (pk,) in database.rows(sql, cell, cell)}


def keep_objection(database: Database, poll: str, c: bytes, r: bytes, a: bytes) -> None:
    """Keep what a voter hands in, once. Effects: to be called in a transaction."""
    if not database.having("c", "objection", "c", [c]):
        database.insert("objection", "c, poll, r, a", [(c, poll, r, a)])


def objections(database: Database, poll: str) -> list[Row]:
    return database.rows("SELECT c, r, a FROM objection WHERE poll = ? ORDER BY c", poll)
