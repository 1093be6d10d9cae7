"""An open poll: who can take part, how many at once, and who decides about the others."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from folkmoot_kernel.papers import Paper as PaperLeaf
from folkmoot_kernel.verify import Bundle, Evidence, read_policy, verify_poll
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from folkmoot.ballots import queries, services
from folkmoot.ballots.models import Claim, Gate, Poll, PollEvent, Proposal, RollEntry, Taken, Waiting
from folkmoot.ballots.personal import BALLOTS
from folkmoot.ballots.rates import RATES, Rate, rate_in_force
from folkmoot.ballots.services.gate import MustWait, pass_gate, put_in_line
from folkmoot.ballots.services.rolls import fill_open_roll
from folkmoot.base import clock
from folkmoot.base.actors import Actor
from folkmoot.base.errors import NotAllowed, NotFound, Refused, StaleState
from folkmoot.channels.models import Message
from folkmoot.journal.models import Act
from folkmoot.people.actors import actor_for_person
from folkmoot.people.models import Account, HouseholdMember
from tests.ballots.verifier import in_node
from tests.factories.ballots import (
    Voting,
    ask_one,
    asked_token,
    make_open_voting,
    new_key,
    people_who_can_take_part,
    take_tokens,
)
from tests.factories.island import Island

ADVISORY = (
    "Self-selected and advisory: this is what those say who chose to take part. It does not stand for all who live "
    "here, and it binds nobody."
)
MakeOpen = Callable[..., Voting]
At = Callable[[str], Any]


def ask(voting: Voting, entry: RollEntry) -> int:
    """Somebody takes a claim and asks for the paper; gives the status of the registrar's answer."""
    code = services.issue_claim(actor=actor_for_person(entry.person), entry=entry)
    request = asked_token(voting.leaf, "everybody", new_key()).request.encode()
    return ask_one(code, voting.leaf, "everybody", request).status_code


def entries(voting: Voting) -> list[RollEntry]:
    return sorted(voting.entries("everybody"), key=lambda entry: entry.person_id)


def slow(voting: Voting, rate: int) -> Voting:
    """The gate lets so few through at once in a minute."""
    Gate.objects.filter(poll=voting.poll).update(rate=rate)
    return voting


def numbers(voting: Voting) -> tuple[int, ...]:
    gate = Gate.objects.get(poll=voting.poll)
    return gate.at_once, gate.waiting, gate.let_in, gate.refused, gate.issued


# Setting up ----------------------------------------------------------------------------------------


def test_open_poll_notes_who_can_take_part_at_its_opening(
    island: Island, bei: Actor, pool: Any, ballot_box: Any
) -> None:
    made = make_open_voting(island["V1"], bei, 12, home=island["U111"])
    inside = people_who_can_take_part(island["U122"], 1)[0]
    outside, unconfirmed, homeless = (
        *people_who_can_take_part(island["U211"], 1), *people_who_can_take_part(island["U111"], 2),
    )  # fmt: skip
    Account.objects.filter(person=unconfirmed).update(phone_verified=False)
    HouseholdMember.objects.filter(person=homeless).delete()
    made.open_poll()
    late = people_who_can_take_part(island["U111"], 1)[0]
    on_it = set(RollEntry.objects.filter(poll=made.poll).values_list("person", flat=True))
    assert len(on_it) == 13
    assert inside.pk in on_it
    assert on_it.isdisjoint({outside.pk, unconfirmed.pk, homeless.pk, late.pk})
    poll = made.reload()
    reasons = {
        person: queries.why_not(actor_for_person(person), poll)
        for person in (outside, unconfirmed, homeless, late)
    }
    assert reasons == {
        outside: "This vote is for people whose home is in North Cove; yours is elsewhere.",
        unconfirmed: "This vote is for people with a confirmed phone. Confirm yours under “How I sign in” for the next one.",
        homeless: "This vote is for people who have said where they live. Say it under “My household” for the next one.",
        late: "You confirmed your phone or your home after this vote was announced. The next one is open to you.",
    }


