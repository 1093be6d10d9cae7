"""Whether those on the list took a paper: a sample that nobody could choose, asked by two outside the circle."""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from folkmoot_kernel.audit import check_sample
from folkmoot_kernel.encoding import b64u
from folkmoot_kernel.errors import KernelError

from folkmoot.ballots import personal, queries, services
from folkmoot.ballots.models import Audit, AuditObserver, Drawn, PollEvent, RollEntry, Taken
from folkmoot.base import clock
from folkmoot.base.actors import Actor
from folkmoot.base.errors import NotAllowed, NotFound, Refused, StaleState
from folkmoot.channels.models import Message
from folkmoot.journal.models import Act
from folkmoot.people.models import Person
from folkmoot.people.phones import hash_of_phone
from tests.ballots.box.running import RunningBox
from tests.ballots.test_views_setting_up import at, page
from tests.conftest import signed_in
from tests.factories.ballots import Voting, take_tokens
from tests.factories.island import Island
from tests.factories.people import TenureFactory

Make = Callable[..., Voting]
DICE = "4162435"
TAKEN = 12


def give_phone(person: Person, phone: str) -> str:
    Person.objects.filter(pk=person.pk).update(phone=phone, phone_hash=hash_of_phone(phone))
    return phone


@pytest.fixture
def phones(island: Island) -> dict[str, str]:
    """The phones with which some of the cast sign in."""
    names = ("amal", "dou", "oya", "guo", "bei", "chen", "operator")
    return {name: give_phone(getattr(island, name), f"+86139000000{n:02}") for n, name in enumerate(names)}


@pytest.fixture
def issued(voting: Make, pool: list[Any], ballot_box: RunningBox) -> Voting:
    """12 of 20 took two papers online; the giving out has ended. k is 5."""
    made = voting({"residents": 20}, papers=2)
    made.open_poll()
    for entry in made.entries("residents")[:TAKEN]:
        list(take_tokens(services.issue_claim(actor=made.chair, entry=entry)))
    made.close_issuing()
    return made


@pytest.fixture
def begun(issued: Voting, phones: dict[str, str]) -> Voting:
    issued.begin_audit(first=phones["amal"], second=phones["dou"])
    return issued


@pytest.fixture
def drawn(begun: Voting) -> Voting:
    begun.draw_sample(number=DICE)
    return begun


@pytest.fixture
def observers(acting: Callable[..., Actor]) -> tuple[Actor, Actor]:
    return acting("amal"), acting("dou")


def answer_all(made: Voting, actor: Actor, answer: str = "yes") -> None:
    for row in queries.drawn_voters(made.reload()):
        services.answer_sample(actor=actor, poll=made.poll, drawn=row, answer=answer)


def test_sample_is_drawn_from_what_the_log_says_and_anybody_draws_it_again(
    drawn: Voting, ballot_box: RunningBox
) -> None:
    audit = Audit.objects.get()
    assert audit.population == TAKEN  # both papers have one list: the same people took them
    assert audit.checkpoint == ballot_box.ask("GET", f"/{drawn.poll.code}/checkpoint").body.decode()
    text = page(Client(), at(drawn, "audit"))
    recipe = queries.recipe_of_draw(audit, queries.sample_size(audit))
    run = subprocess.run(["sh", "-c", recipe], capture_output=True, check=True, text=True)
    places = queries.places_drawn(drawn.reload(), DICE)
    assert run.stdout.split() == [place.item for place in places]
    assert DICE in text
    assert len(places) == Drawn.objects.count() == 12
    assert RollEntry.objects.filter(name__in=text.split()).count() == 0


def test_each_drawn_is_proved_to_stand_where_the_draw_says(drawn: Voting, tmp_path: Path) -> None:
    sample = queries.sample_with_proofs(Audit.objects.get())
    lists = check_sample(json.loads(json.dumps(sample)))
    (issue,) = {(row.root, row.tokens) for row in queries.issues_of(drawn.paper).values()}
    assert [(each.root, each.size) for each in queries.token_lists(drawn.reload())] == [
        (each.root, each.size) for each in lists
    ]
    assert sample["lists"] == dict([issue])
    took = set(Taken.objects.values_list("entry", flat=True))
    assert {each["person"] for each in sample["drawn"]} == {str(entry) for entry in took}
    assert "residents 0" not in json.dumps(sample)
    (tmp_path / "sample.json").write_text(json.dumps(sample), "utf-8")
    command = [sys.executable, "-m", "folkmoot_kernel.audit", tmp_path / "sample.json"]
    run = subprocess.run(command, capture_output=True, check=True, text=True, env={"PYTHONPATH": "kernel"})
    assert run.stdout == f"{issue[0]} {issue[1]}\n"
    for forge in ({"number": "1234567"}, {"poll": "other"}, {"drawn": sample["drawn"][1:]}):
        with pytest.raises(KernelError):
            check_sample(sample | forge)
    sample["drawn"][0]["person"] = sample["drawn"][1]["person"]
    with pytest.raises(KernelError):
        check_sample(sample)


