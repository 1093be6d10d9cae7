"""What is listed is what may be seen: for every actor, on every case."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from folkmoot.base.actors import VISITOR, Actor
from folkmoot.base.errors import NotFound
from folkmoot.base.permissions import allowed
from folkmoot.cases import queries, services
from folkmoot.cases.models import Case
from folkmoot.cases.queries import Degree
from tests.factories.island import Island

Make, Acting = Callable[..., Case], Callable[..., Actor]

ACTORS = [
    ("amal", None), ("dou", None), ("hua", "unit_chief"), ("mei", "next_unit_chief"), ("guo", "grid_chief"),
    ("bei", "secretary"), ("oya", "other_secretary"), ("chen", "officer"), ("lin", "second_officer"),
    ("kai", "overseer"), ("jin", "water_head"), ("operator", None),
]  # fmt: skip


def everybody(acting: Acting) -> list[Actor]:
    return [VISITOR, *(acting(name, post) for name, post in ACTORS)]


steps = st.lists(
    st.tuples(
        st.sampled_from(["lamp", "drain", "noise", "land"]),
        st.sampled_from(["U111", "U112", "U121", "U211"]),
        st.sampled_from(["amal", "dou", None]),
        st.sampled_from([None, "unit_chief", "grid_chief", "secretary", "officer", "water_head"]),
        st.lists(st.sampled_from(["sign", "call", "escalate", "summary", "decline", "climb"]), max_size=4),
    ),
    min_size=1,
    max_size=4,
)


@contextmanager
def lived(island: Island, new_case: Make, acting: Acting, stories: list[tuple]) -> Iterator[None]:
    """Cases to which all this has happened, until the block ends."""
    with transaction.atomic():
        point = transaction.savepoint()
        for kind, code, reporter, about, moves in stories:
            case = new_case(kind, code, reporter, about_post=island.posts[about] if about else None)
            for move in moves:
                _live(island, acting, case, move)
        yield
        transaction.savepoint_rollback(point)


@given(steps)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_visible_cases_equals_the_view_rule(
    island: Island, new_case: Make, acting: Acting, stories: list[tuple]
) -> None:
    with lived(island, new_case, acting, stories):
        for actor in everybody(acting):
            cases = list(Case.objects.all())
            assert set(queries.visible_cases(actor)) == {
                c for c in cases if allowed(actor, "cases.view_case", c)
            }
            assert set(queries.readable_cases(actor)) == {
                c for c in cases if allowed(actor, "cases.read_case", c)
            }


def _live(island: Island, acting: Acting, case: Case, move: str) -> None:
    """One step in the life of a case by whoever holds it; a move that the table forbids is none."""
    from folkmoot.base.actors import CLOCK
    from folkmoot.base.errors import FolkmootError
    from folkmoot.people.actors import actor_for_post

    case.refresh_from_db()
    if case.post is None:
        return
    holder = actor_for_post(case.post)
    acts = {
        "sign": lambda: services.sign_for_case(actor=holder, case=case),
        "call": lambda: services.call_in_case(
            actor=holder, case=case, organization=island.water, request="Come.", days=1
        ),
        "escalate": lambda: services.escalate_case(actor=holder, case=case, reason="up"),
        "summary": lambda: services.summarise_case(actor=holder, case=case, summary="A drain."),
        "decline": lambda: services.decline_case(actor=holder, case=case, reason="no"),
        "climb": lambda: services.climb_case(actor=CLOCK, case=case, why="sign"),
    }
    try:
        acts[move]()
    except FolkmootError:
        return
    if move == "summary" and case.reporter is not None:
        services.approve_summary(actor=Actor(person_id=case.reporter_id), case=case)


def test_degree_of_a_private_case_below_is_the_outline(new_case: Make, acting: Acting) -> None:
    case = new_case("noise")
    seen = {name: queries.degree(acting(name, post), case) for name, post in ACTORS}
    assert seen == {
        "amal": Degree.FULL, "hua": Degree.FULL, "guo": Degree.OUTLINE, "bei": Degree.OUTLINE,
        "chen": Degree.OUTLINE, "lin": Degree.OUTLINE, "kai": Degree.OUTLINE,
        "dou": None, "mei": None, "oya": None, "jin": None, "operator": None,
    }  # fmt: skip


def test_get_case_hides_a_private_case_from_a_stranger(new_case: Make) -> None:
    case = new_case("noise")
    with pytest.raises(NotFound):
        queries.get_case(VISITOR, case.number)


def test_get_case_shows_a_summary_only_once_the_reporter_approves(new_case: Make, acting: Acting) -> None:
    case = new_case("drain")
    with pytest.raises(NotFound):
        queries.get_case(VISITOR, case.number)
    services.summarise_case(actor=acting("hua", "unit_chief"), case=case, summary="A blocked drain.")
    with pytest.raises(NotFound):
        queries.get_case(VISITOR, case.number)
    services.approve_summary(actor=acting("amal"), case=case)
    assert queries.degree(VISITOR, queries.get_case(VISITOR, case.number)) == Degree.SUMMARY


def test_similar_cases_finds_the_same_matter_in_both_languages(
    rules: dict, island: Island, new_case: Make
) -> None:
    lamp = new_case(text="The lamp at the fish market is dark every night.", reporter="dou")
    new_case(text="A hole in the harbour road.", reporter="dou")
    han = new_case(text="鱼市口的路灯每天晚上都不亮。", reporter="dou")
    found = queries.similar_cases(
        category_id=rules["lamp"].pk, area=island["U112"], text="dark lamp near fish market"
    )
    assert found == [lamp]
    found = queries.similar_cases(
        category_id=rules["lamp"].pk, area=island["U112"], text="鱼市口路灯坏了，晚上不亮"
    )
    assert found == [han]
