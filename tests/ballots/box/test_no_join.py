"""Nothing that the box leaves on the disk has a rank that follows the order of casting.

Ballots are cast in a known order. Then, for every file of the box and for every number in its tables, the places
of the ballots are compared with that order: Spearman's rank correlation of n things that have nothing to do with
each other has a spread of 1 / sqrt(n - 1), so five spreads come by chance once in a million tries.
"""

import math
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from random import Random

import psycopg
import pytest
from folkmoot_kernel.encoding import b64u
from folkmoot_kernel.papers import Calendar

from folkmoot.ballots.box import control
from folkmoot.ballots.box.checking import cell_of
from folkmoot.ballots.box.config import Config
from folkmoot.ballots.box.copying import copy_box
from folkmoot.ballots.box.desk import Desk
from folkmoot.ballots.box.reading import Cast, read_cast
from tests.ballots.box.running import make_keys
from tests.ballots.box.voters import make_poll
from tests.postgres import Cluster

COUNT = 400
GROUP = 7  # ballots in one transaction
SPREADS = 5.0
SAMPLED = 2  # every second ballot is looked for in the files
SEVERAL = 40  # as many ballots have to be found for a rank to be one


def rank_correlation(values: list[float]) -> float:
    """Spearman's, of values with their order in the list; 0.0 when all are the same."""
    order = sorted(range(len(values)), key=lambda place: values[place])
    ranks = [0.0] * len(values)
    at = 0
    while at < len(order):
        end = at
        while end < len(order) and values[order[end]] == values[order[at]]:
            end += 1
        for place in order[at:end]:
            ranks[place] = (at + end - 1) / 2
        at = end
    middle = (len(values) - 1) / 2
    spread = math.sqrt(sum((rank - middle) ** 2 for rank in ranks))
    if not spread:
        return 0.0
    line = math.sqrt(sum((place - middle) ** 2 for place in range(len(values))))
    return sum((place - middle) * (rank - middle) for place, rank in enumerate(ranks)) / spread / line


def followers(observed: Mapping[str, Mapping[int, float]]) -> set[str]:
    """What follows the order of casting. Shapes: name of the observation -> ballot (as cast) -> value."""
    found = set()
    for name, values in observed.items():
        if len(values) >= SEVERAL:
            correlation = rank_correlation([values[place] for place in sorted(values)])
            if abs(correlation) * math.sqrt(len(values) - 1) > SPREADS:
                found.add(name)
    return found


def traces(cast: Cast) -> Iterator[tuple[str, bytes]]:
    """What a ballot can be known by."""
    for name, value in (("c", cast.c), ("pk", cast.pk), ("hash", cast.hash)):
        yield from ((name, value), (f"{name} as text", b64u(value).encode()))  # as in leaves and backups


def places_in_files(paths: list[Path], casts: list[Cast]) -> dict[str, dict[int, float]]:
    """Where the first and the last trace of each ballot stands in each file, of a sample of the ballots."""
    observed: dict[str, dict[int, float]] = {}
    for path in paths:
        data = path.read_bytes().rstrip(b"\0")
        for place in range(0, len(casts), SAMPLED):
            for name, trace in traces(casts[place]):
                if (first := data.find(trace)) >= 0:
                    last = first
                    while (after := data.find(trace, last + 1)) >= 0:
                        last = after
                    observed.setdefault(f"{path.name}: first {name}", {})[place] = first
                    observed.setdefault(f"{path.name}: last {name}", {})[place] = last
    return observed


def files(*folders: Path) -> list[Path]:
    return sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())


def numbers_in_rows(
    rows: list[dict[str, object]], table: str, casts: list[Cast]
) -> dict[str, dict[int, float]]:
    """Every number beside a ballot, and the order in which the database gives the rows."""
    by_trace = {trace: place for place, cast in enumerate(casts) for _, trace in traces(cast)}
    observed: dict[str, dict[int, float]] = {}
    for number, row in enumerate(rows):
        places = [by_trace[value] for value in map(as_bytes, row.values()) if value in by_trace]
        if places:
            observed.setdefault(f"{table}: order of rows", {})[places[0]] = number
            for name, value in row.items():
                if isinstance(value, int | float):
                    observed.setdefault(f"{table}.{name}", {})[places[0]] = value
    return observed


def as_bytes(value: object) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else b""