def test_checkpoint_covers_the_list_and_comes_before_the_number(begun: Voting) -> None:
    size = int(Audit.objects.get().checkpoint.splitlines()[1])
    assert size == 4  # two papers, two lists
    with pytest.raises(NotFound):
        queries.names_on(begun.reload(), "A" * 43)


def test_draw_sample_is_refused_before_the_observers_are_named_and_a_second_time(
    issued: Voting, phones: dict[str, str]
) -> None:
    with pytest.raises(Refused, match="Name the two observers first"):
        issued.draw_sample(number=DICE)
    issued.begin_audit(first=phones["amal"], second=phones["dou"])
    checkpoint = Audit.objects.get().checkpoint
    issued.open_casting()
    issued.begin_audit(
        first=phones["amal"], second=phones["oya"]
    )  # others may be named, the log stays as it was
    assert Audit.objects.get().checkpoint == checkpoint
    issued.draw_sample(number=DICE)
    for again in (
        lambda: issued.draw_sample(number="6666666"),
        lambda: issued.begin_audit(first=phones["amal"], second=phones["dou"]),
    ):
        with pytest.raises(Refused, match="drawn already"):
            again()
    assert Audit.objects.get().number == DICE


@pytest.mark.parametrize("number", ["", "12a", "１２３４５６", "-1"])
def test_draw_sample_takes_digits_only(begun: Voting, number: str) -> None:
    with pytest.raises(Refused, match="digits"):
        begun.draw_sample(number=number)


def test_begin_audit_is_refused_while_papers_are_given_out(
    voting: Make, pool: list[Any], ballot_box: RunningBox, phones: dict[str, str]
) -> None:
    made = voting({"residents": 20})
    made.open_poll()
    with pytest.raises(Refused, match="Papers are still given out"):
        made.begin_audit(first=phones["amal"], second=phones["dou"])
    assert not Audit.objects.exists()


def test_nobody_is_drawn_where_fewer_than_k_took_a_paper(
    voting: Make, pool: list[Any], ballot_box: RunningBox, phones: dict[str, str]
) -> None:
    made = voting({"residents": 20})
    made.open_poll()
    for entry in made.entries("residents")[:4]:
        list(take_tokens(services.issue_claim(actor=made.chair, entry=entry)))
    made.close_issuing()
    made.begin_audit(first=phones["amal"], second=phones["dou"])
    with pytest.raises(Refused, match="Fewer than 5 took a paper online"):
        made.draw_sample(number=DICE)


@pytest.mark.parametrize(
    ("first", "second", "why"),
    [
        ("amal", "amal", "One alone does not do"),
        ("amal", "guo", "Guo holds a post"),
        ("bei", "amal", "Bei holds a post"),
        ("amal", "chen", "Chen holds a post"),
        ("operator", "amal", "keeps this server"),
        ("amal", "", "Nobody here signs in"),
    ],
)
def test_observers_are_two_outside_the_circle(
    issued: Voting, phones: dict[str, str], first: str, second: str, why: str
) -> None:
    known = phones | {"": "+8613911111111"}
    with pytest.raises(Refused, match=why):
        issued.begin_audit(first=known[first], second=known[second])
    assert not AuditObserver.objects.exists()


