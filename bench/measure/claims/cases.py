"""Reports per second at every door, and their statements."""

import asyncio
from argparse import Namespace
from collections.abc import Callable, Iterator
from random import Random

from folkmoot.areas.models import Area
from folkmoot.base.actors import Actor
from folkmoot.cases.models import Case, Category, Publicity
from folkmoot.cases.services import issue_api_key
from folkmoot.people.models import Post, Role
from measure import reporters
from measure.command import tell
from measure.demo import account_of, load_place
from measure.figures import Figure
from measure.floors import durable_inserts_per_second
from measure.load import Tally
from measure.reporters import Place, Reporter
from measure.server import folkmoot
from measure.visits import profile, session_cookie, statements_of

CONNECTIONS = 16
RATE, QUERIES = 200, 20


def run(options: Namespace) -> Iterator[Figure]:
    load_place(cases=2_000)
    place = place_of_reporters()
    clerk = Post.objects.filter(role=Role.VILLAGE_SECRETARY, vacant_since=None).order_by("pk")[0]
    cookies = session_cookie(account_of(clerk), clerk)
    _key, app = issue_api_key(actor=Actor(ref="bench", is_operator=True), name=f"bench {Random().random()}")
    with folkmoot() as server:
        port = server.port
        if options.profile:
            show_profile(port, place, cookies, app)
            return
        floor = durable_inserts_per_second()
        total, seconds = (320, 3.0) if options.quick else (2_400, 8.0)
        tell(f"filling in the first two forms {total:,} times")
        waiting = reporters.drafts(port, place, connections=CONNECTIONS, total=total)
        rates = {
            "form": counted(lambda: reporters.send_all(waiting)),
            "desk": counted(
                lambda: reporters.at_desk(port, place, cookies, connections=CONNECTIONS, seconds=seconds)
            ),
            "open311": counted(
                lambda: reporters.by_app(port, place, app, connections=CONNECTIONS, seconds=seconds)
            ),
        }
        for door, tally in rates.items():
            yield Figure(f"cases.{door}.rate", tally.per_second, "1/s", RATE, "least", floor)
            yield Figure(f"cases.{door}.p95", tally.percentile_ms(95), "ms", None)
        steps = counted(
            lambda: reporters.whole_reports(port, place, connections=CONNECTIONS, seconds=seconds)
        )
        yield Figure("cases.form.steps", steps.per_second, "1/s", None, "least", floor)
        for door, request in samples(port, place, cookies, app).items():
            statements_of(request())  # what is read once in a while is at hand
            yield Figure(f"cases.{door}.queries", len(statements_of(request())), "queries", QUERIES)


def place_of_reporters() -> Place:
    """Units, and kinds of matters that ask nothing further."""
    kinds = Category.objects.filter(parent__isnull=False, is_active=True, questions=None)
    kinds = kinds.exclude(default_publicity=Publicity.PRIVATE)
    areas = Area.objects.filter(below={}, valid_to=None)
    return Place(
        list(areas.order_by("code").values_list("code", flat=True)),
        list(kinds.order_by("code").values_list("code", flat=True)),
        Random(2026),
    )


def counted(load: Callable[[], Tally]) -> Tally:
    """Runs a load. Raises SystemExit unless every answer was right and made exactly one case."""
    before = Case.objects.count()
    tally = load()
    made = Case.objects.count() - before
    if tally.unexpected or made != len(tally.latencies):
        raise SystemExit(f"{len(tally.latencies)} reports, {tally.unexpected} wrong answers, {made} cases")
    return tally


def samples(port: int, place: Place, cookies: str, app: str) -> dict[str, Callable[[], bytes]]:
    """One request of each door, anew each time."""
    [form] = reporters.drafts(port, place, connections=1, total=400)
    desk = Reporter(port, place, cookies)
    asyncio.run(desk.enter("/desk/"))

    def at_desk() -> bytes:
        area, key = place.chance.choice(place.areas), f"{place.chance.getrandbits(64):x}"
        return desk.filled("/desk/", channel="counter", place=area, sent_key=key, **place.form())

    return {
        "form": lambda: form.filled(form.drafts.popleft(), publicity="public"),
        "desk": at_desk,
        "open311": lambda: reporters.open311_request(port, place, app),
    }


def show_profile(port: int, place: Place, cookies: str, app: str) -> None:
    for door, request in samples(port, place, cookies, app).items():
        requests = [request() for _ in range(200)]
        print(f"== {door}\n{profile(requests)}")
