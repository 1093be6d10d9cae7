"""`python -m folkmoot.ballots.box`: granian with the box, on BOX_ADDRESS and BOX_PORT, until it is told to stop."""

import os

from granian import Granian
from granian.constants import HTTPModes, Interfaces, Loops
from granian.log import LogLevels

ONE_WRITER, BOTH_CORES = 1, 2


def main() -> None:
    """Effects: serves. SQLite has one writing connection, so one worker; PostgreSQL has two."""
    Granian(
        "folkmoot.ballots.box.worker:box",
        address=os.environ.get("BOX_ADDRESS", "127.0.0.1"),
        port=int(os.environ["BOX_PORT"]),
        interface=Interfaces.RSGI,
        workers=BOTH_CORES if os.environ.get("BALLOT_DATABASE_URL") else ONE_WRITER,
        http=HTTPModes.http1,
        loop=Loops.asyncio,
        websockets=False,
        backlog=4096,
        log_level=LogLevels.error,  # it warns when it kills a worker at the end, which loses nothing here
        log_access=False,
        respawn_failed_workers=True,
        workers_kill_timeout=2,
    ).serve()


if __name__ == "__main__":
    main()