class OnSQLite:
    """The box's file as whoever copies the disk finds it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.url = folder, ""

    def execute(self, *statements: str) -> None:
        with closing(sqlite3.connect(self.folder / "box.sqlite3", isolation_level=None)) as database:
            for statement in statements:
                database.execute(statement)

    def observe(self, casts: list[Cast]) -> dict[str, dict[int, float]]:
        observed = places_in_files(files(self.folder), casts)
        with closing(sqlite3.connect(self.folder / "box.sqlite3")) as database:
            database.row_factory = sqlite3.Row
            names = [
                row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            ]
            for name in names:
                rows = [dict(row) for row in database.execute(f"SELECT * FROM {name}")]
                observed |= numbers_in_rows(rows, name, casts)
        return observed

    def stop(self) -> None:
        pass


class OnPostgreSQL:
    """A server of its own, set up as docs and deploy/ say: no recycled log segments, no archive."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.cluster = folder, Cluster()
        self.cluster.execute("ALTER SYSTEM SET wal_recycle = off")
        self.cluster.execute("SELECT pg_reload_conf()")
        self.cluster.execute("CREATE DATABASE box")
        self.url = self.cluster.url("box")

    def execute(self, *statements: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as database:
            for statement in statements:
                database.execute(statement)

    def observe(self, casts: list[Cast]) -> dict[str, dict[int, float]]:
        self.execute("CHECKPOINT")
        data = self.cluster.folder / "data"
        with psycopg.connect(self.url) as database:
            [(number,)] = database.execute("SELECT oid FROM pg_database WHERE datname = 'box'").fetchall()
        folders = (self.folder, data / "base" / str(number), data / "pg_wal")
        observed = places_in_files(files(*folders), casts)
        with psycopg.connect(self.url, row_factory=psycopg.rows.dict_row) as database:
            names = database.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
            for name in [row["tablename"] for row in names]:
                rows = database.execute(
                    f"""SELECT *, xmin::text::bigint AS xmin_, (ctid::text::point)[0] * 1000 + (ctid::text::point)[1]
                    AS ctid_ FROM {name}"""
                ).fetchall()
                observed |= numbers_in_rows(rows, name, casts)
        return observed

    def stop(self) -> None:
        self.cluster.stop()


@pytest.fixture(params=[OnSQLite, OnPostgreSQL])
def place(request, tmp_path):
    made = request.param(tmp_path)
    yield made
    made.stop()


def vote(place, *, meanwhile=lambda: None) -> tuple[Desk, list[Cast]]:
    """400 voters, one after the other, in groups as they come under load; the log is not yet published."""
    make_keys(place.folder)
    desk = Desk(
        Config.of(
            {
                "DATA_DIR": str(place.folder),
                "BOX_ORIGIN": "http://box.example",
                "BALLOT_DATABASE_URL": place.url,
            }
        )
    )
    poll = make_poll("season", "box.example", calendar=Calendar(1, 1, 0), strata=("residents",))
    control.create_poll(desk, poll.creation())
    control.open_casting(desk, "season", {"paper": "*"})
    casts = [read_cast(voter.request()) for voter in poll.voters(COUNT)]
    for start in range(0, COUNT, GROUP):
        if start == COUNT // 2 // GROUP * GROUP:
            meanwhile()
        answers = desk.take([(cast, cell_of(cast, desk.polls)) for cast in casts[start : start + GROUP]])
        assert all(isinstance(answer, bytes) for answer in answers)
    return desk, casts


def test_nothing_follows_the_order_of_casting(place):
    desk, casts = vote(place)
    assert (
        followers(place.observe(casts)) != set()
    )  # until the first batch the order is on the disk, as we say
    desk.settle()  # half of them published, the rest written afresh
    [(waiting,)] = desk.database.rows("SELECT count(*) FROM waiting")
    assert waiting == COUNT // 2
    observed = place.observe(casts)
    assert {len(values) for name, values in observed.items() if name.startswith("waiting")} == {waiting}
    assert followers(observed) == set()
    control.close_poll(desk, "season", {})
    observed = place.observe(casts)
    assert {len(values) for name, values in observed.items() if name.startswith(("settled", "entry"))} == {
        COUNT
    }
    assert followers(observed) == set()
    desk.close()


def back_up(place, name: str) -> Path:
    """A backup as `folkmoot backup` takes it of a box that is running."""
    target = place.folder.parent / f"{place.folder.name} {name}"
    assert copy_box(place.url, place.folder / "box.sqlite3", target)
    return target


def test_backups_taken_in_between_hold_nothing_that_follows_the_order(place):
    backups = []
    desk, casts = vote(place, meanwhile=lambda: backups.append(back_up(place, "while they vote")))
    desk.settle()
    backups.append(back_up(place, "after a batch"))
    control.close_poll(desk, "season", {})
    backups.append(back_up(place, "after the close"))
    observed = [places_in_files([backup], casts) for backup in backups]
    found = [len({place for values in each.values() for place in values}) for each in observed]
    assert found[0] == 0  # nobody who waits is in a backup
    assert (20 < found[1] < 180, found[2]) == (True, COUNT // SAMPLED)  # half of them are in the log, by hash
    assert [followers(each) for each in observed] == [set(), set(), set()]
    desk.close()


@pytest.mark.parametrize("place", [OnSQLite], indirect=True)
def test_a_planted_order_is_found_in_a_backup(place):
    desk, casts = vote(place)
    backup = back_up(place, "of another program")
    backup.write_text("".join(f"{number} {b64u(cast.pk)}\n" for number, cast in enumerate(casts)))
    assert followers(places_in_files([backup], casts)) == {
        f"{backup.name}: first pk as text",
        f"{backup.name}: last pk as text",
    }
    desk.close()


@pytest.mark.parametrize("when", ["settled", "closed"])
def test_a_planted_serial_is_found(place, when):
    desk, casts = vote(place)
    if when == "closed":
        control.close_poll(desk, "season", {})
    else:
        desk.settle()
    table = "settled" if when == "closed" else "waiting"
    desk.database.run(f"ALTER TABLE {table} ADD COLUMN serial BIGINT NOT NULL DEFAULT 0")
    for number, cast in enumerate(casts):
        desk.database.run(f"UPDATE {table} SET serial = ? WHERE c = ?", 5_000 + number, cast.c)
    assert f"{table}.serial" in followers(place.observe(casts))
    desk.close()


def test_compaction_by_hand_forgets_the_order_too(place):
    desk, casts = vote(place)
    control.compact(desk, "season", {})
    assert followers(place.observe(casts)) == set()
    desk.close()


def test_rank_correlation_tells_order_from_chance():
    chance = Random(7)
    shuffled = [chance.random() for _ in range(COUNT)]
    blocks = [place // 50 + 0.0 for place in range(COUNT)]
    assert (
        followers({"shuffled": dict(enumerate(shuffled)), "same": dict.fromkeys(range(COUNT), 1.0)}) == set()
    )
    assert followers({"blocks": dict(enumerate(blocks)), "back": {n: -n for n in range(COUNT)}}) == {
        "blocks",
        "back",
    }
