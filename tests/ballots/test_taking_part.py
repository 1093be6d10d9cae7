"""The second registrar's side: a roll, keys and numbers of its own for a poll that another place organises."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from folkmoot_kernel.encoding import b64u
from folkmoot_kernel.es256 import point_of
from folkmoot_kernel.tokens import TokenChallenge, TokenResponse, ask_token, voter_nonce
from folkmoot_kernel.tokens import TokenKey as PublicKey

from folkmoot.ballots import boxes, queries, services
from folkmoot.ballots.handover import OfferedKeys, OpenedPapers, SetUp, decode_numbers
from folkmoot.ballots.models import Agreement, Claim, Poll, RollEntry, Stratum, Taken, TokenKey
from folkmoot.ballots.printing import claim_address
from folkmoot.base import clock
from folkmoot.base.actors import Actor
from folkmoot.base.errors import NotAllowed, Refused
from folkmoot.channels.models import Message
from tests.factories.ballots import Voting, ask_one, ask_papers, new_key
from tests.factories.island import Island
from tests.factories.registrars import made_setup, opened_papers


@pytest.fixture
def setup() -> SetUp:
    return made_setup(boxes.registrar_host(), papers=2)


@pytest.fixture
def part(setup: SetUp, island: Island, bei: Actor, pool: list[TokenKey]) -> Voting:
    """Bei's village takes part; six residents, a member and a leader are on its roll."""
    poll = services.agree_to_poll(actor=bei, area=island["V1"], file=setup.encode())
    for code, size in (("residents", 6), ("members", 1), ("leaders", 1)):
        stratum = Stratum.objects.get(poll=poll, code=code)
        RollEntry.objects.bulk_create(
            RollEntry(poll=poll, stratum=stratum, name=f"{code} {n}", salt=bytes(32)) for n in range(size)
        )
    RollEntry.objects.filter(poll=poll, name="residents 0").update(person=island.amal)
    return Voting(poll, bei)


def papers_for(part: Voting, setup: SetUp, own: bytes = bytes(342), **changes) -> OpenedPapers:
    offered = OfferedKeys.decode(bytes(Agreement.objects.get(poll=part.poll).keys))
    return opened_papers(setup, offered, own, **changes)


@pytest.fixture
def giving(part: Voting, setup: SetUp) -> Voting:
    part.offer_keys()
    part.accept_papers(file=papers_for(part, setup).encode())
    part.reload()
    return part


def take(part: Voting, code: str, *, times: int = 1) -> list[bytes]:
    """A token of this place for the first paper; the same request several times."""
    leaf, key = part.leaf, new_key()
    [spki] = [s.token.keys[1] for s in leaf.strata if s.id == "residents"]
    challenge = TokenChallenge(boxes.registrar_host(), leaf.id, leaf.box)
    nonce = voter_nonce(point_of(key.public_key()))
    asked = ask_token(PublicKey(spki), challenge, nonce, salt=bytes(48), factor=98_765)
    answers = [ask_one(code, leaf, "residents", asked.request.encode()) for _ in range(times)]
    assert [answer.status_code for answer in answers] == [200] * times
    asked.finalize(TokenResponse.parse(answers[0].content))
    return [answer.content for answer in answers]


def test_agree_to_poll_begins_with_what_the_organiser_asks(part: Voting, setup: SetUp) -> None:
    poll = part.poll
    assert (poll.code, poll.name, poll.name_zh, poll.k, poll.is_two_phase, poll.state) == (
        "elsewhere", "Spring appraisal", "春季评议", 5, True, "draft",
    )  # fmt: skip
    assert (poll.organiser, poll.second_registrar) == ("https://organiser.example", boxes.registrar_host())
    assert [paper.words for paper in poll.papers.all()] == [dict(paper.question) for paper in setup.papers]
    heads = {s.code: s.votes_in.code for s in poll.strata.all()}
    assert heads == {"residents": "residents", "members": "members", "leaders": "members"}
    assert bytes(Agreement.objects.get().setup) == setup.encode()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda setup: b"", "not a set-up"),
        (lambda setup: setup.encode()[:-1], "not a set-up"),
        (lambda setup: made_setup("other.example").encode(), "names other.example as second"),
        (lambda setup: replace(setup, organiser="https://stranger.example").encode(), "who organises"),
        (lambda setup: replace(setup, organiser="ftp://organiser.example").encode(), "who organises"),
        (lambda setup: replace(setup, name={"en": "x" * 121}).encode(), "not a set-up"),
        (lambda setup: replace(setup, name={"fr": "Vote"}).encode(), "not a set-up"),
        (
            lambda setup: replace(
                setup,
                papers=tuple(
                    replace(paper, calendar=replace(paper.calendar, closes=2**53 - 1)) for paper in setup.papers
                ),
            ).encode(),
            "not a set-up",
        ),
    ],
)  # fmt: skip
def test_agree_to_poll_refuses_anything_else(change, why, setup: SetUp, island: Island, bei: Actor) -> None:
    with pytest.raises(Refused, match=why):
        services.agree_to_poll(actor=bei, area=island["V1"], file=change(setup))
    assert not Poll.objects.exists()


