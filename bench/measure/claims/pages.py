"""Pages per second, their slowest twentieth, and their queries."""

from argparse import Namespace
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from folkmoot.areas.models import Area
from folkmoot.cases.queries import shown_cases
from folkmoot.people.models import Post, Role
from measure.command import tell
from measure.demo import account_of, load_place
from measure.figures import Figure
from measure.floors import bare_server
from measure.load import Tally, closed, get, steady
from measure.server import folkmoot
from measure.visits import Page, profile, session_cookie, statements_of


@dataclass(frozen=True)
class Kind:
    """Pages of one kind: `one` is asked for again and again, `many` one after the other."""

    name: str
    one: Page
    many: list[Page]
    targets: dict[str, float] = field(default_factory=dict)


PUBLIC = {"rate": 400, "p95": 80, "steady": 40, "queries": 12}
STAFF = {"p95": 200, "queries": 25}
STEADY_RATE = 150


def run(options: Namespace) -> Iterator[Figure]:
    cases = (20_000 if options.quick else 100_000) if options.staff else 2_000
    tell(f"loading the demo place with {cases:,} cases")
    load_place(cases=cases)
    kinds = staff_pages() if options.staff else public_pages()
    if options.profile:
        for kind in kinds:
            print(f"== {kind.name}\n{profile([fresh(page) for page in kind.many * 10][:200])}")
        return
    statements_of(fresh(kinds[0].one))  # the rules, which are read twice a minute at most, are at hand
    counts = {kind.name: max(len(statements_of(fresh(page))) for page in kind.many[:20]) for kind in kinds}
    connections, seconds = 8 if options.staff else 16, 2.0 if options.quick else 8.0
    with bare_server() as bare:
        floor = closed(bare.port, [get("/", bare.port)], connections=connections, seconds=seconds)
    with folkmoot() as server:
        for kind in kinds:
            yield from measured(kind, server.port, floor, connections, seconds, is_public=not options.staff)
            yield Figure(f"pages.{kind.name}.queries", counts[kind.name], "queries", kind.targets["queries"])


def measured(
    kind: Kind, port: int, floor: Tally, connections: int, seconds: float, *, is_public: bool
) -> Iterator[Figure]:
    one = [get(kind.one.path, port, kind.one.cookies)]
    closed(port, one, connections=connections, seconds=1)  # every thread has its connection to the database
    full = sound(closed(port, one, connections=connections, seconds=seconds), kind)
    name, targets = f"pages.{kind.name}", kind.targets
    yield Figure(f"{name}.rate", full.per_second, "1/s", targets.get("rate"), "least", floor.per_second)
    yield Figure(f"{name}.p95", full.percentile_ms(95), "ms", targets["p95"], "most", floor.percentile_ms(95))
    if is_public:
        calm = sound(steady(port, one, rate=STEADY_RATE, seconds=seconds), kind)
        yield Figure(f"{name}.steady", calm.percentile_ms(95), "ms p95 at 150/s", targets["steady"])
    many = [get(fresh(page).path, port, page.cookies) for _ in range(10) for page in kind.many]
    spread = sound(closed(port, many, connections=connections, seconds=seconds), kind)
    yield Figure(f"{name}.spread", spread.per_second, "1/s", None, "least", floor.per_second)


numbers = count()


def fresh(page: Page) -> Page:
    """The same page under an address that nobody has asked for before."""
    joint = "&" if "?" in page.path else "?"
    return Page(f"{page.path}{joint}fresh={next(numbers)}", page.cookies)


def sound(tally: Tally, kind: Kind) -> Tally:
    """Raises SystemExit when an answer was not the page: its speed would mean nothing."""
    if tally.unexpected or not tally.latencies:
        raise SystemExit(
            f"{kind.name}: {tally.unexpected} of {len(tally.latencies)} answers were not the page"
        )
    return tally


def public_pages() -> list[Kind]:
    places = [
        f"/places/{code}/" for code in Area.objects.order_by("path").values_list("code", flat=True)[:400]
    ]
    lists = [
        f"/cases/of/{code}/" for code in Area.objects.order_by("path").values_list("code", flat=True)[:400]
    ]
    cases = [
        f"/cases/{number}/" for number in shown_cases().order_by("-pk").values_list("number", flat=True)[:400]
    ]
    return [
        Kind("place", Page("/"), [Page(path) for path in places], PUBLIC),
        Kind("case_list", Page("/cases/"), [Page(path) for path in lists], PUBLIC),
        Kind("case", Page(cases[0]), [Page(path) for path in cases], PUBLIC),
    ]


def staff_pages() -> list[Kind]:
    """The officer of the township, the secretary of a village, and the overseer of the whole."""
    officer = Post.objects.filter(role=Role.TOWNSHIP_OFFICER, vacant_since=None).order_by("pk")[0]
    secretary = Post.objects.filter(role=Role.VILLAGE_SECRETARY, vacant_since=None).order_by("pk")[0]
    overseer = Post.objects.filter(role=Role.OVERSEER).earliest("pk")
    doors = [session_cookie(account_of(post), post) for post in (officer, secretary, overseer)]
    village = secretary.area.code
    filters = ("", "?state=in_hand", "?late=on", "?level=50", "?category=street_lamp", f"?area={village}")
    lists = [Page(f"/cases/staff/{query}", door) for door in doors for query in filters]
    return [
        Kind("my_work", Page("/my/work/", doors[0]), [Page("/my/work/", door) for door in doors], STAFF),
        Kind("staff_list", lists[0], lists, STAFF | {"rate": 70}),
    ]