def test_observer_who_comes_into_the_circle_sees_the_sample_no_more(
    drawn: Voting, island: Island, observers: tuple[Actor, Actor]
) -> None:
    row = queries.drawn_voters(drawn.poll)[0]
    TenureFactory.create(post=island.vacant_G12, person=island.dou)
    for act in (
        lambda: services.answer_sample(actor=observers[1], poll=drawn.reload(), drawn=row, answer="yes"),
        lambda: services.sign_audit(actor=observers[1], poll=drawn.reload()),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_list_that_is_not_the_one_in_the_log_is_not_drawn_from(begun: Voting) -> None:
    Taken.objects.filter(entry=begun.entries("residents")[0]).delete()
    with pytest.raises(Refused, match="not the one in the log"):
        begun.draw_sample(number=DICE)
    assert Audit.objects.get().number == ""
    assert not Drawn.objects.exists()


def test_numbers_are_left_and_no_names_once_both_have_signed(
    drawn: Voting, observers: tuple[Actor, Actor], client: Client
) -> None:
    first, second = observers
    with pytest.raises(Refused, match="not asked yet"):
        services.sign_audit(actor=first, poll=drawn.reload())
    answer_all(drawn, first)
    row = queries.drawn_voters(drawn.poll)[3]
    services.answer_sample(actor=second, poll=drawn.poll, drawn=row, answer="no")
    services.sign_audit(actor=first, poll=drawn.reload())
    with pytest.raises(Refused, match="signed already"):
        services.sign_audit(actor=first, poll=drawn.reload())
    assert not Audit.objects.get().is_ended
    services.sign_audit(actor=second, poll=drawn.reload())
    audit = Audit.objects.get()
    assert (audit.yes, audit.no, audit.unreached) == (11, 1, 0)
    assert not Drawn.objects.exists()
    text = page(client, at(drawn, "audit"))
    assert "Taken by the voters themselves: 11; not: 1; not reached: 0." in text
    with pytest.raises(Refused, match="signed already"):
        services.sign_audit(actor=first, poll=drawn.reload())


def test_a_changed_answer_takes_the_signature_back(drawn: Voting, observers: tuple[Actor, Actor]) -> None:
    first, second = observers
    answer_all(drawn, first)
    services.sign_audit(actor=first, poll=drawn.reload())
    row = queries.drawn_voters(drawn.poll)[0]
    services.answer_sample(actor=second, poll=drawn.poll, drawn=row, answer="no")
    services.sign_audit(actor=second, poll=drawn.reload())
    assert not Audit.objects.get().is_ended
    services.sign_audit(actor=first, poll=drawn.reload())
    assert Audit.objects.get().no == 1


def test_three_tries_in_vain_are_not_reached(drawn: Voting, observers: tuple[Actor, Actor]) -> None:
    row = queries.drawn_voters(drawn.poll)[0]
    said = []
    for _try in range(3):
        row = services.answer_sample(actor=observers[0], poll=drawn.reload(), drawn=row, answer="unreached")
        said.append((row.tries, row.answer))
    assert said == [(1, ""), (2, ""), (3, "unreached")]
    row = services.answer_sample(actor=observers[1], poll=drawn.poll, drawn=row, answer="yes")
    assert row.answer == "yes"


def test_observer_who_was_drawn_is_asked_by_the_other(
    drawn: Voting, island: Island, observers: tuple[Actor, Actor]
) -> None:
    row = queries.drawn_voters(drawn.poll)[0]
    RollEntry.objects.filter(pk=row.pk).update(person=island.dou)
    row = queries.drawn_voters(drawn.poll)[0]
    with pytest.raises(Refused, match="let the other observer ask you"):
        services.answer_sample(actor=observers[1], poll=drawn.reload(), drawn=row, answer="yes")
    services.answer_sample(actor=observers[0], poll=drawn.poll, drawn=row, answer="yes")
    Drawn.objects.all().delete()
    with pytest.raises(StaleState):
        services.answer_sample(actor=observers[0], poll=drawn.poll, drawn=row, answer="yes")


def test_audit_leaves_its_steps_and_nothing_that_somebody_answered(
    drawn: Voting, observers: tuple[Actor, Actor], island: Island
) -> None:
    answer_all(drawn, observers[0])
    for actor in observers:
        services.sign_audit(actor=actor, poll=drawn.reload())
    begun, noted = Act.objects.filter(kind__in=("poll.audit_begun", "poll.sample_drawn")).order_by("pk")
    root = queries.checkpoint_root(Audit.objects.get())
    assert (begun.body["checkpoint"], noted.body["number"]) == (b64u(root), DICE)
    kinds = ["poll.audit_begun", "poll.sample_drawn", "poll.audit_signed", "poll.audit_signed"]
    assert [act.kind for act in Act.objects.order_by("pk")][-4:] == kinds
    assert [event.act for event in PollEvent.objects.order_by("pk")][-4:] == [
        "begin_audit", "draw_sample", "sign_audit", "sign_audit",
    ]  # fmt: skip
    assert personal.export(island.dou.pk)["observed"] == [drawn.poll.code]
    told = Message.objects.filter(notice="poll.observer_named").values_list("person", flat=True)
    assert set(told) == {island.amal.pk, island.dou.pk}


def test_audit_is_told_to_the_slower_one(begun: Voting) -> None:
    seen = begun.reload().version
    begun.draw_sample(number=DICE, seen=seen)
    with pytest.raises(StaleState):
        begun.draw_sample(number="6666666", seen=seen)


def test_answers_are_erased_when_nobody_ends_the_audit(
    drawn: Voting, observers: tuple[Actor, Actor], client: Client
) -> None:
    services.answer_sample(
        actor=observers[0], poll=drawn.reload(), drawn=queries.drawn_voters(drawn.poll)[0], answer="yes"
    )
    drawn.open_casting()
    drawn.close_poll()
    assert services.forget_samples() == 0
    with clock.set_to(clock.now() + timedelta(days=31)):
        assert services.forget_samples() == 12
    assert "The asking was not finished in time." in page(client, at(drawn, "audit"))


# Pages


def test_organiser_names_and_draws_on_pages_and_never_sees_the_names(
    as_bei: Client, issued: Voting, phones: dict[str, str]
) -> None:
    assert "Have it checked who took a paper" in page(as_bei, at(issued, "run"))
    said = {"seen": issued.reload().version, "first": phones["amal"], "second": "12"}
    refused = as_bei.post(at(issued, "audit/begin"), said)
    assert refused.status_code == 422
    assert phones["amal"] in refused.content.decode()
    said["second"] = phones["dou"]
    assert as_bei.post(at(issued, "audit/begin"), said).status_code == 302
    assert "Draw those who are asked" in page(as_bei, at(issued, "run"))
    for bad in ("", "12", "12345x", "9" * 41):
        assert (
            as_bei.post(
                at(issued, "audit/draw"), {"seen": issued.reload().version, "number": bad}
            ).status_code
            == 422
        )
    answer = as_bei.post(at(issued, "audit/draw"), {"seen": issued.reload().version, "number": DICE})
    assert answer["Location"] == at(issued, "audit")
    text = page(as_bei, at(issued, "audit"))
    assert "12 places on the list are drawn." in text
    assert "residents 0" not in text
    for name in ("sample", "sample/proof", "audit/sign"):
        assert as_bei.get(at(issued, name)).status_code == 403


def test_observers_ask_and_sign_on_pages(
    as_amal: Client, as_dou: Client, client: Client, drawn: Voting
) -> None:
    assert "You are an observer of this vote." in page(as_amal, f"/polls/{drawn.poll.code}/")
    text = page(as_amal, at(drawn, "sample"))
    assert text.count("residents 0") == 12
    assert "12 people are still to be asked." in text
    assert DICE in text
    for row in queries.drawn_voters(drawn.poll):
        assert as_amal.post(at(drawn, f"sample/{row.pk}"), {"answer": "maybe"}).status_code == 404
        assert as_amal.post(at(drawn, f"sample/{row.pk}"), {"answer": "yes"}).status_code == 302
    proof = as_dou.get(at(drawn, "sample/proof"))
    assert proof["Cache-Control"] == "no-store"
    assert len(check_sample(json.loads(proof.content))) == 1
    for somebody in (as_amal, as_dou):
        assert somebody.post(at(drawn, "audit/sign"), {"seen": drawn.reload().version}).status_code == 302
    assert as_dou.get(at(drawn, "sample/proof")).status_code == 404
    assert "Both of you have signed. The names are erased." in page(as_dou, at(drawn, "sample"))
    found = page(client, at(drawn, "audit"))
    assert "All 12 were taken by the voters themselves, they say" in found
    chinese = page(client, at(drawn, "audit"), headers={"accept-language": "zh-CN"})
    assert "网上领取的12张选票中抽查12张，12张均为本人领取" in chinese


def test_sample_is_not_there_for_others(
    client: Client, as_chen: Client, as_guo: Client, island: Island, drawn: Voting
) -> None:
    row = queries.drawn_voters(drawn.poll)[0]
    for somebody in (as_chen, as_guo, signed_in(island.nan)):
        for name in ("sample", "sample/proof", "audit/sign"):
            assert somebody.get(at(drawn, name)).status_code == 403
        assert somebody.post(at(drawn, f"sample/{row.pk}"), {"answer": "no"}).status_code == 403
        assert "You are an observer" not in page(somebody, f"/polls/{drawn.poll.code}/")
    assert client.get(at(drawn, "sample")).status_code == 302
    assert queries.drawn_voters(drawn.poll)[0].answer == ""


def test_audit_page_is_not_there_without_an_audit(client: Client, as_guo: Client, issued: Voting) -> None:
    assert client.get(at(issued, "audit")).status_code == 404
    for name in ("audit/begin", "audit/draw"):
        assert as_guo.get(at(issued, name)).status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
def test_sample_asks_as_often_for_many(
    as_amal: Client, drawn: Voting, django_assert_num_queries: Any, rows: int
) -> None:
    kept = [row.pk for row in queries.drawn_voters(drawn.poll)[:rows]]
    Drawn.objects.exclude(pk__in=kept).delete()
    with django_assert_num_queries(10):
        text = page(as_amal, at(drawn, "sample"))
    assert text.count("residents 0") == rows
