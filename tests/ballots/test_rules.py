"""Who may do what: every permission on a poll, for the whole cast, in every state. Frozen rows, every cell said."""

from collections.abc import Callable

import pytest

from folkmoot.ballots import queries
from folkmoot.ballots.models import Audit, AuditObserver, Paper, Poll
from folkmoot.ballots.states import PollState
from folkmoot.base.actors import CLOCK, VISITOR, Actor
from folkmoot.base.permissions import allowed, permission_names
from tests.factories.ballots import Voting, person_on_roll
from tests.factories.island import Island

CAST = {
    "amal": None, "dou": None, "hua": "unit_chief", "mei": "next_unit_chief", "guo": "grid_chief",
    "bei": "secretary", "oya": "other_secretary", "chen": "officer", "lin": "second_officer", "kai": "overseer",
    "jin": "water_head", "operator": None,
}  # fmt: skip
ON_AREA = {"ballots.set_up_poll", "ballots.agree_to_poll"}
ELSEWHERE = {
    "ballots.offer_keys",
    "ballots.accept_papers",
    "ballots.leave_poll",
}  # of a poll that others organise
ON_PAPER = {"ballots.add_paper"}
ON_ENTRY = {"ballots.issue_claim", "ballots.draw_slip", "ballots.give_hand_paper"}
BY_OBSERVER = {"ballots.view_sample", "ballots.answer_sample", "ballots.sign_audit"}
ON_NOTHING = {
    "ballots.take_paper",
    "ballots.fill_key_pool",
    "ballots.forget_samples",
    "ballots.tell_of_waiting",
}
AT_DESK = {
    "ballots.view_roll", "ballots.return_slips", "ballots.enter_sheet", "ballots.confirm_sheet", "ballots.drop_sheet",
}  # fmt: skip
BY_CLOCK = {
    "ballots.close_issuing", "ballots.open_casting", "ballots.close_poll", "ballots.publish_openings",
    "ballots.publish_result", "ballots.leave_poll",
}  # fmt: skip

# situation: about which post, and who then organises, who mans the desk, the village's secretary being the host.
ORGANISERS = {"bei", "chen", "lin", "kai"}
SITUATIONS: dict[str, tuple[str | None, set[str], set[str]]] = {
    "about nobody": (None, ORGANISERS, {*ORGANISERS, "guo"}),
    "about the unit chief": ("unit_chief", ORGANISERS, {*ORGANISERS, "guo"}),
    "about the grid chief": ("grid_chief", ORGANISERS, ORGANISERS),
    "about the secretary": ("secretary", {"chen", "lin", "kai"}, {"chen", "lin", "kai"}),
    "about the officer": ("officer", {"kai"}, {"kai"}),
}


@pytest.fixture
def actors(island: Island, acting: Callable[..., Actor]) -> dict[str, Actor]:
    found = {name: acting(name, post) for name, post in CAST.items()}
    operator = Actor(person_id=island.operator.pk, is_operator=True)
    return found | {"operator": operator, "visitor": VISITOR, "clock": CLOCK}


@pytest.fixture
def poll(island: Island, voting: Callable[..., Voting]) -> Poll:
    made = voting()
    made.name_desk(posts=[island.grid_chief])
    audit = Audit.objects.create(
        poll=made.poll
    )  # as if everybody had been named: whoever has a post here drops out
    people = {*island.people.values(), island.operator}
    AuditObserver.objects.bulk_create(AuditObserver(audit=audit, person=person) for person in people)
    return made.poll


def say_about(poll: Poll, island: Island, post: str | None) -> None:
    if post is not None:
        held = island.posts[post]
        Paper.objects.filter(poll=poll).update(about_post=held, about_path=held.area.path)