def test_open_paper_names_eligibility_rate_and_population(open_poll: MakeOpen) -> None:
    leaf = open_poll(population=3_000).leaf
    assert (leaf.is_open, leaf.calendar.is_two_phase, leaf.composition) == (True, False, ())
    assert leaf.eligibility == {
        "en": "Whoever had confirmed a phone before this vote was announced and has a home in North Cove. Papers for at "
              "most 3,000 people, as many as live there; above 60 a minute they wait for two organisers.",
        "zh-Hans": "凡在公布本次投票之前验证过手机、家住北湾村的人都可以参加。"
                   "最多发给3,000人，即当地人口数；每分钟超过60人时，须等两位组织者放行。",
    }  # fmt: skip
    assert [stratum.id for stratum in leaf.strata] == ["everybody"]
    assert leaf.strata[0].channels == ("token",)


def test_open_poll_tells_nobody_and_records_itself(open_poll: MakeOpen) -> None:
    made = open_poll()
    assert Message.objects.count() == 0
    assert Act.objects.filter(object_ref=made.poll.ref, kind="poll.opened").count() == 1


@pytest.mark.parametrize(
    "said", [{"preset": "representatives"}, {"is_two_phase": True}, {"composition": [{}]}]
)
def test_change_poll_gives_an_open_poll_no_quorum(island: Island, bei: Actor, said: dict[str, Any]) -> None:
    made = make_open_voting(island["V1"], bei, 0)
    with pytest.raises(Refused, match="advisory"):
        made.change_poll(**said)


def test_open_poll_has_no_groups_and_no_roll_of_the_organiser(island: Island, bei: Actor) -> None:
    made = make_open_voting(island["V1"], bei, 0)
    stratum = made.stratum("everybody")
    for act, said in (
        ("add_stratum", {"code": "more", "label": "More"}), ("change_stratum", {"stratum": stratum, "label": "More"}),
        ("remove_stratum", {"stratum": stratum}),
        ("fill_roll", {"stratum": stratum, "area": island["V1"], "with_residents": True}),
    ):  # fmt: skip
        with pytest.raises(Refused, match="no roll and no groups"):
            getattr(made, act)(**said)
    with pytest.raises(NotFound):
        queries.get_roll(bei, made.poll)


def test_checks_of_an_open_poll_ask_for_the_population(island: Island, bei: Actor, pool: Any) -> None:
    made = make_open_voting(island["V1"], bei, 12, home=island["U111"], population=0)
    texts = {check.text: check.holds for check in queries.checks(made.poll)}
    assert texts["Say how many people live here: no more papers than that are given out."] is False
    made.change_poll(population=1_240)
    assert [check.text for check in queries.checks(made.reload())][2:] == [
        "An open vote: self-selected and advisory. There is no roll, no quorum and no majority.",
        "12 people could take part now: a phone confirmed, a home here. At most 1,240 get papers.",
        "Up to 30 people a minute get their papers at once; more wait until two organisers let them in.",
    ]
    made.change_poll(k=7)
    assert [check.holds for check in queries.checks(made.reload())] == [True, True, True, False]
    with pytest.raises(Refused, match="It takes 14 to hide anybody"):
        made.open_poll()


def test_rate_is_data_of_a_day() -> None:
    assert RATES[0].valid_from == date(2026, 1, 1)
    assert rate_in_force(date(2026, 11, 20)) == rate_in_force(date(2020, 1, 1)) == RATES[0]
    rate = Rate(valid_from=date(2026, 1, 1), per_thousand=20, least=30, source="")
    assert [rate.people_a_minute(population=number) for number in (0, 1_500, 1_550, 400_000)] == [
        30,
        30,
        31,
        8_000,
    ]


# The gate ------------------------------------------------------------------------------------------


def test_take_papers_above_the_rate_waits_for_organisers_and_not_for_the_clock(
    open_poll: MakeOpen, at: At
) -> None:
    at("2026-11-20 10:00")
    made = slow(open_poll(), 2)
    people = entries(made)
    assert [ask(made, entry) for entry in people[:4]] == [200, 200, 429, 429]
    assert numbers(made) == (2, 2, 0, 0, 2)
    at("2026-11-20 10:01")
    assert [ask(made, entry) for entry in people[2:6]] == [429, 429, 200, 200]
    at("2026-11-20 10:00")  # a clock that went back gives no minute twice
    assert ask(made, people[6]) == 429
    assert numbers(made) == (4, 3, 0, 0, 4)


