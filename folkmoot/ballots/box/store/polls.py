"""Polls come in, open and close; every worker reads them again when another has changed one."""

from collections.abc import Callable, Sequence

from folkmoot_kernel.leaves import list_root
from folkmoot_kernel.merkle import HASH_BYTES
from folkmoot_kernel.notes import SigningKey
from folkmoot_kernel.papers import Paper

from folkmoot.ballots.box.polls import CHANNELS, Cell, Poll, Polls, Sitting
from folkmoot.ballots.box.store import ballots
from folkmoot.ballots.box.store.database import Database


def version(database: Database) -> int:
    found = database.rows("SELECT value FROM state WHERE name = ?", "version")
    return int(found[0][0]) if found else 0


def changed(database: Database) -> None:
    """Let every worker read the polls again before its next commit."""
    now = version(database)
    database.run("DELETE FROM state WHERE name = ?", "version")
    database.insert("state", "name, value", [("version", now + 1)])


def load(database: Database, key_of: Callable[[str], SigningKey]) -> Polls:
    """Every poll as the store has it. Effects: to be called in a transaction."""
    sql = "SELECT poll, roll_size, is_closed, is_broken FROM poll ORDER BY poll"
    by_name = {
        name: load_poll(database, Poll(name, key_of(name), int(size), bool(closed), bool(broken)))
        for name, size, closed, broken in database.rows(sql)
    }
    return Polls(version(database), by_name)


def load_poll(database: Database, poll: Poll) -> Poll:
    sql = "SELECT paper, leaf, is_casting, is_issued, stage FROM paper WHERE poll = ? ORDER BY place"
    poll.sittings = {
        name: Sitting(Paper.decode(leaf), bool(casting), int(issued), int(stage))
        for name, leaf, casting, issued, stage in database.rows(sql, poll.name)
    }
    slips = {
        root: frozenset(hashes[at : at + HASH_BYTES] for at in range(0, len(hashes), HASH_BYTES))
        for root, hashes in database.rows("SELECT root, hashes FROM slips WHERE poll = ?", poll.name)
    }
    voided: dict[int, set[bytes]] = {}
    for cell, digest in database.rows("SELECT cell, hash FROM voided"):
        voided.setdefault(cell, set()).add(digest)
    cells = []
    sql = "SELECT cell, paper, stratum, channel FROM cell WHERE poll = ? ORDER BY cell"
    for number, paper, name, channel in database.rows(sql, poll.name):
        stratum = poll.sittings[paper].paper.stratum(name)
        assert stratum
        printed = slips[stratum.slip.root] if stratum.slip and channel == "slip" else frozenset[bytes]()
        cells.append(
            Cell(
                int(number),
                poll.sittings[paper],
                stratum,
                channel,
                printed,
                frozenset(voided.get(number, ())),
            )
        )
    poll.cells = tuple(cells)
    return poll


def create(
    database: Database, name: str, papers: Sequence[Paper], slips: Sequence[Sequence[bytes]], roll_size: int
) -> None:
    """Begin a poll's log with its papers. Effects: to be called in a transaction."""
    database.insert("poll", "poll, roll_size, is_closed, is_broken", [(name, roll_size, 0, 0)])
    leaves = [(paper.id, paper.encode()) for paper in papers]
    database.insert(
        "paper",
        "paper, poll, place, leaf, is_casting, is_issued, stage",
        [(digest, name, place, leaf, 0, 0, Sitting.TAKING) for place, (digest, leaf) in enumerate(leaves)],
    )
    ballots.append(database, name, leaves)
    lists = sorted({list_root(hashes): b"".join(sorted(hashes)) for hashes in slips}.items())
    if lists:
        database.insert("slips", "poll, root, hashes", [(name, root, hashes) for root, hashes in lists])
    [(first,)] = database.rows("SELECT coalesce(max(cell) + 1, 0) FROM cell")
    places = [
        (paper.id, stratum.id, channel)
        for paper in papers
        for stratum in paper.strata
        for channel in CHANNELS
        if channel in stratum.channels
    ]
    if places:
        rows = [(first + number, name, *place) for number, place in enumerate(places)]
        database.insert("cell", "cell, poll, paper, stratum, channel", rows)
    changed(database)


def name_witnesses(database: Database, poll: str, lines: str) -> None:
    """Say whose cosignatures the log of a poll is to have: at its beginning, and never again."""
    if lines:
        database.insert("witnesses", "poll, lines", [(poll, lines)])


def witnesses(database: Database, poll: str) -> str:
    """The lines that name the witnesses of a poll's log; those of C2SP tlog-policy for nobody when there are none."""
    found = database.rows("SELECT lines FROM witnesses WHERE poll = ?", poll)
    return str(found[0][0]) if found else "quorum none\n"


def set_paper(database: Database, paper: bytes, column: str, value: int) -> None:
    """Move a paper on: `is_casting`, `is_issued` (one bit for each registrar) or `stage`."""
    database.run(f"UPDATE paper SET {column} = ? WHERE paper = ?", value, paper)  # noqa: S608
    changed(database)


def set_poll(database: Database, poll: str, column: str) -> None:
    """Mark a poll as `is_closed` or `is_broken`. Nothing takes it back."""
    database.run(f"UPDATE poll SET {column} = 1 WHERE poll = ?", poll)  # noqa: S608
    changed(database)


def void(database: Database, cell: Cell, hashes: Sequence[bytes]) -> None:
    """Refuse these slips from now on."""
    fresh = [(cell.number, digest) for digest in sorted(set(hashes) - cell.voided)]
    if fresh:
        database.insert("voided", "cell, hash", fresh)
        changed(database)
