"""Setting a poll up: what cannot be is refused in words, and the checks say what stands in the way."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from folkmoot.ballots import queries, services
from folkmoot.ballots.models import Paper, Poll, RollEntry
from folkmoot.base import clock
from folkmoot.base.actors import Actor
from folkmoot.base.errors import NotAllowed, Refused, StaleState
from folkmoot.journal.models import Act
from tests.factories.ballots import ALL_CHANNELS, GRADES, Voting
from tests.factories.island import Island


def texts(made: Voting) -> list[str]:
    return [check.text for check in queries.checks(made.reload()) if not check.holds]


def test_set_up_poll_records_itself_once(voting: Callable[..., Voting], island: Island) -> None:
    made = voting()
    assert (made.poll.state, made.poll.post) == ("draft", island.secretary)
    assert [act.kind for act in Act.objects.filter(object_ref=made.poll.ref)] == [
        "poll.set_up", "paper.added", "stratum.added",
    ]  # fmt: skip
    with pytest.raises(Refused, match="already"):
        services.set_up_poll(
            actor=made.chair, area=island["V1"], code=made.poll.code, name="Again", eligibility="All"
        )


def test_set_up_poll_is_refused_to_others(island: Island, acting: Callable[..., Actor]) -> None:
    for actor in (acting("amal"), acting("guo", "grid_chief"), acting("jin", "water_head")):
        with pytest.raises(NotAllowed):
            services.set_up_poll(actor=actor, area=island["V1"], code="p", name="P", eligibility="All")


@pytest.mark.parametrize(
    ("calendar", "why"),
    [
        ({"is_two_phase": False, "casts_at": 1}, "taken and cast in the same days"),
        ({"closes_at": 2}, "Give the moment at which casting opens"),
        ({"k": 1}, "at least two people"),
    ],
)
def test_change_poll_refuses_a_calendar_that_cannot_be(
    voting: Callable[..., Voting], calendar: dict[str, Any], why: str
) -> None:
    moments = {
        name: clock.now() + timedelta(days=value) if name.endswith("_at") else value
        for name, value in calendar.items()
    }
    with pytest.raises(Refused, match=why):
        voting().change_poll(**moments)


def test_change_poll_by_two_at_once_lets_the_faster_one_win(voting: Callable[..., Voting]) -> None:
    made = voting()
    seen = made.reload().version
    made.change_poll(name="First", seen=seen)
    with pytest.raises(StaleState):
        made.change_poll(name="Second", seen=seen)
    assert made.reload().name == "First"


def test_add_paper_refuses_what_cannot_be_asked(voting: Callable[..., Voting]) -> None:
    made = voting()
    for scale, options, places in (
        ("rating", GRADES[:1], 1),
        ("stars", GRADES, 1),
        ("yes-no", GRADES[:2], 1),
        ("approval", GRADES, 4),
    ):
        with pytest.raises(Refused, match="do not fit their kind"):
            made.add_paper(question="Q", scale=scale, options=options, places=places)
    with pytest.raises(Refused, match="asked already"):
        made.add_paper(question="How is road 1?", question_zh="1号路怎么样？", scale="rating", options=GRADES)
    assert Paper.objects.filter(poll=made.poll).count() == 1


def test_stratum_joins_only_its_like(voting: Callable[..., Voting]) -> None:
    made = voting({"residents": 20, "members": 4})
    with pytest.raises(Refused, match="Ordinary residents are joined"):
        made.change_stratum(stratum=made.stratum("members"), joins=made.stratum("residents"))


def test_checks_say_what_stands_in_the_way(voting: Callable[..., Voting], pool) -> None:
    made = voting({"residents": 0, "members": 4})
    assert texts(made) == ["Nobody is on the roll as “Residents”. No roll, no poll."]
    RollEntry.objects.create(poll=made.poll, stratum=made.stratum("residents"), name="One", salt=bytes(32))
    assert len(texts(made)) == 2  # neither can hide anybody
    with pytest.raises(Refused):
        made.open_poll()
    assert made.reload().state == "draft"


def test_checks_hold_for_a_poll_that_can_be_secret(voting: Callable[..., Voting], pool) -> None:
    made = voting({"residents": 20}, papers=3)
    assert texts(made) == []
    found = {check.name: check.text for check in queries.checks(made.poll)}
    assert found["papers"] == "A voter will need about 1 minute."
    assert found["roll"] == "20 people are on the roll."


def test_checks_refuse_more_than_sixty_papers(voting: Callable[..., Voting]) -> None:
    made = voting()
    Paper.objects.bulk_create(
        Paper(poll=made.poll, order=n, question=f"Q{n}", scale="rating", options=GRADES) for n in range(2, 62)
    )
    assert texts(made)[0].startswith("A voter would have 61 papers; 60 is the most.")


def test_checks_ask_for_the_composition_of_the_roll(voting: Callable[..., Voting], pool) -> None:
    rule = {"parts": ["residents"], "share": [4, 5], "strict": 0}
    made = voting({"residents": 30, "members": 10}, composition=[rule])
    assert texts(made) == ["Only 30 of 40 on the roll are those who have to be at least 4/5."]


def test_checks_wait_for_keys(voting: Callable[..., Voting]) -> None:
    made = voting()
    assert texts(made) == ["1 key is still being made. Wait a moment."]
    assert services.fill_key_pool() == 2
    assert texts(made) == []


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ({"parts": []}, "one or more groups"),
        ({"parts": ["residents", "members"]}, "but not all"),
        ({"parts": ["nobody"]}, "one or more groups"),
        ({"numerator": 0}, "no share"),
        ({"numerator": 6}, "no share"),
        ({"numerator": 5, "is_strict": True}, "no share"),
    ],
)
def test_add_rule_refuses_what_is_none(voting: Callable[..., Voting], rule: dict[str, Any], why: str) -> None:
    made = voting({"residents": 30, "members": 10})
    with pytest.raises(Refused, match=why):
        made.add_rule(**{"parts": ["residents"], "numerator": 4, "denominator": 5} | rule)
    assert made.reload().composition == []


def test_rule_is_added_once_said_checked_and_removed(voting: Callable[..., Voting], pool) -> None:
    made = voting({"residents": 30, "members": 10})
    rule = {"parts": ["residents"], "numerator": 4, "denominator": 5}
    made.add_rule(**rule)
    made.add_rule(**rule, is_strict=True)
    with pytest.raises(Refused, match="there already"):
        made.add_rule(**rule)
    assert made.reload().composition == [
        {"parts": ["residents"], "share": [4, 5], "strict": 0},
        {"parts": ["residents"], "share": [4, 5], "strict": 1},
    ]
    assert queries.rule_sentences(made.poll) == [
        "Residents have to be at least 4/5 of all who take a paper.",
        "Residents have to be more than 4/5 of all who take a paper.",
    ]
    assert texts(made) == [
        "Only 30 of 40 on the roll are those who have to be at least 4/5.",
        "Only 30 of 40 on the roll are those who have to be more than 4/5.",
    ]
    with pytest.raises(Refused, match="Take the rule out first"):
        made.remove_stratum(stratum=made.stratum("residents"))
    made.remove_rule(number=1)
    made.remove_rule(number=1)
    with pytest.raises(Refused, match="gone already"):
        made.remove_rule(number=1)
    assert made.reload().composition == []


@pytest.mark.parametrize(("day", "doubted"), [("2025-12-31 09:00", False), ("2026-01-02 09:00", True)])
def test_rule_with_numbers_of_the_former_law_is_doubted(
    voting: Callable[..., Voting], at: Callable[[str], Any], day: str, doubted: bool
) -> None:
    made = voting(preset="representatives")
    at(day)
    doubt = queries.doubt_of(made.poll)
    assert bool(doubt) is doubted
    assert doubt.startswith("The law changed on 2026-01-01.") is doubted
    assert queries.doubt_of(voting(preset="appraisers").poll) == queries.doubt_of(voting().poll) == ""


def test_drop_poll_erases_the_draft_and_the_journal_says_why(voting: Callable[..., Voting]) -> None:
    made, other = voting({"residents": 20, "members": 10}, papers=2), voting()
    with pytest.raises(Refused, match="Say why"):
        made.drop_poll(reason=" ")
    seen = made.reload().version
    with pytest.raises(StaleState):
        made.drop_poll(reason="Set up twice.", seen=seen - 1)
    ref, code = made.poll.ref, made.poll.code
    made.drop_poll(reason="Set up twice.", seen=seen)
    assert list(Poll.objects.all()) == [other.poll]
    assert (RollEntry.objects.count(), Paper.objects.count()) == (20, 1)
    act = Act.objects.get(kind="poll.dropped")
    assert (act.object_ref, act.body["code"], act.body["reason"]) == (ref, code, "Set up twice.")


def test_drop_poll_is_refused_once_slips_are_printed_or_it_is_open(
    voting: Callable[..., Voting], printed, ballot_box
) -> None:
    made = voting(channels=ALL_CHANNELS)
    made.print_slips(printed, {"residents": 20})
    with pytest.raises(Refused, match="Drop the slips first"):
        made.drop_poll(reason="No.")
    made.open_poll()
    with pytest.raises(Refused):
        made.drop_poll(reason="No.")
    assert Poll.objects.count() == 1