@pytest.mark.parametrize("state", PollState.values)
@pytest.mark.parametrize("situation", SITUATIONS)
def test_permissions_on_a_poll_are_as_the_table_says(
    situation: str, state: str, island: Island, poll: Poll, actors: dict[str, Actor]
) -> None:
    about, organisers, desk = SITUATIONS[situation]
    say_about(poll, island, about)
    Poll.objects.filter(pk=poll.pk).update(state=state)
    for permission in {name for name in permission_names() if name.startswith("ballots.")}:
        if permission in ON_AREA | ON_PAPER | ON_ENTRY | ON_NOTHING:
            continue
        expected = desk if permission in AT_DESK else set() if permission in ELSEWHERE else organisers
        expected = expected | ({"clock"} if permission in BY_CLOCK else set())
        if permission in BY_OBSERVER:
            expected = {"amal", "dou"} | (set() if about == "officer" else {"oya"})  # she serves under him
        if permission == "ballots.view_poll":
            expected = desk if state == PollState.DRAFT else set(actors)
        seen = Poll.objects.select_related("area").get(pk=poll.pk)
        may = {name for name, actor in actors.items() if allowed(actor, permission, seen)}
        assert may == expected, permission


@pytest.mark.parametrize("situation", SITUATIONS)
def test_permissions_on_a_place_on_the_roll_are_as_the_table_says(
    situation: str, island: Island, poll: Poll, actors: dict[str, Actor], bei: Actor
) -> None:
    about, _organisers, desk = SITUATIONS[situation]
    say_about(poll, island, about)
    entry = person_on_roll(Voting(poll, bei), island.amal)
    for permission in ON_ENTRY:
        own = {"amal"} if permission == "ballots.issue_claim" else set()
        may = {name for name, actor in actors.items() if allowed(actor, permission, entry)}
        assert may == desk | own, permission


@pytest.mark.parametrize("situation", SITUATIONS)
def test_add_paper_is_refused_to_whoever_the_new_question_is_about(
    situation: str, island: Island, poll: Poll, actors: dict[str, Actor]
) -> None:
    about, organisers, _desk = SITUATIONS[situation]
    post = island.posts[about] if about else None
    paper = Paper(poll=poll, about_post=post, about_path=post.area.path if post else "")
    assert {
        name for name, actor in actors.items() if allowed(actor, "ballots.add_paper", paper)
    } == organisers


def test_permissions_without_a_poll_are_as_the_table_says(island: Island, actors: dict[str, Actor]) -> None:
    may = {name for name, actor in actors.items() if allowed(actor, "ballots.set_up_poll", island["V1"])}
    assert may == ORGANISERS
    assert {name for name, actor in actors.items() if allowed(actor, "ballots.take_paper")} == set(actors)
    for permission in ("ballots.fill_key_pool", "ballots.forget_samples", "ballots.tell_of_waiting"):
        assert {name for name, actor in actors.items() if allowed(actor, permission)} == {"clock"}


@pytest.mark.parametrize("situation", SITUATIONS)
@pytest.mark.parametrize("state", [PollState.DRAFT, PollState.TAKING])
def test_visible_polls_are_those_that_may_be_viewed(
    situation: str, state: str, island: Island, poll: Poll, actors: dict[str, Actor]
) -> None:
    say_about(poll, island, SITUATIONS[situation][0])
    Poll.objects.filter(pk=poll.pk).update(state=state)
    seen = Poll.objects.select_related("area").get(pk=poll.pk)
    for name, actor in actors.items():
        assert queries.visible_polls(actor).exists() == allowed(actor, "ballots.view_poll", seen), name


def test_organised_polls_hold_none_about_a_post_of_another_hat(
    island: Island, poll: Poll, acting: Callable[..., Actor]
) -> None:
    """Whoever holds two posts keeps out of a poll about one of them, whichever she acts through."""
    from tests.factories.people import TenureFactory

    TenureFactory.create(post=island.vacant_G12, person=island.chen)
    say_about(poll, island, "vacant_G12")
    chen = acting("chen", "officer")
    assert list(queries.organised_polls(chen)) == []
    assert not allowed(chen, "ballots.open_poll", Poll.objects.select_related("area").get(pk=poll.pk))
