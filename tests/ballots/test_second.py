"""The organiser's side of two registrars: what is handed over, what comes back, and what stands still meanwhile."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from folkmoot_kernel.leaves import IssuedBy, parse_leaf

from folkmoot.ballots import boxes, queries, services
from folkmoot.ballots.handover import OfferedKeys, SetUp, blanked, encode_numbers
from folkmoot.ballots.models import Agreement, PollEvent, TokenKey
from folkmoot.ballots.services.clock import fresh_key
from folkmoot.base.actors import Actor
from folkmoot.base.errors import NotAllowed, Refused
from tests.ballots.box.running import RunningBox
from tests.factories.ballots import ALL_CHANNELS, Voting
from tests.factories.registrars import SECOND, SIGNER, made_keys, signed_numbers

Make = Callable[..., Voting]
GROUPS = {"residents": 20, "members": 12}


@pytest.fixture(scope="session")
def other_keys() -> list[TokenKey]:
    """Those of the second registrar, made once."""
    return [fresh_key() for _number in range(4)]


@pytest.fixture
def named(voting: Make, pool: list[TokenKey], ballot_box: RunningBox) -> Voting:
    """A draft of two papers and two groups that has named its second registrar."""
    made = voting(GROUPS, papers=2)
    made.name_second(host=SECOND)
    made.reload()
    return made


def setup_of(made: Voting) -> bytes:
    return bytes(Agreement.objects.get(poll=made.poll).setup)


@pytest.fixture
def opened(named: Voting, other_keys: list[TokenKey]) -> Voting:
    named.accept_keys(file=made_keys(setup_of(named), other_keys).encode())
    named.open_poll()
    named.reload()
    return named


def leaves_of(made: Voting) -> list:
    return [parse_leaf(bytes(paper.leaf)) for paper in made.poll.papers.all()]


def test_name_second_writes_the_papers_as_they_will_be(opened: Voting) -> None:
    setup = SetUp.decode(setup_of(opened))
    assert (setup.organiser, dict(setup.name)) == (
        boxes.registrar_address(), {"en": "Spring appraisal", "zh-Hans": "春季评议"},
    )  # fmt: skip
    leaves = leaves_of(opened)
    assert tuple(map(blanked, leaves)) == setup.papers
    assert [leaf.registrars for leaf in leaves] == [(boxes.registrar_host(), SECOND)] * 2
    assert {leaf.registrar_keys for leaf in leaves} == {(SIGNER.public_key().public_bytes_raw(),)}
    offered = OfferedKeys.decode(bytes(Agreement.objects.get(poll=opened.poll).keys))
    found = {(n, s.id): s.token.keys[1] for n, leaf in enumerate(leaves, 1) for s in leaf.strata}
    assert found == offered.keys
    own = {s.token.keys[0] for leaf in leaves for s in leaf.strata}
    assert own == {bytes(key.public) for key in TokenKey.objects.exclude(paper=None)}
    assert [event.act for event in PollEvent.objects.filter(poll=opened.poll)] == [
        "set_up", "name_second", "accept_keys", "open",
    ]  # fmt: skip


def test_named_second_registrar_keeps_the_draft_as_it_is(named: Voting) -> None:
    stratum = named.stratum("residents")
    acts = {
        "change_poll": {"name": "Another"}, "print_slips": {"numbers": {}}, "drop_slips": {},
        "add_paper": {"question": "Q", "scale": "yes-no", "options": [{"en": "A"}] * 3},
        "fill_roll": {"stratum": stratum, "area": named.poll.area, "with_residents": True},
        "remove_stratum": {"stratum": stratum},
    }  # fmt: skip
    for act, said in acts.items():
        with pytest.raises(Refused, match="second registrar was handed"):
            getattr(services, act)(actor=named.chair, poll=named.poll, **said)
    with pytest.raises(Refused, match="named already"):
        named.name_second(host="other.example")
    named.drop_second()
    named.reload()
    assert (named.poll.second_registrar, Agreement.objects.count()) == ("", 0)
    named.change_poll(name="Another")
    named.name_second(host="other.example")


def test_name_second_refuses_a_draft_that_is_not_ready(voting: Make, pool: list[TokenKey]) -> None:
    made = voting(GROUPS)
    with pytest.raises(Refused, match="This is the place itself"):
        made.name_second(host=boxes.registrar_host())
    by_hand = voting(GROUPS, channels={"has_tokens": False, "has_hand": True})
    with pytest.raises(Refused, match="No group votes online"):
        by_hand.name_second(host=SECOND)
    assert (by_hand.reload().second_registrar, Agreement.objects.count()) == ("", 0)
    small = voting({"residents": 3})
    with pytest.raises(Refused, match="This poll cannot be secret"):
        small.name_second(host=SECOND)
    slips = voting(GROUPS, channels=ALL_CHANNELS)
    with pytest.raises(Refused, match="slips of “Residents” are not printed"):
        slips.name_second(host=SECOND)


def test_name_second_is_for_the_organiser_alone(
    voting: Make, pool: list[TokenKey], acting: Callable[..., Actor]
) -> None:
    made = voting(GROUPS)
    acts = (
        (services.name_second, {"host": SECOND}), (services.drop_second, {}), (services.accept_keys, {"file": b""}),
        (services.accept_numbers, {"file": b""}),
    )  # fmt: skip
    for actor in (acting("amal"), acting("guo", "grid_chief"), acting("oya", "other_secretary")):
        for act, said in acts:
            with pytest.raises(NotAllowed):
                act(actor=actor, poll=made.poll, **said)


def test_accept_keys_takes_those_made_for_this_setup_alone(named: Voting, other_keys: list[TokenKey]) -> None:
    setup = setup_of(named)
    good = made_keys(setup, other_keys)
    for bad, why in (
        (b"", "not the file of keys"), (setup, "not the file of keys"),
        (made_keys(setup, other_keys[:3]).encode(), "Keys are missing"),
        (replace(good, keys=dict.fromkeys(good.keys, good.keys[1, "residents"])).encode(), "is in it twice"),
        (replace(good, setup=bytes(32)).encode(), "made for another set-up"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=why):
            named.accept_keys(file=bad)
    assert not Agreement.objects.get().keys
    for _ in range(2):
        named.accept_keys(file=good.encode())
    assert bytes(Agreement.objects.get().keys) == good.encode()


def test_open_poll_waits_for_the_keys_of_the_second(named: Voting, other_keys: list[TokenKey]) -> None:
    assert queries.secrecy_level(named.poll) == 3
    with pytest.raises(Refused, match=f"keys of {SECOND} are not here"):
        named.open_poll()
    named.accept_keys(file=made_keys(setup_of(named), other_keys).encode())
    assert (
        queries.checks(named.reload())[-1].text
        == f"The keys of {SECOND} are here: nobody alone can make a ballot."
    )


def test_open_poll_refuses_papers_that_the_second_was_not_shown(
    named: Voting, other_keys: list[TokenKey], settings
) -> None:
    named.accept_keys(file=made_keys(setup_of(named), other_keys).encode())
    settings.ORIGIN = "https://moved.example"
    with pytest.raises(Refused, match="not what the second registrar was shown"):
        named.open_poll()
    assert not named.poll.papers.exclude(leaf_hash="").exists()
    named.drop_second()


def test_drop_second_is_too_late_once_the_box_may_have_the_papers(opened: Voting) -> None:
    with pytest.raises(Refused):
        opened.drop_second()
    assert Agreement.objects.count() == 1


def test_accept_numbers_takes_what_the_second_has_signed(opened: Voting) -> None:
    leaves = leaves_of(opened)
    good = signed_numbers(leaves, 7)
    with pytest.raises(Refused, match="not the numbers"):
        opened.accept_numbers(file=encode_numbers([replace(good[0], parts=good[0].parts[:1]), good[1]]))
    opened.open_casting()
    opened.close_poll()
    with pytest.raises(Refused, match=f"numbers of {SECOND} are missing"):
        opened.publish_openings()
    assert services.count_closed_polls() == 0
    for _ in range(2):
        opened.accept_numbers(file=encode_numbers(good))
    with pytest.raises(boxes.BoxRefused, match="counted before"):
        opened.accept_numbers(file=encode_numbers(signed_numbers(leaves, 8)))
    opened.publish_openings()
    assert opened.reload().state == "opened"
    assert isinstance(good[0], IssuedBy)


def test_accept_numbers_needs_a_second_registrar(
    voting: Make, pool: list[TokenKey], ballot_box: RunningBox
) -> None:
    made = voting(GROUPS)
    with pytest.raises(Refused, match="no second registrar"):
        made.accept_keys(file=b"")
    made.open_poll()
    with pytest.raises(Refused, match="no second registrar"):
        made.accept_numbers(file=b"")