def test_agree_to_poll_refuses_a_name_that_is_taken(
    part: Voting, setup: SetUp, island: Island, bei: Actor
) -> None:
    with pytest.raises(Refused, match="“elsewhere” already"):
        services.agree_to_poll(actor=bei, area=island["V1"], file=setup.encode())


def test_agree_to_poll_is_for_who_leads_the_place(
    setup: SetUp, island: Island, acting: Callable[..., Actor]
) -> None:
    for actor in (acting("amal"), acting("oya", "other_secretary"), acting("jin", "water_head")):
        with pytest.raises(NotAllowed):
            services.agree_to_poll(actor=actor, area=island["V1"], file=setup.encode())


def test_taking_part_leaves_everything_else_to_the_organiser(part: Voting) -> None:
    acts = {
        "change_poll": {"name": "Mine"}, "add_stratum": {"code": "x", "label": "X"}, "open_poll": {},
        "remove_paper": {"paper": part.paper}, "print_slips": {"numbers": {}}, "open_casting": {}, "close_poll": {},
        "add_paper": {"question": "Q", "scale": "yes-no", "options": [{"en": "A"}] * 3}, "publish_openings": {},
        "publish_result": {}, "declare_broken": {"reason": "x"}, "hand_over_keys": {},
        "name_second": {"host": "third.example"}, "accept_numbers": {"file": b""},
    }  # fmt: skip
    for act, said in acts.items():
        with pytest.raises(NotAllowed):
            getattr(services, act)(actor=part.chair, poll=part.poll, **said)


def test_offer_keys_makes_one_for_each_paper_and_group_once(part: Voting, setup: SetUp) -> None:
    RollEntry.objects.filter(stratum__code__in=["members", "leaders"]).delete()
    with pytest.raises(Refused, match="Nobody is on the roll as “Residents”"):
        part.offer_keys()
    stratum = part.stratum("leaders")
    RollEntry.objects.create(poll=part.poll, stratum=stratum, name="leader", salt=bytes(32))
    part.offer_keys()
    agreement = Agreement.objects.get()
    offered = OfferedKeys.decode(bytes(agreement.keys))
    rows = {
        (key.paper.order, key.stratum.code): bytes(key.public)
        for key in TokenKey.objects.exclude(paper=None).select_related("paper", "stratum")
    }
    assert offered.keys == rows
    assert sorted(rows) == [(1, "members"), (1, "residents"), (2, "members"), (2, "residents")]
    with pytest.raises(Refused, match="made already"):
        part.offer_keys()
    assert bytes(Agreement.objects.get().keys) == bytes(agreement.keys)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda opened: b"", "not the file"),
        (lambda opened: replace(opened, log_key="nonsense").encode(), "not the file"),
        (lambda opened: replace(opened, papers=opened.papers[:1]).encode(), "not what was agreed to"),
        (lambda opened: _changed(opened, question={"en": "Another?"}), "not what was agreed to"),
        (lambda opened: _changed(opened, k=2), "not what was agreed to"),
        (lambda opened: _changed(opened, registrar_keys=(bytes(32),)), "keys of this place are not in"),
        (lambda opened: _changed(opened, box="other.example"), "not that of the log"),
    ],
)  # fmt: skip
def test_accept_papers_refuses_what_was_not_agreed_to(change, why, part: Voting, setup: SetUp) -> None:
    with pytest.raises(Refused, match="Make the keys"):
        part.accept_papers(file=b"")
    part.offer_keys()
    with pytest.raises(Refused, match=why):
        part.accept_papers(file=change(papers_for(part, setup)))
    assert part.reload().state == "draft"


def _changed(opened: OpenedPapers, **changes) -> bytes:
    return replace(opened, papers=tuple(replace(paper, **changes) for paper in opened.papers)).encode()


