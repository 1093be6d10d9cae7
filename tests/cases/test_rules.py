"""Who may do what: every permission on a case, for the whole cast, in four situations. Frozen rows, every cell said."""

from collections.abc import Callable

import pytest

from folkmoot.base.actors import CLOCK, VISITOR, Actor
from folkmoot.base.permissions import allowed, permission_names
from folkmoot.cases import services
from folkmoot.cases.models import Case
from tests.factories.island import Island

CAST = {
    "amal": None, "dou": None, "hua": "unit_chief", "mei": "next_unit_chief", "guo": "grid_chief",
    "bei": "secretary", "oya": "other_secretary", "chen": "officer", "lin": "second_officer", "kai": "overseer",
    "jin": "water_head", "operator": None,
}  # fmt: skip
REPORTER = {"amal"}
HANDLING = {
    "cases.sign_for_case", "cases.contact_case", "cases.escalate_case", "cases.hand_over_case", "cases.refer_case",
    "cases.pause_case", "cases.answer_case", "cases.decline_case", "cases.call_in_case", "cases.summarise_case",
    "cases.read_contact", "cases.propose_join",
}  # fmt: skip
REPORTERS = {
    "cases.close_case", "cases.reopen_case", "cases.withdraw_case", "cases.appeal_case", "cases.join_case",
    "cases.approve_summary",
}  # fmt: skip
# Permissions that look at the actor alone, or at something else than a case.
WITHOUT_CASE = {
    "cases.report_case": {"everybody"}, "cases.view_cases": {"everybody"}, "cases.claim_case": {"everybody"},
    "cases.view_figures": {"everybody"}, "cases.assign_case": {"everybody"},
    "cases.enter_case": {"hua", "mei", "guo", "bei", "oya", "chen", "lin", "kai"},
    "cases.list_cases": {"hua", "mei", "guo", "bei", "oya", "chen", "lin", "kai", "jin"},
    "cases.export_cases": {"hua", "mei", "guo", "bei", "oya", "chen", "lin", "kai", "jin"},
    "cases.climb_case": {"clock"}, "cases.close_silent_case": {"clock"},
    "cases.resettle_case": {"hua", "mei", "guo", "bei", "oya", "chen", "lin", "kai", "jin", "operator", "clock"},
}  # fmt: skip
ON_CALLS = {"cases.answer_call", "cases.rate_call", "cases.mark_absent_call"}
DOORS = {"cases.use_open311", "cases.report_open311", "cases.issue_api_key", "cases.revoke_api_key"}


def everybody(island: Island, acting: Callable[..., Actor]) -> dict[str, Actor]:
    actors = {name: acting(name, post) for name, post in CAST.items()}
    operator = Actor(person_id=island.operator.pk, is_operator=True)
    return actors | {"operator": operator, "visitor": VISITOR, "clock": CLOCK}


def fresh(new_case: Callable[..., Case], *_: object) -> Case:
    """Private, with the unit chief."""
    return new_case("noise")


def climbed(new_case: Callable[..., Case], acting: Callable[..., Actor], _island: Island) -> Case:
    """The same, handed up to the grid: the unit chief has handled it."""
    case = new_case("noise")
    services.escalate_case(actor=acting("hua", "unit_chief"), case=case, reason="up")
    return case


def about_secretary(new_case: Callable[..., Case], _acting: object, island: Island) -> Case:
    """About the secretary: with the township, hidden from her and all under her."""
    return new_case("noise", about_post=island.secretary)


def called(new_case: Callable[..., Case], acting: Callable[..., Actor], island: Island) -> Case:
    """With the unit chief, the water department called in."""
    case = new_case("noise")
    services.sign_for_case(actor=acting("hua", "unit_chief"), case=case)
    services.call_in_case(
        actor=acting("hua", "unit_chief"), case=case, organization=island.water, request="Come.", days=1
    )
    return case


