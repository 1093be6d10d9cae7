"""A report from the first form to its number and code: stored once, with its first post, or not at all."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from folkmoot.base.actors import VISITOR
from folkmoot.cases.models import Case, CaseDraft, Category
from folkmoot.cases.services import Report, report_case
from folkmoot.channels.models import Message
from folkmoot.journal.models import Act
from tests.factories.island import Island

Make = Callable[..., Case]


@pytest.fixture
def draft(client: Client, rules: dict[str, Category]) -> str:
    """The address of the third form, after the first two."""
    first = client.post("/report/", {"text": "The lamp by the pier is dark.", "category": "lamp"})
    where = first.headers["Location"]
    second = client.post(where, {"place_text": "by the pier", "area": "U111"})
    return str(second.headers["Location"])


def test_report_case_in_three_steps_gives_number_and_code(client: Client, draft: str, island: Island) -> None:
    done = client.post(draft, {"publicity": "public"}, follow=True)
    case = Case.objects.get()
    assert case.number in done.content.decode()
    code = re.search(r"\b[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}\b", done.content.decode())
    assert code is not None
    assert client.post("/follow/", {"number": case.number, "claim": code[0]}).status_code == 302


def test_report_case_sent_twice_is_stored_once_and_keeps_its_code(client: Client, draft: str) -> None:
    first = client.post(draft, {"publicity": "public"}, follow=True)
    kept = CaseDraft.objects.get().data
    second = client.post(draft, {"publicity": "public"}, follow=True)
    assert second.content == first.content
    assert (Case.objects.count(), CaseDraft.objects.get().data) == (1, kept)


def test_report_case_keeps_nothing_when_its_code_cannot_be_kept(
    client: Client, draft: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else somebody would have a case that she cannot follow."""

    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("folkmoot.cases.services.reporting.keep_draft", fail)
    with pytest.raises(RuntimeError):
        client.post(draft, {"publicity": "public"})
    assert (Case.objects.count(), Act.objects.filter(kind="case.reported").count()) == (0, 0)


def test_report_case_stands_with_its_post_from_the_first_moment(
    island: Island, rules: dict[str, Category]
) -> None:
    report = Report(category=rules["lamp"], area=island["U121"], text="Dark.")
    case = report_case(actor=VISITOR, report=report).case
    stored = Case.objects.get()
    assert (stored.state, stored.version, stored.post, stored.rung) == (
        "assigned", 1, island.secretary, island["V1"],
    )  # fmt: skip
    assert (case.state, case.version, case.due_at) == (stored.state, stored.version, stored.due_at)
    assert list(stored.events.values_list("act", "from_state", "to_state")) == [
        ("report", "received", "received"), ("assign", "received", "assigned"),
    ]  # fmt: skip
    assert [row["why"] for row in stored.events.last().params["skipped"]] == ["vacant", "vacant"]
    assert list(Act.objects.order_by("pk").values_list("kind", "body__state")) == [
        ("case.reported", "received"), ("case.assigned", "assigned"),
    ]  # fmt: skip
    assert list(stored.rungs.values_list("post", "holder", "until")) == [
        (island.secretary.pk, island.bei.pk, None)
    ]
    assert list(Message.objects.values_list("notice", "person")) == [("case.yours", island.bei.pk)]


def test_report_case_waits_where_every_post_is_vacant(island: Island, rules: dict[str, Category]) -> None:
    from folkmoot.people.models import Tenure

    Tenure.objects.all().delete()
    report_case(actor=VISITOR, report=Report(category=rules["lamp"], area=island["U111"], text="Dark."))
    stored = Case.objects.get()
    assert (stored.state, stored.version, stored.post, stored.rung) == ("received", 0, None, island["U111"])
    assert list(stored.events.values_list("act", flat=True)) == ["report"]
    assert stored.rungs.count() == 0


def test_report_case_costs_a_fixed_number_of_questions(client: Client, draft: str, new_case: Make) -> None:
    new_case()  # the rules of the place are read once in half a minute
    with CaptureQueriesContext(connection) as asked:
        assert client.post(draft, {"publicity": "public"}).status_code == 302
    told = [query["sql"] for query in asked.captured_queries]
    # Outside of a test, BEGIN and COMMIT stand in the place of the savepoint.
    assert len([sql for sql in told if not sql.startswith(("SAVEPOINT", "RELEASE"))]) == 11