def test_accept_papers_refuses_the_key_of_somebody_else(part: Voting, setup: SetUp) -> None:
    part.offer_keys()
    opened = papers_for(part, setup)
    first, *others = opened.papers[0].strata
    stolen = replace(first, token=replace(first.token, keys=(first.token.keys[0], bytes(342))))
    with pytest.raises(Refused, match="keys of this place are not in"):
        part.accept_papers(file=_changed(opened, strata=(stolen, *others)))


def test_taking_part_gives_out_tokens_and_says_how_many(giving: Voting, island: Island) -> None:
    poll = giving.poll
    assert (poll.state, poll.log_origin) == ("taking", "box.example/elsewhere")
    assert [message.notice for message in Message.objects.filter(person=island.amal)] == [
        "poll.papers_accepted"
    ]
    with pytest.raises(Refused, match="may have the papers"):
        giving.fill_roll(stratum=giving.stratum("residents"), area=poll.area, with_residents=True)
    entry = giving.entries("residents")[1]
    code = services.issue_claim(actor=giving.chair, entry=entry)
    assert claim_address(poll, code).startswith("https://box.example/booth/#poll=elsewhere&at=")
    offered = ask_papers(code).json()
    assert (offered["box"], offered["secrecy"]["level"]) == ("https://box.example", 3)
    assert [paper["sentence"] for paper in offered["papers"]] == [None, None]
    first, again = take(giving, code, times=2)
    assert first == again

    giving.close_issuing()
    agreement = Agreement.objects.get()
    leaves = [OpenedPapers.decode(queries.handed_over(giving.reload(), "papers")).papers]
    [one, other] = decode_numbers(bytes(agreement.numbers), leaves[0])
    assert [(p.id, p.roll, p.tokens) for p in one.parts] == [
        ("residents", 6, 1), ("members", 1, 0), ("leaders", 1, 0), ("guests", 0, 0),
    ]  # fmt: skip
    assert [p.tokens for p in other.parts] == [0, 0, 0, 0]
    assert agreement.private == ""
    assert not TokenKey.objects.exclude(paper=None).exclude(private="").exists()
    numbers = bytes(agreement.numbers)
    giving.close_issuing()
    assert bytes(Agreement.objects.get().numbers) == numbers
    with pytest.raises(Refused):
        services.issue_claim(actor=giving.chair, entry=entry)


def test_leave_poll_erases_who_took_what(giving: Voting) -> None:
    entry = giving.entries("residents")[1]
    take(giving, services.issue_claim(actor=giving.chair, entry=entry))
    with pytest.raises(Refused, match="End the giving out"):
        giving.leave_poll()
    giving.close_issuing()
    assert Claim.objects.count() == 1
    giving.leave_poll()
    assert (giving.reload().state, Claim.objects.count()) == ("closed", 0)
    assert [(bytes(row.blinded), bytes(row.signature)) for row in Taken.objects.all()] == [(b"", b"")]
    assert services.count_closed_polls() == 0


def test_clock_ends_the_part_of_a_second_registrar(giving: Voting) -> None:
    start = datetime(2026, 12, 1, tzinfo=UTC)
    Poll.objects.update(casts_at=start, closes_at=start + timedelta(days=1))
    assert services.end_due_parts() == 0
    with clock.set_to(start):
        assert services.open_due_casting() == 0
        assert services.end_due_parts() == 1
        assert services.end_due_parts() == 0
        assert giving.reload().state == "taking"
    with clock.set_to(start + timedelta(days=1)):
        assert services.close_due_polls() == 0
        assert services.end_due_parts() == 1
    assert giving.reload().state == "closed"
    assert Agreement.objects.get().numbers


def test_part_of_a_second_registrar_is_not_among_the_votes_of_the_place(giving: Voting, client) -> None:
    assert list(queries.public_polls()) == []
    page = client.get(f"/polls/{giving.poll.code}/").content.decode()
    assert "https://organiser.example/polls/elsewhere/" in page
    assert client.get(f"/polls/{giving.poll.code}/verify/").status_code == 404


def test_paper_ids_are_those_of_the_organiser(giving: Voting, setup: SetUp) -> None:
    assert [paper.leaf_hash for paper in giving.poll.papers.all()] == [
        b64u(paper.id) for paper in OpenedPapers.decode(queries.handed_over(giving.poll, "papers")).papers
    ]