def test_papers_of_one_person_are_counted_once(open_poll: MakeOpen) -> None:
    made = slow(open_poll(papers=2), 1)
    entry = entries(made)[0]
    code = services.issue_claim(actor=actor_for_person(entry.person), entry=entry)
    for paper in made.poll.papers.all():
        leaf = PaperLeaf.decode(bytes(paper.leaf))
        request = asked_token(leaf, "everybody", new_key()).request.encode()
        assert [ask_one(code, leaf, "everybody", request).status_code for _time in range(2)] == [200, 200]
        assert (
            ask_one(
                code, leaf, "everybody", asked_token(leaf, "everybody", new_key()).request.encode()
            ).status_code
            == 409
        )
    assert numbers(made) == (1, 0, 0, 0, 1)


def test_registrar_says_wait_in_problem_details(open_poll: MakeOpen) -> None:
    made = slow(open_poll(), 0)
    entry = entries(made)[0]
    code = services.issue_claim(actor=actor_for_person(entry.person), entry=entry)
    request = asked_token(made.leaf, "everybody", new_key()).request.encode()
    answer = ask_one(code, made.leaf, "everybody", request)
    assert (answer.status_code, answer["Content-Type"], answer["Retry-After"], answer["Access-Control-Allow-Origin"]) == (
        429, "application/problem+json", "60", "*",
    )  # fmt: skip
    assert answer.json()["detail"].startswith(
        "Very many people ask for a paper at once, so yours has to wait."
    )
    assert ask(made, entry) == 429
    assert (Waiting.objects.count(), Taken.objects.count(), numbers(made)) == (1, 0, (0, 1, 0, 0, 0))


def test_gate_shuts_at_the_population(open_poll: MakeOpen, acting: Callable[..., Actor]) -> None:
    made = slow(open_poll(15, population=11), 10)
    people = entries(made)
    assert [ask(made, entry) for entry in people[:12]] == [200] * 10 + [429] * 2
    decide(made, acting, lets_in=True)
    assert [ask(made, entry) for entry in people[10:13]] == [200, 422, 422]
    assert numbers(made) == (10, 0, 2, 0, 11)


# Two organisers ------------------------------------------------------------------------------------


def decide(voting: Voting, acting: Callable[..., Actor], *, lets_in: bool, reason: str = "") -> None:
    voting.propose_admission(lets_in=lets_in, reason=reason)
    services.confirm_admission(actor=acting("chen", "officer"), poll=voting.reload())


def test_confirm_admission_lets_those_in_who_wait(open_poll: MakeOpen, acting: Callable[..., Actor]) -> None:
    made = slow(open_poll(), 1)
    people = entries(made)
    assert [ask(made, entry) for entry in people[:4]] == [200, 429, 429, 429]
    decide(made, acting, lets_in=True)
    assert [ask(made, entry) for entry in people[:5]] == [409, 200, 200, 200, 429]
    assert numbers(made) == (1, 1, 3, 0, 4)
    told = Message.objects.order_by("pk")
    assert {message.notice for message in told} == {"poll.let_in"}
    assert [message.person_id for message in told] == [entry.person_id for entry in people[1:4]]
    assert len({message.at for message in told}) == 1
    assert [act.kind for act in Act.objects.filter(object_ref=made.poll.ref)][-2:] == [
        "poll.admission_proposed", "poll.admission_confirmed",
    ]  # fmt: skip
    assert not Proposal.objects.exists()


def test_confirm_admission_refuses_with_the_reason(open_poll: MakeOpen, acting: Callable[..., Actor]) -> None:
    made = slow(open_poll(), 0)
    first, second = entries(made)[:2]
    ask(made, first)
    decide(made, acting, lets_in=False, reason="These phones were all registered last night.")
    code = services.issue_claim(actor=actor_for_person(first.person), entry=first)
    request = asked_token(made.leaf, "everybody", new_key()).request.encode()
    answer = ask_one(code, made.leaf, "everybody", request)
    assert (answer.status_code, answer.json()["detail"]) == (
        422,
        "The organisers let nobody in who waited then. Their reason: These phones were all registered last night.",
    )
    assert ask(made, second) == 429  # who comes later waits for another decision
    assert numbers(made) == (0, 1, 0, 1, 0)
    assert [message.notice for message in Message.objects.all()] == ["poll.not_let_in"]
    assert (
        PollEvent.objects.filter(act="confirm_admission").get().text
        == "These phones were all registered last night."
    )


