"""One whole poll by all channels: 400 on the roll, three groups, small ones joined, given back and left unopened."""

from collections import Counter
from collections.abc import Callable

import pytest
from folkmoot_kernel.leaves import Result as ResultLeaf
from folkmoot_kernel.leaves import parse_leaf
from folkmoot_kernel.verify import Bundle, Evidence, read_policy, verify_poll

from folkmoot.ballots import queries, services
from folkmoot.ballots.models import Cell, Channel, Result, SlipBatch, Taken, TokenKey
from folkmoot.base.actors import Actor
from folkmoot.media.services import take_photo
from tests.ballots.box.running import RunningBox
from tests.factories.ballots import (
    ALL_CHANNELS,
    RecordedChance,
    VoterKey,
    Voting,
    picture,
    slip_key,
    take_tokens,
)


@pytest.fixture
def made(voting, printed: RecordedChance, ballot_box: RunningBox, settings, tmp_path) -> Voting:
    """Opened, its slips printed: 360 residents, 25 members and 15 of the leadership, who are joined."""
    settings.MEDIA_ROOT = tmp_path
    made: Voting = voting(
        {"residents": 360, "members": 25, "leadership": 15}, k=10, channels=ALL_CHANNELS,
        joins={"leadership": "members"}, objection_hours=0,
    )  # fmt: skip
    assert made.print_slips(printed, {"residents": 60, "members": 20}).startswith(b"%PDF")
    made.open_poll()
    return made


def told_of(made: Voting, channel: str) -> bool:
    """Whether a member is told beforehand that few are joined, and that fewer than k are not opened."""
    told = queries.told_to(made.entries("members")[0], Channel(channel))
    return (
        "Members, Leadership" in told["en"]
        and "10" in told["en"]
        and "members、leadership" in told["zh-Hans"]
    )


def give_out(made: Voting) -> list[VoterKey]:
    """40 residents take tokens, 30 hand papers, 30 slips; 3 members hand papers; one draws a slip and is alone."""
    residents, members = made.entries("residents"), made.entries("members") + made.entries("leadership")
    keys: list[VoterKey] = []
    for entry in residents[:40]:
        keys += take_tokens(services.issue_claim(actor=made.chair, entry=entry))
    for entry in [*residents[40:70], *members[:3]]:
        services.give_hand_paper(actor=made.chair, entry=entry)
    for entry in [*residents[70:100], members[3]]:
        services.draw_slip(actor=made.chair, entry=entry)
    assert made.give_back_slips(stratum=made.stratum("members")) == 1
    for entry in members[3:18]:  # she who was alone among them
        keys += take_tokens(services.issue_claim(actor=made.chair, entry=entry))
    assert Taken.objects.filter(entry__poll=made.poll).count() == 40 + 30 + 3 + 30 + 15
    return keys


def cast_all(made: Voting, box: RunningBox, keys: list[VoterKey]) -> Counter[int]:
    """All tokens but five vote, three of them twice; 28 of 30 slips. Gives what was voted."""
    voted: Counter[int] = Counter()
    for number, key in enumerate(keys[5:]):
        answer = number % 3
        assert box.cast(key.request([answer])).status == 200
        if number < 3:
            answer = 2
            assert box.cast(key.request([answer], seq=2)).status == 200
        voted[answer] += 1
    for code in made.codes["residents"][:28]:
        assert box.cast(slip_key(made.leaf, "residents", code).request([1])).status == 200
        voted[1] += 1
    return voted


def refuse_void_slips(made: Voting, box: RunningBox) -> None:
    """Neither a slip that was given back nor one handed back unused votes."""
    made.return_slips(stratum=made.stratum("residents"), codes=made.codes["residents"][32:])
    for group, code in (("members", made.codes["members"][0]), ("residents", made.codes["residents"][40])):
        assert box.cast(slip_key(made.leaf, group, code).request([0])).status == 403
    batch = SlipBatch.objects.get(stratum=made.stratum("residents"))
    assert (batch.printed, batch.returned) == (60, 28)


def count_by_hand(made: Voting, acting: Callable[..., Actor]) -> Counter[int]:
    planned = queries.planned_sheets(made.paper)
    assert [(sheet.groups, sheet.papers, sheet.opening.holds) for sheet in planned] == [
        (("residents",), 30, True), (("members",), 3, False),
    ]  # fmt: skip
    write_sheet(made, acting, "residents", papers=28, spoiled=1, totals=[20, 5, 3])
    write_sheet(made, acting, "members", papers=3)
    return Counter({0: 20, 1: 5, 2: 3})


@pytest.mark.django_db
def test_whole_poll_ends_with_what_was_voted(made: Voting, ballot_box: RunningBox, acting, tmp_path) -> None:
    assert [told_of(made, channel) for channel in ("token", "slip", "hand")] == [True] * 3
    keys = give_out(made)
    made.open_casting()
    assert not TokenKey.objects.filter(paper__poll=made.poll).exclude(private="").exists()
    voted = cast_all(made, ballot_box, keys)
    refuse_void_slips(made, ballot_box)
    made.close_poll()
    voted += count_by_hand(made, acting)
    made.publish_openings()
    made.publish_result()

    leaf = parse_leaf(bytes(Result.objects.get(paper=made.paper).leaf))
    assert isinstance(leaf, ResultLeaf)
    assert (leaf.total.n, leaf.total.counts) == (
        35 + 15 + 28 + 28,
        tuple(voted[number] for number in range(3)),
    )
    assert [(cell.strata, cell.channel, cell.accepted, cell.tally is not None) for cell in leaf.cells] == [
        (("residents",), "token", 35, True), (("residents",), "slip", 28, True), (("members",), "token", 15, True),
        (("members",), "slip", 0, False), (("residents",), "hand", 29, True), (("members",), "hand", 3, False),
    ]  # fmt: skip
    kept = Cell.objects.filter(paper=made.paper).exclude(private="")
    assert {(cell.stratum.code, cell.channel) for cell in kept} == {
        ("residents", "token"), ("residents", "slip"), ("members", "token"),
    }  # fmt: skip
    report = verified(ballot_box, made, tmp_path)
    assert [finding.key for finding in report.findings if finding.is_fault] == []
    assert report.is_final
    assert report.papers[0].total == leaf.total
    assert made.reload().state == "published"


def write_sheet(made: Voting, acting, code: str, **counted) -> None:
    photo = take_photo(actor=made.chair, upload=picture())
    sheet = services.enter_sheet(
        actor=made.chair, paper=made.paper, strata=[made.stratum(code)], photo=photo, **counted
    )
    services.confirm_sheet(actor=acting("chen", "officer"), sheet=sheet)


def verified(ballot_box: RunningBox, made: Voting, folder):
    """The kernel's check of the log as anybody can download it."""
    bundle = folder / "poll.zip"
    bundle.write_bytes(ballot_box.ask("GET", f"/{made.poll.code}/bundle.zip").body)
    opened = Bundle(bundle)
    return verify_poll(Evidence(opened.fetch, read_policy(opened.fetch("policy"))), workers=1)
