"""Ballots a second, papers a second, and promises under SIGKILL."""

import importlib
import os
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from measure import ROOT
from measure.command import tell, wake_django
from measure.figures import Figure
from measure.kills import killed
from measure.voting import bare_checks_per_second, bodies, http, new_poll, send
from tests.ballots.box.running import RunningBox, running_box

RATE = {"sqlite": 6_000, "postgresql": 10_000}
SHARE = {"sqlite": 0.5, "postgresql": 0.4}
WORKERS = {"sqlite": 1, "postgresql": 2}
P99_MS = 100
SLOW_DISK_RATE = 5_000


def run(options: Namespace) -> Iterator[Figure]:
    if options.issue:
        yield from papers_issued(voters=100 if options.quick else 1_000)
        return
    kind = "postgresql" if options.postgres else "sqlite"
    slow = [ROOT / "bench" / "measure" / "slowdisk"] if options.slow_disk else []
    with running_box(Path(os.environ["DATA_DIR"]), os.environ.get("DATABASE_URL", ""), *slow) as box:
        if options.kills:
            yield from promises_kept(box, kills=6 if options.quick else 24)
        elif options.slow_disk:
            accepted = next(rate(box, kind, seconds=2 if options.quick else 8, most=8_000))
            yield replace(accepted, claim="ballots.slow_disk", target=SLOW_DISK_RATE)
        else:
            most = 8_000 if kind == "sqlite" else 12_000  # a second, more than the target
            yield from rate(box, kind, seconds=2 if options.quick else 8, most=most)


def papers_issued(*, voters: int) -> Iterator[Figure]:
    wake_django()
    yield from importlib.import_module("measure.issuing").issued(voters=voters)


def rate(box: RunningBox, kind: str, *, seconds: int, most: int) -> Iterator[Figure]:
    poll = new_poll(box, "season")
    tell(f"making {most * seconds:,} ballots")
    requests = [http(box, body) for body in bodies(poll, most * seconds)]
    tell(f"load before: {os.getloadavg()[0]:.1f}")
    floor = bare_checks_per_second(WORKERS[kind])
    sent = send(box, requests, seconds)
    accepted = sum(
        number
        for strata in box.act("POST", f"/{poll.name}/close", {}).values()
        for channels in strata.values()
        for number in channels.values()
    )
    if sent.refused or sent.broken:
        raise SystemExit(f"{accepted} accepted, but {sent.refused} refused and {sent.broken} broken")
    per_second = accepted / sent.seconds
    yield Figure("ballots.rate", per_second, "1/s", RATE[kind], "least", floor)
    yield Figure("ballots.share", per_second, "1/s", SHARE[kind], "least", floor, of="ratio")
    yield Figure("ballots.p50", sent.p50, "ms", None)
    yield Figure("ballots.p99", sent.p99, "ms", P99_MS)


def promises_kept(box: RunningBox, *, kills: int) -> Iterator[Figure]:
    """Raises an alarm when a promise is broken or a credential counts twice."""
    poll = new_poll(box, "kills")
    tell(f"making {1_200 * kills:,} ballots, then {kills} kills")
    found = killed(box, poll, [http(box, body) for body in bodies(poll, 1_200 * kills)], kills)
    yield Figure("kills.promises", found.promises, "promises", None)
    yield Figure("kills.kept", found.kept, "promises", found.promises, "least")
    yield Figure("kills.doubles", found.doubles, "credentials", 0)
    if found.kept != found.promises or found.doubles:
        raise SystemExit(f"{found.promises} promises, {found.kept} kept, {found.doubles} credentials twice")
