"""Inside one of the two places: its pages and its worker's jobs, and how long they take."""

import os
import statistics
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

from folkmoot.areas.models import Area
from folkmoot.base.registries import due_work
from folkmoot.cases.queries import shown_cases
from folkmoot.people.models import Post
from measure.demo import account_of
from measure.matters import Writer
from measure.tree import plant
from measure.visits import Page, session_cookie, statements_of, visit

VISITS = 5
numbers = count()


def answers(townships: int, cases: int) -> Callable[[str], Any]:
    """Plants the place; gives what answers `pages` with the queries of each, and any other word with its time."""
    if not Area.objects.exists():
        plant(Path(os.environ["DATA_DIR"]), townships)
        Writer().write(cases)
    found = pages()
    tasks = {f"page.{name}": visits_of(page) for name, page in found.items()}
    tasks |= {f"round.{name}": job for name, job in due_work}
    for task in tasks.values():
        task()

    def answer(word: str) -> Any:
        if word == "pages":
            return {name: len(statements_of(page)) for name, page in found.items()}
        return list(tasks) if word == "tasks" else milliseconds(tasks[word])

    return answer


def milliseconds(task: Callable[[], Any]) -> float:
    times = []
    for _ in range(VISITS):
        begun = time.perf_counter()
        task()
        times.append(time.perf_counter() - begun)
    return 1000 * statistics.median(times)


def visits_of(page: Page) -> Callable[[], Any]:
    """The page under an address that nobody has asked for before."""
    joint = "&" if "?" in page.path else "?"
    return lambda: visit(Page(f"{page.path}{joint}fresh={next(numbers)}", page.cookies))


def pages() -> dict[str, Page]:
    """The same pages of both places: of the whole, of the first township, and of the smallest."""
    unit = Area.objects.filter(level__code="unit").order_by("pk").values_list("code", flat=True)[0]
    township = Area.objects.get(code="t0")
    number = (
        shown_cases()
        .filter(area_path__under=township.path)
        .order_by("-pk")
        .values_list("number", flat=True)[0]
    )
    return {
        "front": Page("/"),
        "township": Page("/places/t0/"),
        "unit": Page(f"/places/{unit}/"),
        "case": Page(f"/cases/{number}/"),
        "list_of_all": Page("/cases/"),
        "list_of_township": Page("/cases/of/t0/"),
        "list_of_unit": Page(f"/cases/of/{unit}/"),
        "figures": Page("/cases/figures/"),
        "chief_by_name": Page("/chiefs/?q=Pier+Lane+3"),
        "open311": Page("/open311/v2/requests.json?page_size=25"),
        **_staff_pages("officer", "t0"),
        **_staff_pages("overseer", "p"),
    }


def _staff_pages(name: str, code: str) -> dict[str, Page]:
    post = Post.objects.get(area__code=code, organization=None)
    door = session_cookie(account_of(post), post)
    return {
        f"work_of_{name}": Page("/my/work/", door),
        f"staff_of_{name}": Page("/cases/staff/", door),
        f"late_of_{name}": Page("/cases/staff/?late=on", door),
        f"state_of_{name}": Page("/cases/staff/?state=in_hand", door),
        f"kind_of_{name}": Page("/cases/staff/?category=street_lamp", door),
        f"inbox_of_{name}": Page("/messages/", door),
    }
