"""The polls that stand in the addresses of ballots: one being set up, one that gives out papers, one that is over,
and one of another place, for which this one is the second registrar."""

from typing import Any

from folkmoot_kernel.notes import ED25519, Checkpoint, SigningKey, sign_note

from folkmoot.ballots import boxes, services
from folkmoot.ballots.models import Audit, AuditObserver, Gate, Issue, Poll, Taken, Waiting
from folkmoot.ballots.services.issuing import count_issued
from folkmoot.ballots.states import PollState
from folkmoot.base import clock
from folkmoot.base.actors import Actor
from folkmoot.people.actors import actor_for_person
from tests.factories.ballots import ALL_CHANNELS, Voting, make_voting, person_on_roll
from tests.factories.island import Island
from tests.factories.registrars import made_setup

Parameters = dict[str, Any]
STATES = (PollState.DRAFT, PollState.TAKING, PollState.PUBLISHED)


def poll_rows(island: Island) -> dict[tuple[str, ...], list[Parameters]]:
    """By the names of the parameters. Nobody has handed these polls to a box."""
    polls = [*(poll_in(island, state) for state in STATES), open_poll(island), part_in(island)]
    codes = [{"code": poll.code} for poll in polls]
    groups = [code | {"stratum": "residents"} for code in codes]
    entries = [{"code": poll.code, "entry": poll.roll.get(person=island.amal).pk} for poll in polls]
    audited = next(poll for poll in polls if poll.state == PollState.PUBLISHED)
    drawn = [{"code": audited.code, "entry": row.pk} for row in audited.audit.drawn.all()[:1]]
    return {
        ("code",): [*codes, {"code": island["V1"].code}, {"code": "nowhere"}],
        ("code", "stratum"): groups,
        ("code", "number"): [code | {"number": 1} for code in codes],
        ("code", "order"): [code | {"order": 1} for code in codes],
        ("code", "order", "stratum"): [group | {"order": 1} for group in groups],
        ("code", "entry"): [*entries, *drawn],
        ("code", "name"): [code | {"name": name} for code in codes for name in ("setup", "keys")],
        ("code", "sheet"): [code | {"sheet": 1} for code in codes],
        ("code", "sheet", "size"): [code | {"sheet": 1, "size": "thumb"} for code in codes],
    }


def open_poll(island: Island) -> Poll:
    """An open poll at whose gate Amal waits."""
    found = Poll.objects.filter(code="sample-open").first()
    if found is not None:
        return found
    bei = actor_for_person(island.bei, island.secretary)
    voting = make_voting(island["V1"], bei, {}, is_open=True, population=40)
    voting.poll.strata.update(votes_in=voting.stratum("everybody"))
    Waiting.objects.create(entry=person_on_roll(voting, island.amal, "everybody"))
    Gate.objects.create(poll=voting.poll, rate=30, waiting=1)
    Poll.objects.filter(pk=voting.poll.pk).update(
        code="sample-open", state=PollState.CASTING, opened_at=clock.now(), log_key="box+1+key"
    )
    return voting.reload()


def poll_in(island: Island, state: str) -> Poll:
    bei = actor_for_person(island.bei, island.secretary)
    code = f"sample-{state}"
    found = Poll.objects.filter(code=code).first()
    if found is not None:
        return found
    voting = make_voting(island["V1"], bei, {"residents": 20}, channels=ALL_CHANNELS)
    person_on_roll(voting, island.amal)
    voting.poll.strata.update(votes_in=voting.stratum("residents"))
    now = clock.now() if state != PollState.DRAFT else None
    over = {"issue_closed_at": now, "closed_at": now, "counted_at": now, "published_at": now}
    Poll.objects.filter(pk=voting.poll.pk).update(
        code=code, state=state, opened_at=now, log_key="" if now is None else "box+1+key",
        **(over if state == PollState.PUBLISHED else {}),
    )  # fmt: skip
    if state == PollState.PUBLISHED:
        draw_sample(island, voting.reload(), bei)
    return voting.reload()


def draw_sample(island: Island, poll: Poll, bei: Actor) -> None:
    """Ten have taken a paper online; Amal and Dou ask them."""
    rows = [Taken(entry=entry, paper=poll.papers.get(), kind="token") for entry in poll.roll.all()[:10]]
    Taken.objects.bulk_create(rows)
    Issue.objects.bulk_create(count_issued(poll))
    log = SigningKey("box.example/log", ED25519, bytes(32))
    note = sign_note(Checkpoint(log.name, 2, bytes(32)).body, log).encode().decode()
    audit = Audit.objects.create(poll=poll, checkpoint=note)
    AuditObserver.objects.bulk_create(
        AuditObserver(audit=audit, person=person) for person in (island.amal, island.dou)
    )
    services.draw_sample(actor=bei, poll=poll, number="416243")


def part_in(island: Island) -> Poll:
    found = Poll.objects.filter(code="sample-part").first()
    if found is not None:
        return found
    bei = actor_for_person(island.bei, island.secretary)
    setup = made_setup(boxes.registrar_host(), code="sample-part")
    poll = services.agree_to_poll(actor=bei, area=island["V1"], file=setup.encode())
    person_on_roll(Voting(poll, bei), island.amal)
    return poll
