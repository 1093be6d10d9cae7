"""The one thread of a worker that touches the database, and what it does there.

Everything the box writes goes through here, one act after the other: a group of ballots, an act of the registrar,
a batch. On PostgreSQL the workers of a box take turns, so that what is said here of a thread holds for all.
"""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from folkmoot_kernel.merkle import leaf_hash
from folkmoot_kernel.promises import kept_promises, sign_promises

from folkmoot.ballots.box.config import Config
from folkmoot.ballots.box.polls import Cell, Poll, Polls
from folkmoot.ballots.box.problems import Problem
from folkmoot.ballots.box.publication import Publication
from folkmoot.ballots.box.reading import Cast
from folkmoot.ballots.box.store import CannotStore, Database, open_database
from folkmoot.ballots.box.store import ballots as ballot_rows
from folkmoot.ballots.box.store import polls as poll_rows

Clock = Callable[[], float]
Answer = bytes | str  # a promise, or the key of a problem
UNKNOWN = -1
SILENT_SECONDS = 60.0

logger = logging.getLogger("folkmoot.box")


class Desk:
    """Shapes: `polls` is replaced as a whole, so that the thread which reads requests sees one state or the next."""

    def __init__(self, config: Config, clock: Clock = time.time) -> None:
        self.config, self._clock = config, clock
        self.database: Database = open_database(config)
        self._silent_until = 0.0
        self._has_taken = True  # what was taken before we came may be due
        with self.database.writing():
            self.polls: Polls = poll_rows.load(self.database, config.key_of)
        for poll in self.polls.by_name.values():
            self.publication(poll).publish(self.database)

    @property
    def now(self) -> int:
        """Units: whole seconds since 1970."""
        return int(self._clock())

    def publication(self, poll: Poll) -> Publication:
        return Publication(poll, self.config.logs / poll.name, f"{self.config.origin}/{poll.name}")

    @contextmanager
    def writing(self) -> Iterator[Polls]:
        """A transaction that sees the polls as they are. What it changes of them is seen after `refresh`."""
        try:
            with self.database.writing():
                self._read_polls()
                yield self.polls
        except BaseException as error:
            self.polls = replace(self.polls, version=UNKNOWN)  # it may hold what was not kept
            if isinstance(error, CannotStore):
                self._tell(error)
            raise

    def _tell(self, error: CannotStore) -> None:
        """A line for the operator, of the database and of no request, once in a while."""
        if time.monotonic() >= self._silent_until:
            self._silent_until = time.monotonic() + SILENT_SECONDS
            logger.error("the box cannot store ballots: %s", str(error).partition("\n")[0])

    def refresh(self) -> None:
        """See what other workers have changed."""
        if poll_rows.version(self.database) != self.polls.version:
            with self.database.writing():  # all of one moment
                self._read_polls()

    def _read_polls(self) -> None:
        if poll_rows.version(self.database) != self.polls.version:
            self.polls = poll_rows.load(self.database, self.config.key_of)

    def poll(self, name: str) -> Poll:
        """A poll as it is now. Raises Problem: not-found."""
        self.refresh()
        if name not in self.polls.by_name:
            raise Problem("not-found")
        return self.polls.by_name[name]

    def take(self, casts: Sequence[tuple[Cast, Cell]]) -> list[Answer]:
        """Commit a group of ballots; only what is returned after the commit is a promise. Raises CannotStore."""
        now = self.now
        with self.writing() as polls:
            verdicts = ballot_rows.take(self.database, polls, casts, now)
        self._has_taken = True
        groups: dict[str, list[bytes]] = {}
        for (cast, cell), verdict in zip(casts, verdicts, strict=True):
            if verdict == ballot_rows.ACCEPTED:
                groups.setdefault(polls.by_cell[cell.number][0].name, []).append(cast.hash)
        promises: dict[bytes, Answer] = {}
        for name, hashes in groups.items():
            poll = polls.by_name[name]
            note, ordered = sign_promises(set(hashes), key=poll.key, deadline=poll.deadline(now))
            promises |= zip(ordered, kept_promises(note, ordered), strict=True)
        return [verdict or promises[cast.hash] for (cast, _), verdict in zip(casts, verdicts, strict=True)]

    def settle(self) -> None:
        """Append the batches that are due, let the database forget, and publish."""
        if not self._has_taken:
            return
        with self.writing() as polls:
            grown = [poll for poll in polls.by_name.values() if ballot_rows.settle(self.database, poll)]
        self._has_taken = False
        if grown:
            self.database.forget()
        for poll in grown:
            self.publication(poll).publish(self.database)

    def shut(self, name: str) -> None:
        """Close a poll: from now on no ballot, and what waits is the last batch."""
        with self.writing() as polls:
            if not polls.by_name[name].is_closed:
                poll_rows.set_poll(self.database, name, "is_closed")
                self._read_polls()
            ballot_rows.settle(self.database, self.polls.by_name[name])
        self.database.forget()

    def append(self, poll: Poll, leaves: Sequence[bytes]) -> None:
        """Put the registrar's leaves at the end of the log. Effects: to be called in a transaction."""
        ballot_rows.append(self.database, poll.name, [(leaf_hash(leaf), leaf) for leaf in leaves])

    def close(self) -> None:
        self.database.close()
