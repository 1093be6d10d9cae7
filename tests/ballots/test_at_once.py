"""Two at once, on PostgreSQL: one of them wins, nothing is given out twice, nothing after it was counted."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pytest
from django.db import connections
from folkmoot_kernel.encoding import b64u

from folkmoot.ballots import services
from folkmoot.ballots.models import Claim, Gate, Issue, Poll, Taken, TokenKey, Waiting
from folkmoot.ballots.services import Asked
from folkmoot.base import clock
from folkmoot.base.actors import VISITOR
from folkmoot.base.errors import FolkmootError
from folkmoot.people.actors import actor_for_person
from tests.ballots.box.running import RunningBox
from tests.factories.ballots import Voting, asked_token, make_open_voting, make_voting, new_key
from tests.factories.cases import actor_of
from tests.factories.island import make_island

pytestmark = pytest.mark.postgres
Answer = TypeVar("Answer")


@pytest.fixture
def draft(on_postgres: None, key_pool: list[TokenKey], ballot_box: RunningBox) -> Voting:
    island = make_island()
    TokenKey.objects.bulk_create(TokenKey(private=key.private, public=key.public) for key in key_pool)
    return make_voting(island["V1"], actor_of(island.bei, island.secretary), {"residents": 30})


@pytest.fixture
def opened(draft: Voting) -> Voting:
    draft.open_poll()
    return draft


def at_once(*acts: Callable[[], Answer]) -> list[Answer | FolkmootError]:
    """What each act gives or is refused with, all begun together."""

    def run(act: Callable[[], Answer]) -> Answer | FolkmootError:
        try:
            return act()
        except FolkmootError as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as threads:
        return [future.result() for future in [threads.submit(run, act) for act in acts]]


def taking(made: Voting, code: str, *, request: Any = None) -> Callable[[], bytes]:
    """Asks for the paper: each time with a fresh request unless one is given."""
    leaf = made.leaf
    group = leaf.strata[0].id
    asked = request or asked_token(leaf, group, new_key()).request
    return lambda: services.take_papers(
        actor=VISITOR, code=code, asked=[Asked(b64u(leaf.id), group, asked)]
    )[0]  # fmt: skip


def refusals(answers: list[Any]) -> Iterator[str]:
    return (type(answer).__name__ for answer in answers if isinstance(answer, FolkmootError))


def test_same_request_many_times_at_once_gets_one_answer(opened: Voting) -> None:
    code = services.issue_claim(actor=opened.chair, entry=opened.entries("residents")[0])
    request = asked_token(opened.leaf, "residents", new_key()).request
    assert len(set(at_once(*[taking(opened, code, request=request) for _ in range(6)]))) == 1
    assert Taken.objects.count() == 1


def test_two_devices_at_once_get_one_paper(opened: Voting) -> None:
    code = services.issue_claim(actor=opened.chair, entry=opened.entries("residents")[0])
    answers = at_once(*[taking(opened, code) for _ in range(6)])
    assert list(refusals(answers)) == ["TakenElsewhere"] * 5
    assert Taken.objects.count() == 1


def test_nothing_is_given_out_after_it_was_counted(opened: Voting) -> None:
    codes = [
        services.issue_claim(actor=opened.chair, entry=entry) for entry in opened.entries("residents")[:12]
    ]
    answers = at_once(*[taking(opened, code) for code in codes], opened.close_issuing)
    given = sum(isinstance(answer, bytes) for answer in answers)
    assert Issue.objects.get().tokens == Taken.objects.count() == given
    assert set(refusals(answers)) <= {"Refused"}


def test_two_claims_at_once_leave_one(opened: Voting) -> None:
    entry = opened.entries("residents")[0]
    answers = at_once(*[lambda: services.issue_claim(actor=opened.chair, entry=entry) for _ in range(4)])
    assert set(refusals(answers)) <= {"StaleState"}
    assert Claim.objects.count() == 1


def test_two_who_open_and_close_at_once_do_it_once(draft: Voting) -> None:
    for act, state in (("open_poll", "taking"), ("open_casting", "casting"), ("close_poll", "closed")):
        assert set(refusals(at_once(*[doing(draft, act)] * 2))) <= {"StaleState", "Refused"}, act
        assert draft.reload().state == state
    assert draft.poll.events.filter(act__in=("open", "open_casting", "close")).count() == 3


def doing(made: Voting, act: str) -> Callable[[], Poll]:
    """The act of the chair on the poll as it is when the act begins."""
    return lambda: getattr(services, act)(actor=made.chair, poll=Poll.objects.get(pk=made.poll.pk))


def test_many_at_the_gate_at_once_pass_up_to_its_rate(
    on_postgres: None, key_pool: list[TokenKey], ballot_box: RunningBox
) -> None:
    island = make_island()
    TokenKey.objects.bulk_create(TokenKey(private=key.private, public=key.public) for key in key_pool)
    made = make_open_voting(island["V1"], actor_of(island.bei, island.secretary), 12)
    made.open_poll()
    Gate.objects.filter(poll=made.poll).update(rate=5)
    codes = [
        services.issue_claim(actor=actor_for_person(entry.person), entry=entry)
        for entry in made.entries("everybody") if entry.person
    ]  # fmt: skip
    with clock.set_to(clock.now()):
        answers = at_once(*[taking(made, code) for code in codes])
    gate = Gate.objects.get()
    assert list(refusals(answers)) == ["MustWait"] * 7
    assert (gate.at_once, gate.issued, gate.waiting) == (5, 5, 7)
    assert (Taken.objects.count(), Waiting.objects.count()) == (5, 7)
    made.propose_admission(lets_in=True)
    chen = actor_of(island.chen, island.officer)
    agreeing = [lambda: services.confirm_admission(actor=chen, poll=Poll.objects.get(pk=made.poll.pk))] * 2
    assert len(list(refusals(at_once(*agreeing, *[taking(made, code) for code in codes])))) >= 1
    gate.refresh_from_db()
    assert (gate.waiting, gate.let_in) == (0, 7)
