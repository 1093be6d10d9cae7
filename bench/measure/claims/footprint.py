"""Memory at rest, and the time to the first page."""

import time
from argparse import Namespace
from collections.abc import Iterator

from folkmoot.areas.models import Area
from folkmoot.cases.queries import shown_cases
from folkmoot.people.models import Post, Role
from measure.demo import account_of, load_place
from measure.figures import Figure
from measure.floors import bare_server
from measure.load import closed, get
from measure.server import folkmoot, memory_mb
from measure.visits import session_cookie

MEMORY_MB, FIRST_PAGE_SECONDS = 450, 2
CALM_SECONDS = 3.0  # the worker has made its first rounds by then


def run(options: Namespace) -> Iterator[Figure]:
    load_place(cases=2_000)
    with bare_server() as bare:
        floor_mb, floor_seconds = sum(memory_mb(bare.process.pid).values()), bare.first_page_seconds
    with folkmoot() as server:
        yield Figure(
            "footprint.first_page", server.first_page_seconds, "s", FIRST_PAGE_SECONDS, floor=floor_seconds
        )
        closed(server.port, requests(server.port), connections=8, seconds=3 if options.quick else 10)
        time.sleep(CALM_SECONDS)
        weighed = memory_mb(server.process.pid)
    yield Figure("footprint.memory.total", sum(weighed.values()), "MB", MEMORY_MB, floor=floor_mb)
    for name, megabytes in weighed.items():
        yield Figure(f"footprint.memory.{name}", megabytes, "MB", None)


def requests(port: int) -> list[bytes]:
    """Pages of every kind, signed out and in."""
    officer = Post.objects.filter(role=Role.TOWNSHIP_OFFICER, vacant_since=None).order_by("pk")[0]
    door = session_cookie(account_of(officer), officer)
    codes = Area.objects.order_by("path").values_list("code", flat=True)[:50]
    numbers = shown_cases().order_by("-pk").values_list("number", flat=True)[:50]
    public = ["/", "/cases/", "/cases/figures/", "/chiefs/", "/report/"]
    public += [f"/places/{code}/" for code in codes] + [f"/cases/{number}/" for number in numbers]
    staff = ["/my/work/", "/cases/staff/", "/messages/", *(f"/cases/{number}/" for number in numbers)]
    return [*(get(path, port) for path in public), *(get(path, port, door) for path in staff)]
