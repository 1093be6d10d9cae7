"""The acts of a poll: what each refuses, what it leaves behind, and that a crash in between loses nothing."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from folkmoot_kernel.encoding import b64u

from folkmoot.ballots import boxes, personal, queries, services
from folkmoot.ballots.models import (
    Cell,
    Claim,
    Issue,
    Poll,
    PollEvent,
    Result,
    RollEntry,
    Taken,
    TokenKey,
)
from folkmoot.ballots.services import casting as casting_services
from folkmoot.ballots.services import counting as counting_services
from folkmoot.base import clock
from folkmoot.base.errors import Refused
from folkmoot.channels.models import Message
from folkmoot.journal.models import Act
from tests.ballots.box.running import RunningBox
from tests.ballots.test_whole_poll import verified
from tests.factories.ballots import VoterKey, Voting, person_on_roll, take_tokens
from tests.factories.island import Island

YES_NO = [
    {"en": "Yes", "zh-Hans": "赞成"},
    {"en": "No", "zh-Hans": "反对"},
    {"en": "Abstain", "zh-Hans": "弃权"},
]


@pytest.fixture
def opened(voting: Callable[..., Voting], pool, ballot_box: RunningBox) -> Voting:
    made = voting({"residents": 20}, objection_hours=0)
    made.open_poll()
    return made


def tokens_of(made: Voting, number: int, *, after: int = 0) -> list[VoterKey]:
    keys: list[VoterKey] = []
    for entry in made.entries("residents")[after : after + number]:
        keys += take_tokens(services.issue_claim(actor=made.chair, entry=entry))
    return keys


def vote(made: Voting, box: RunningBox, answers: list[int]) -> None:
    """Takes tokens, opens the vote, casts the answers and closes."""
    keys = tokens_of(made, len(answers))
    made.open_casting()
    for key, answer in zip(keys, answers, strict=True):
        assert box.cast(key.request([answer])).status == 200
    made.close_poll()


def test_open_poll_freezes_the_papers_and_tells_the_roll(
    voting: Callable[..., Voting], pool, ballot_box: RunningBox, island: Island
) -> None:
    made = voting({"residents": 20})
    person_on_roll(made, island.amal)
    made.open_poll()
    poll = made.reload()
    assert (poll.state, poll.log_origin) == ("taking", f"{ballot_box.host}/{poll.code}")
    assert made.leaf.id == made.paper.id_bytes
    assert Message.objects.get(person=island.amal).notice == "poll.opened"
    with pytest.raises(Refused):
        made.change_poll(name="Other")
    with pytest.raises(Refused):
        made.open_poll()


def test_open_poll_of_one_phase_takes_and_casts_at_once(
    voting: Callable[..., Voting], pool, ballot_box: RunningBox
) -> None:
    made = voting({"residents": 20}, is_two_phase=False, objection_hours=0)
    made.open_poll()
    assert made.reload().state == "casting"
    keys = tokens_of(made, 6)
    assert [ballot_box.cast(key.request([0])).status for key in keys] == [200] * 6
    made.close_poll()
    made.publish_openings()
    made.publish_result()
    assert queries.secrecy(made.poll)["level"] == 1
    assert Issue.objects.get(paper=made.paper).tokens == 6


def test_open_poll_goes_on_where_a_crash_left_it(
    voting: Callable[..., Voting], pool, ballot_box: RunningBox, settings
) -> None:
    made = voting({"residents": 20})
    right, settings.BOX_PORT = settings.BOX_PORT, 9
    with pytest.raises(boxes.BoxAway):
        made.open_poll()
    leaf = bytes(made.paper.leaf)
    assert (made.reload().state, leaf[:1]) == ("draft", b"{")
    settings.BOX_PORT = right
    made.open_poll()
    assert bytes(made.paper.leaf) == leaf


def test_close_poll_repeated_after_a_crash_ends_the_same(
    opened: Voting, ballot_box: RunningBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after the box has closed and before our rows have moved."""
    keys = tokens_of(opened, 6)
    opened.open_casting()
    for key in keys:
        ballot_box.cast(key.request([1]))
    with monkeypatch.context() as patch:
        patch.setattr(casting_services, "forget_taking", lambda _poll: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            opened.close_poll()
    assert opened.reload().state == "casting"
    assert ballot_box.cast(keys[0].request([0], seq=2)).status == 409
    opened.close_poll()
    assert Cell.objects.get(paper=opened.paper).accepted == 6


def test_publish_openings_repeated_after_a_crash_ends_the_same(
    opened: Voting, ballot_box: RunningBox, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vote(opened, ballot_box, [0, 1, 1, 2, 2, 2])
    with monkeypatch.context() as patch:
        patch.setattr(counting_services, "_destroy_unopened", lambda _poll: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            opened.publish_openings()
    assert opened.reload().state == "closed"
    opened.publish_openings()
    opened.publish_result()
    assert [
        finding.key for finding in verified(ballot_box, opened, tmp_path).findings if finding.is_fault
    ] == []


def test_acts_are_refused_while_the_box_is_away(opened: Voting, settings) -> None:
    right, settings.BOX_PORT = settings.BOX_PORT, 9
    with pytest.raises(boxes.BoxAway):
        opened.open_casting()
    assert opened.reload().state == "taking"
    settings.BOX_PORT = right
    opened.open_casting()
    assert opened.reload().state == "casting"
    assert PollEvent.objects.filter(poll=opened.poll, act="close_issuing").count() == 1


def test_close_issuing_journals_the_number_once_and_erases_the_keys(opened: Voting) -> None:
    tokens_of(opened, 3)
    opened.close_issuing()
    opened.close_issuing()
    acts = Act.objects.filter(object_ref=opened.poll.ref, kind="poll.issuing_closed")
    assert [act.body["token"] for act in acts] == [3]
    assert TokenKey.objects.filter(paper=opened.paper).exclude(private="").count() == 0
    with pytest.raises(Refused, match="No papers are given out"):
        services.issue_claim(actor=opened.chair, entry=opened.entries("residents")[5])


def test_rewriting_keeps_every_row_in_the_order_of_its_key(opened: Voting) -> None:
    tokens_of(opened, 6)
    before = sorted(Taken.objects.values_list("entry", "paper", "kind"))
    opened.close_issuing()
    assert list(Taken.objects.values_list("entry", "paper", "kind").order_by("entry", "paper")) == before
    assert Claim.objects.count() == 6


def test_cell_under_k_is_counted_and_not_opened(opened: Voting, ballot_box: RunningBox, tmp_path) -> None:
    vote(opened, ballot_box, [0, 1, 2, 2])  # k is 5
    opened.publish_openings()
    opened.publish_result()
    cell = Cell.objects.get(paper=opened.paper)
    assert (cell.accepted, cell.private) == (4, "")
    report = verified(ballot_box, opened, tmp_path)
    assert [finding.key for finding in report.findings if finding.is_fault] == []
    assert report.papers[0].unopened == 4
    assert report.papers[0].total.n == 0


def test_ballot_that_does_not_open_is_spoiled_unless_its_voter_opens_it(
    opened: Voting, ballot_box: RunningBox, tmp_path
) -> None:
    keys = tokens_of(opened, 7)
    opened.open_casting()
    for key in keys:
        ballot_box.cast(key.request([1], opens=key not in keys[:2]))
    opened.close_poll()
    opened.publish_openings()
    c, opening = keys[0].last
    said = {"c": b64u(c), "r": b64u(opening.random), "a": b64u(opening.answer)}
    objection = ballot_box.ask("POST", f"/{opened.poll.code}/objection", json.dumps(said).encode())
    assert objection.status == 200
    opened.publish_result()
    assert Cell.objects.get(paper=opened.paper).spoiled == 1
    report = verified(ballot_box, opened, tmp_path)
    assert [finding.key for finding in report.findings if finding.is_fault] == []
    assert (report.papers[0].total.counts, report.papers[0].spoiled) == ((0, 6, 0), 1)


def test_publish_result_waits_for_objections(
    voting: Callable[..., Voting], pool, ballot_box: RunningBox, at
) -> None:
    made = voting({"residents": 20}, objection_hours=24)
    made.open_poll()
    vote(made, ballot_box, [0] * 6)
    made.publish_openings()
    with pytest.raises(Refused, match="can still object"):
        made.publish_result()
    assert services.publish_due_results() == 0
    at((clock.now() + timedelta(hours=33)).strftime("%Y-%m-%d %H:%M"))
    assert services.publish_due_results() == 1
    assert made.reload().state == "published"


def test_teller_holds_the_keys_until_the_count(
    voting: Callable[..., Voting], pool, ballot_box: RunningBox
) -> None:
    made = voting({"residents": 20}, teller="Nan of the residents' committee", objection_hours=0)
    made.open_poll()
    keys = made.hand_over_keys()
    assert Cell.objects.exclude(private="").count() == 0
    with pytest.raises(Refused, match="handed over already"):
        made.hand_over_keys()
    vote(made, ballot_box, [2] * 6)
    assert services.count_closed_polls() == 0
    for wrong in ({}, dict.fromkeys(keys, "A" * 43)):
        with pytest.raises(Refused, match="A closing key is missing"):
            made.publish_openings(keys=wrong)
    made.publish_openings(keys=keys)
    made.publish_result()
    assert Result.objects.get(paper=made.paper).paper == made.paper


def test_hand_over_keys_needs_a_teller(opened: Voting) -> None:
    with pytest.raises(Refused, match="no teller of its own"):
        opened.hand_over_keys()


def test_yes_no_result_has_its_verdicts(voting: Callable[..., Voting], pool, ballot_box: RunningBox) -> None:
    made = voting(
        {"residents": 20}, scale="yes-no", options=YES_NO, preset="representatives", objection_hours=0
    )  # fmt: skip
    made.open_poll()
    vote(made, ballot_box, [0] * 8 + [1] * 6)
    made.publish_openings()
    made.publish_result()
    said = Result.objects.get(paper=made.paper).verdict
    assert [(each["kind"], each["holds"]) for each in said] == [("quorum", True), ("majority", True)]
    assert said[0]["en"] == "14 of 20 due were present: quorum."
    assert said[0]["zh-hans"] == "应到20人，实到14人：达到法定人数。"


def test_declare_broken_is_said_in_the_log(opened: Voting, ballot_box: RunningBox, tmp_path) -> None:
    with pytest.raises(Refused, match="Say why"):
        opened.declare_broken(reason=" ")
    opened.declare_broken(reason="The box was restored from a backup.")
    poll = opened.reload()
    assert (poll.state, poll.broken_reason) == ("broken", "The box was restored from a backup.")
    with pytest.raises(Refused):
        opened.open_casting()


def test_clock_opens_closes_counts_and_publishes(
    voting: Callable[..., Voting], pool, ballot_box: RunningBox, at
) -> None:
    now = clock.now()
    made = voting(
        {"residents": 20}, casts_at=now + timedelta(seconds=2), closes_at=now + timedelta(seconds=8), objection_hours=0
    )  # fmt: skip
    made.open_poll()
    tokens_of(made, 6)
    assert services.open_due_casting() == 0
    with clock.set_to(now + timedelta(seconds=3)):
        assert services.open_due_casting() == 1
        assert services.close_due_polls() == 0
    with clock.set_to(now + timedelta(seconds=9)):
        assert [
            services.close_due_polls(),
            services.count_closed_polls(),
            services.publish_due_results(),
        ] == [1, 1, 1]
    assert made.reload().state == "published"
    assert {event.post for event in PollEvent.objects.filter(poll=made.poll, act="close")} == {None}


def test_one_poll_that_cannot_be_counted_keeps_no_other_back(
    voting: Callable[..., Voting], hand_counted: Voting, ballot_box: RunningBox
) -> None:
    other = voting({"residents": 20}, objection_hours=0)
    other.open_poll()
    other.open_casting()
    other.close_poll()
    assert services.count_closed_polls() == 1
    assert (hand_counted.reload().state, other.reload().state) == ("closed", "opened")


def test_export_and_erase_hold_the_least(opened: Voting, island: Island) -> None:
    entry = person_on_roll(opened, island.amal)
    list(take_tokens(services.issue_claim(actor=opened.chair, entry=entry)))
    assert personal.export(island.amal.pk) == {
        "observed": [],
        "rolls": [{"vote": opened.poll.code, "group": "residents", "papers_taken": {"token": 1}}],
    }
    lines = personal.erase(island.amal.pk)
    assert [number for _what, _how, number in lines] == [0, 1, 0, 0]
    assert RollEntry.objects.get(pk=entry.pk).person is None
    assert Claim.objects.count() == 0
    assert personal.export(island.amal.pk) == {"observed": [], "rolls": []}


def test_erase_takes_a_person_off_a_draft(voting: Callable[..., Voting], island: Island) -> None:
    made = voting({"residents": 20})
    person_on_roll(made, island.amal)
    assert personal.erase(island.amal.pk)[0][2] == 1
    assert len(made.entries("residents")) == 20


def test_turnout_moves_in_steps_of_k(opened: Voting) -> None:
    for before, now, shown in ((0, 4, 0), (4, 2, 5)):
        tokens_of(opened, now, after=before)
        row = queries.turnout(opened.reload())[0]
        assert (row.roll, row.taken, row.is_exact) == (20, {"token": shown}, False)


def test_history_is_the_same_whoever_voted(opened: Voting, ballot_box: RunningBox) -> None:
    vote(opened, ballot_box, [0] * 6)
    assert [event.act for event in queries.history(opened.poll)] == [
        "set_up", "open", "close_issuing", "open_casting", "close",
    ]  # fmt: skip
    assert Poll.objects.get(pk=opened.poll.pk).version == opened.poll.version