def test_admission_takes_two_different_organisers(
    open_poll: MakeOpen, acting: Callable[..., Actor], bei: Actor
) -> None:
    made = slow(open_poll(), 0)
    chen = acting("chen", "officer")
    with pytest.raises(Refused, match="Nobody waits now"):
        made.propose_admission(lets_in=True)
    ask(made, entries(made)[0])
    with pytest.raises(Refused, match="Nothing is proposed"):
        made.confirm_admission()
    with pytest.raises(Refused, match="Say why"):
        made.propose_admission(lets_in=False, reason=" ")
    made.propose_admission(lets_in=False, reason="A burst")
    with pytest.raises(Refused, match="Somebody else has to agree"):
        made.confirm_admission()
    seen = made.reload().version
    services.propose_admission(actor=chen, poll=made.poll, lets_in=True)  # he thinks otherwise
    with pytest.raises(StaleState):
        services.confirm_admission(actor=bei, poll=made.reload(), seen=seen)
    with pytest.raises(Refused, match="Somebody else has to agree"):
        services.confirm_admission(actor=chen, poll=made.reload())
    made.confirm_admission()
    assert numbers(made) == (0, 0, 1, 0, 0)


def test_admission_comes_too_late_once_no_papers_are_given_out(
    open_poll: MakeOpen, acting: Callable[..., Actor]
) -> None:
    made = slow(open_poll(), 0)
    ask(made, entries(made)[0])
    made.propose_admission(lets_in=True)
    made.close_issuing()
    with pytest.raises(Refused, match="No papers are given out"):
        services.confirm_admission(actor=acting("chen", "officer"), poll=made.reload())
    assert services.tell_of_waiting() == Message.objects.count() == 0


@pytest.mark.parametrize(
    "name",
    [("amal", None), ("dou", None), ("guo", "grid_chief"), ("oya", "other_secretary"), ("jin", "water_head")],
)
def test_admission_is_refused_to_others(
    open_poll: MakeOpen, acting: Callable[..., Actor], name: tuple[str, str | None]
) -> None:
    made = slow(open_poll(), 0)
    ask(made, entries(made)[0])
    made.propose_admission(lets_in=True)
    for act, said in ((services.propose_admission, {"lets_in": True}), (services.confirm_admission, {})):
        with pytest.raises(NotAllowed):
            act(actor=acting(*name), poll=made.reload(), **said)  # type: ignore[operator]


def test_tell_of_waiting_tells_those_who_can_decide_once(
    open_poll: MakeOpen, acting: Callable[..., Actor], island: Island
) -> None:
    made = slow(open_poll(), 0)
    assert services.tell_of_waiting() == 0
    ask(made, entries(made)[0])
    assert Message.objects.count() == 0  # asking itself writes to nobody
    assert [services.tell_of_waiting(), services.tell_of_waiting()] == [1, 0]
    told = [island.bei, island.chen, island.lin, island.kai]
    assert set(Message.objects.values_list("person", "notice")) == {
        (each.pk, "poll.people_wait") for each in told
    }
    decide(made, acting, lets_in=True)
    ask(made, entries(made)[1])
    assert services.tell_of_waiting() == 1
    assert PollEvent.objects.filter(poll=made.poll, act="tell_of_waiting").count() == 2


def test_tell_of_waiting_leaves_out_whom_the_poll_is_about(open_poll: MakeOpen, island: Island) -> None:
    made = open_poll()
    made.poll.papers.update(about_post=island.officer, about_path=island.officer.area.path)
    assert queries.organisers_of(made.reload()) == [island.kai.pk]


def test_nobody_takes_a_paper_for_somebody_else(open_poll: MakeOpen, bei: Actor) -> None:
    made = open_poll()
    for act in (services.issue_claim, services.draw_slip, services.give_hand_paper):
        with pytest.raises(NotAllowed):
            act(actor=bei, entry=entries(made)[0])


# Afterwards ----------------------------------------------------------------------------------------


