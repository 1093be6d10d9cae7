"""Loads the demo place: files by the ordinary import, then a year of matters by the ordinary services.

It runs beside the web server as a process of its own, because it sets the clock. The first page is served at once;
how far the loading is stands in DATA_DIR/demo.json and on the page of every place until it is done.
"""

import csv
import json
import logging
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from folkmoot.areas.services import import_areas, import_file
from folkmoot.base import clock
from folkmoot.base.actors import VISITOR, Actor
from folkmoot.cases.figures import next_quarter, quarter_of, recount
from folkmoot.cases.models import CaseEvent
from folkmoot.demo.life import CASES, DAYS, Life
from folkmoot.people.models import Account, Household, HouseholdMember, Person
from folkmoot.people.phones import hash_of_phone
from folkmoot.people.services import open_account

PLACE = Path(__file__).parent / "place"
LOADER = Actor(ref="demo", is_operator=True)
FIRST_FILES = ("organizations", "posts", "categories", "questions", "terms", "calendar")
LATER_FILES = ("households", "household_links")
FILE_OF = {"questions": "category_questions.csv"}
STAGES = len(FIRST_FILES) + len(LATER_FILES) + 1
RESIDENTS_WITH_ACCOUNT = 60
OPERATOR_PHONE = "+8619900000090"

log = logging.getLogger("folkmoot.demo")


@dataclass(frozen=True)
class Progress:
    """How far the loading is. Units: files first, then days of the year."""

    done: int = 0
    total: int = STAGES + DAYS
    is_over: bool = False


def progress_file() -> Path:
    return Path(settings.DATA_DIR) / "demo.json"


def read_progress() -> Progress:
    """What the loader wrote last; nothing done yet when there is no file."""
    try:
        return Progress(**json.loads(progress_file().read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return Progress()


def is_loading() -> bool:
    """Whether matters of the past are still being lived: the present must not act on them yet."""
    return progress_file().exists() and not read_progress().is_over


def write_progress(progress: Progress) -> None:
    fresh = progress_file().with_suffix(".new")
    fresh.write_text(json.dumps(asdict(progress)), encoding="utf-8")
    fresh.replace(progress_file())


def start(cases: int = CASES, days: int = DAYS) -> None:
    """Loads what is not loaded yet. Called again after a stop, it goes on where the year was left."""
    if not settings.DEMO:
        raise RuntimeError("The demo place is loaded only where FOLKMOOT_DEMO is on.")
    if read_progress().is_over:
        return
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=NORMAL")  # a power cut may cost the last day of the demo
    total = STAGES + days
    write_progress(Progress(total=total))
    done = load_files(total)
    open_accounts()
    live(done, total, cases=cases, days=days)
    write_progress(Progress(total, total, is_over=True))
    log.info("the demo place is loaded")


def load_files(total: int) -> int:
    """The place, its posts and people from files; returns the number of stages done."""
    import_areas(
        actor=LOADER,
        path=PLACE / "areas.csv",
        levels=PLACE / "levels.csv",
        boundaries=PLACE / "boundaries.geojson",
    )
    write_progress(Progress(1, total))
    for done, kind in enumerate(FIRST_FILES + LATER_FILES, 2):
        result = import_file(actor=LOADER, kind=kind, path=PLACE / FILE_OF.get(kind, f"{kind}.csv"))
        if result.faults:
            raise RuntimeError(f"{kind}: {result.faults[0].sentence} (line {result.faults[0].line})")
        write_progress(Progress(done, total))
    return STAGES


def open_accounts() -> None:
    """The cast, the operator and some residents can sign in; Amal lives in unit pb-07-3."""
    represented = Person.objects.filter(represents__isnull=False, tenures=None).exclude(phone_hash=None)
    for person in [*cast(), *represented[:RESIDENTS_WITH_ACCOUNT]]:
        open_account(actor=VISITOR, phone=person.phone)
    operator = open_account(actor=VISITOR, phone=OPERATOR_PHONE)
    Person.objects.filter(pk=operator.person_id).update(name="Operator", name_zh="系统管理员")
    Account.objects.filter(pk=operator.pk).update(is_operator=True)


def cast() -> list[Person]:
    """The people of cast.csv as rows; Amal and Dou hold no post, so that no other file brings them."""
    people = []
    with (PLACE / "cast.csv").open(encoding="utf-8", newline="") as file, transaction.atomic():
        for row in csv.DictReader(file):
            person, _is_new = Person.objects.get_or_create(
                phone_hash=hash_of_phone(row["phone"]),
                defaults={"phone": row["phone"], "name": row["name"], "name_zh": row["name_zh"]},
            )
            people.append(person)
            if row["role"] == "resident":
                home = Household.objects.filter(area__code=row["area"]).order_by("code").first()
                HouseholdMember.objects.get_or_create(
                    person=person, defaults={"household": home, "is_confirmed": True}
                )
    return people


def live(done: int, total: int, *, cases: int, days: int) -> None:
    """The year up to yesterday, and its figures."""
    yesterday = clock.today() - timedelta(days=1)
    last = CaseEvent.objects.order_by("-at").values_list("at", flat=True).first()
    if last is not None:  # stopped in mid-year: the rest is lived from there
        lived = days - (clock.now() - last).days
        cases, days = cases * (days - lived) // days, max(days - lived, 0)
    if days <= 0:
        return
    for over in Life(last_day=yesterday, cases=cases, days=days).live():
        write_progress(Progress(done + total - STAGES - days + over - 1, total))
    quarter = quarter_of(yesterday - timedelta(days=days))
    while quarter <= quarter_of(clock.today()):
        recount(quarter)
        quarter = next_quarter(quarter)