# situation: who handles, who reads in full, who sees at least the outline, who may note, call back, decide appeals
SITUATIONS = {
    fresh: {
        "handles": {"hua"}, "reads": {"amal", "hua"}, "views": {"amal", "hua", "guo", "bei", "chen", "lin", "kai"},
        "notes": {"amal", "hua"}, "calls_back": {"guo", "bei", "chen", "lin", "kai"},
        "decides": {"guo", "bei", "chen", "lin", "kai"},
    },
    climbed: {
        "handles": {"guo"}, "reads": {"amal", "hua", "guo"},
        "views": {"amal", "hua", "guo", "bei", "chen", "lin", "kai"}, "notes": {"amal", "hua", "guo"},
        "calls_back": {"bei", "chen", "lin", "kai"}, "decides": {"bei", "chen", "lin", "kai"},
    },
    about_secretary: {
        "handles": {"chen"}, "reads": {"amal", "chen"}, "views": {"amal", "chen", "kai"}, "notes": {"amal", "chen"},
        "calls_back": {"lin", "kai"}, "decides": {"kai"},
    },
    called: {
        "handles": {"hua"}, "reads": {"amal", "hua", "jin"},
        "views": {"amal", "hua", "guo", "bei", "chen", "lin", "kai", "jin"}, "notes": {"amal", "hua", "jin"},
        "calls_back": {"guo", "bei", "chen", "lin", "kai"}, "decides": {"guo", "bei", "chen", "lin", "kai"},
    },
}  # fmt: skip


def expected(permission: str, who: dict[str, set[str]]) -> set[str]:
    if permission in HANDLING:
        return who["handles"]
    if permission in REPORTERS:
        return REPORTER
    return {
        "cases.resume_case": who["handles"] | {"clock"},
        "cases.read_case": who["reads"],
        "cases.view_case": who["views"],
        "cases.follow_case": who["reads"],
        "cases.note_case": who["notes"],
        "cases.restrict_case": REPORTER | who["handles"],
        "cases.call_back_case": who["calls_back"],
        "cases.decide_appeal": who["decides"],
    }[permission]


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda situation: situation.__name__)
def test_permissions_on_a_case_are_as_the_table_says(
    situation: Callable[..., Case],
    island: Island,
    new_case: Callable[..., Case],
    acting: Callable[..., Actor],
) -> None:
    case = Case.objects.get(pk=situation(new_case, acting, island).pk)
    actors = everybody(island, acting)
    named = [name for name in permission_names() if name.startswith("cases.")]
    for permission in set(named) - ON_CALLS - DOORS - set(WITHOUT_CASE):
        may = {name for name, actor in actors.items() if allowed(actor, permission, case)}
        assert may == expected(permission, SITUATIONS[situation]), permission


def test_permissions_without_a_case_are_as_the_table_says(
    island: Island, acting: Callable[..., Actor]
) -> None:
    actors = everybody(island, acting)
    for permission, who in WITHOUT_CASE.items():
        may = {name for name, actor in actors.items() if allowed(actor, permission)}
        assert may == (set(actors) if who == {"everybody"} else who), permission


def test_decline_case_is_refused_for_a_right_by_the_rule_too(
    new_case: Callable[..., Case], acting: Callable[..., Actor]
) -> None:
    assert not allowed(acting("hua", "unit_chief"), "cases.decline_case", new_case("land"))


def test_claim_makes_a_visitor_the_reporter(new_case: Callable[..., Case]) -> None:
    case = new_case("noise", reporter=None)
    assert allowed(Actor(claims=frozenset({case.ref})), "cases.close_case", case)
    assert not allowed(Actor(claims=frozenset({"case:0"})), "cases.close_case", case)


def test_inactive_actor_holds_no_permission(
    new_case: Callable[..., Case], acting: Callable[..., Actor]
) -> None:
    from dataclasses import replace

    amal = replace(acting("amal"), is_active=False)
    assert not allowed(amal, "cases.close_case", new_case())