def test_open_poll_is_counted_as_advisory_and_forgets_who_waited(
    open_poll: MakeOpen, ballot_box: Any, tmp_path: Path
) -> None:
    made = slow(open_poll(14, objection_hours=0, population=40), 11)
    people = entries(made)
    keys = []
    for entry in people[:11]:
        code = services.issue_claim(actor=actor_for_person(entry.person), entry=entry)
        keys += take_tokens(code)
    assert ask(made, people[11]) == 429
    assert ask(made, people[12]) == 429
    for number, key in enumerate(keys):
        assert ballot_box.cast(key.request([number % 3])).status == 200
    made.close_poll()
    assert (Waiting.objects.count(), Claim.objects.count(), numbers(made)) == (0, 0, (11, 2, 0, 0, 11))
    made.publish_openings()
    made.publish_result()
    (verdict,) = made.paper.result.verdict
    assert (verdict["kind"], verdict["en"]) == (
        "advisory",
        ADVISORY,
    )
    assert verdict["zh-hans"].startswith("自愿参与，仅供参考")
    issue = made.paper.issues.get()
    assert (issue.roll, issue.tokens) == (40, 11)
    both_verifiers_find_it_right(made, ballot_box, tmp_path)


def both_verifiers_find_it_right(made: Voting, ballot_box: Any, folder: Path) -> None:
    """moot-verify, and the page of the box."""
    bundle = folder / "poll.zip"
    bundle.write_bytes(ballot_box.ask("GET", f"/{made.poll.code}/bundle.zip").body)
    opened = Bundle(bundle)
    report = verify_poll(
        Evidence(opened.fetch, read_policy(opened.fetch("policy")), has_own_policy=False), workers=1
    )
    (found,) = in_node(("check", {"bundle": str(bundle)}))
    assert (report.is_right, report.is_final, found["isRight"], found["isFinal"]) == (True,) * 4
    assert [finding.key for finding in report.findings] == [each["key"] for each in found["findings"]]
    assert "poll.advisory" in report.keys
    (paper,) = report.papers
    assert (paper.roll, paper.taken, paper.accepted) == (40, 11, 11)


def test_erasure_takes_somebody_out_of_the_line(open_poll: MakeOpen, bei: Actor) -> None:
    made = slow(open_poll(), 0)
    entry = entries(made)[0]
    ask(made, entry)
    made.propose_admission(lets_in=True)
    assert BALLOTS.export(entry.person_id)["rolls"][0]["asked_and_waited"] == "waiting"
    BALLOTS.erase(entry.person_id)
    BALLOTS.erase(bei.person_id or 0)
    assert (Waiting.objects.count(), Proposal.objects.get().proposed_by_id) == (0, None)


# Whatever happens ----------------------------------------------------------------------------------

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("ask"), st.integers(0, 11)), st.tuples(st.just("pass"), st.integers(1, 90)),
        st.tuples(st.just("let in"), st.just(0)), st.tuples(st.just("refuse"), st.just(0)),
    ), max_size=40,
)  # fmt: skip


@given(steps=STEPS, rate=st.integers(0, 4), population=st.integers(0, 9))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_issued_stay_under_population_and_rate(  # noqa: PLR0917
    island: Island,
    acting: Callable[..., Actor],
    key_pool: Any,
    steps: list[tuple[str, int]],
    rate: int,
    population: int,
) -> None:
    begun = clock.now().replace(second=0, microsecond=0)
    with transaction.atomic(), clock.set_to(begun):
        made = prepared(island, acting("bei", "secretary"), rate, population)
        people = entries(made)
        minutes, seconds = {0}, 0
        for step, value in steps:
            if step == "pass":
                seconds += value
            elif step == "ask":
                minutes.add(seconds // 60)
                with clock.set_to(begun + timedelta(seconds=seconds)):
                    try:
                        with transaction.atomic():
                            pass_gate(people[value])
                            Taken.objects.get_or_create(entry=people[value], paper=made.paper, kind="token")
                    except MustWait:
                        put_in_line(people[value])
                    except Refused:
                        continue
            elif Waiting.objects.filter(entry__poll=made.poll, admission="waiting").exists():
                decide(made, acting, lets_in=step == "let in", reason="Why")
            gate = Gate.objects.get(poll=made.poll)
            taken = Taken.objects.filter(entry__poll=made.poll).count()
            assert taken == gate.issued <= population
            assert gate.at_once <= rate * len(minutes)
            assert taken <= gate.at_once + gate.let_in
        transaction.set_rollback(True)


def prepared(island: Island, chair: Actor, rate: int, population: int) -> Voting:
    """An open poll as the box would have it, without one: nothing here is cast."""
    made = make_open_voting(island["V1"], chair, 12, home=island["U111"], population=population)
    fill_open_roll(made.poll)
    Gate.objects.create(poll=made.poll, rate=rate)
    Poll.objects.filter(pk=made.poll.pk).update(state="casting")
    made.reload()
    return made
