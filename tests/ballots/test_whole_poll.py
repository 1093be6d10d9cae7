"""One whole poll by all channels: 400 on the roll, three groups, small ones joined, given back and left unopened."""

from collections import Counter
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from folkmoot_kernel.leaves import Result as ResultLeaf
from folkmoot_kernel.leaves import parse_leaf
from folkmoot_kernel.verify import Bundle, Evidence, read_policy, verify_poll
from PIL import Image

from folkmoot.ballots import queries, services
from folkmoot.ballots.models import Cell, Result, SlipBatch, Taken, TokenKey
from folkmoot.ballots.services import slips as slip_services
from folkmoot.media.services import take_photo
from tests.ballots.box.running import RunningBox
from tests.factories.ballots import ALL_CHANNELS, RecordedChance, Voting, slip_key, take_tokens


def picture() -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", (40, 30), "navy").save(out, "JPEG")
    return SimpleUploadedFile("sheet.jpg", out.getvalue(), content_type="image/jpeg")


@pytest.mark.django_db
def test_whole_poll_ends_with_what_was_voted(
    voting, pool, ballot_box: RunningBox, acting, monkeypatch, settings, tmp_path, at
) -> None:
    settings.MEDIA_ROOT = tmp_path
    chance = RecordedChance()
    monkeypatch.setattr(slip_services, "token_bytes", chance)
    monkeypatch.setattr(slip_services.SystemRandom, "shuffle", lambda _self, _codes: None)
    made: Voting = voting(
        {"residents": 360, "members": 25, "leadership": 15}, k=10, channels=ALL_CHANNELS,
        joins={"leadership": "members"}, objection_hours=0,
    )  # fmt: skip
    pdf = made.print_slips(chance, {"residents": 60, "members": 20})
    assert pdf.startswith(b"%PDF")
    made.open_poll()
    voted: Counter[int] = Counter()

    # Tokens: 40 residents; hand papers: 30 residents, 3 members; slips: 30 residents, 1 member, who gives hers back.
    residents, members = made.entries("residents"), made.entries("members") + made.entries("leadership")
    chair = made.chair
    keys = []
    for entry in residents[:40]:
        keys += take_tokens(services.issue_claim(actor=chair, entry=entry))
    for entry in residents[40:70]:
        services.give_hand_paper(actor=chair, entry=entry)
    for entry in members[:3]:
        services.give_hand_paper(actor=chair, entry=entry)
    for entry in residents[70:100]:
        services.draw_slip(actor=chair, entry=entry)
    alone = members[3]
    services.draw_slip(actor=chair, entry=alone)
    assert made.give_back_slips(stratum=made.stratum("members")) == 1
    for entry in [alone, *members[4:18]]:
        keys += take_tokens(services.issue_claim(actor=chair, entry=entry))

    made.open_casting()
    assert Taken.objects.filter(entry__poll=made.poll).count() == 40 + 30 + 3 + 30 + 15
    assert not TokenKey.objects.filter(paper__poll=made.poll).exclude(private="").exists()

    # Casting: all tokens but five residents' vote, three of them twice; 28 of 30 slips.
    for number, key in enumerate(keys[5:]):
        answer = number % 3
        assert ballot_box.cast(key.request([answer])).status == 200
        if number < 3:
            answer = 2
            assert ballot_box.cast(key.request([answer], seq=2)).status == 200
        voted[answer] += 1
    for code in made.codes["residents"][:28]:
        assert ballot_box.cast(slip_key(made.leaf, "residents", code).request([1])).status == 200
        voted[1] += 1
    given_back = slip_key(made.leaf, "members", made.codes["members"][0])
    assert ballot_box.cast(given_back.request([0])).status == 403
    made.return_slips(stratum=made.stratum("residents"), codes=made.codes["residents"][32:])
    assert (
        ballot_box.cast(slip_key(made.leaf, "residents", made.codes["residents"][40]).request([0])).status
        == 403
    )

    made.close_poll()
    planned = queries.planned_sheets(made.paper)
    assert [(sheet.groups, sheet.papers, sheet.opening.holds) for sheet in planned] == [
        (("residents",), 30, True), (("members",), 3, False),
    ]  # fmt: skip
    write_sheet(made, acting, "residents", papers=28, spoiled=1, totals=[20, 5, 3])
    write_sheet(made, acting, "members", papers=3)
    voted += Counter({0: 20, 1: 5, 2: 3})

    made.publish_openings()
    made.publish_result()

    result = Result.objects.get(paper=made.paper)
    leaf = parse_leaf(bytes(result.leaf))
    assert isinstance(leaf, ResultLeaf)
    assert leaf.total.counts == tuple(voted[number] for number in range(3))
    assert leaf.total.n == 35 + 15 + 28 + 28
    assert [(cell.strata, cell.channel, cell.accepted, cell.tally is not None) for cell in leaf.cells] == [
        (("residents",), "token", 35, True), (("residents",), "slip", 28, True), (("members",), "token", 15, True),
        (("members",), "slip", 0, False), (("residents",), "hand", 29, True), (("members",), "hand", 3, False),
    ]  # fmt: skip
    assert (
        not Cell.objects.filter(paper=made.paper, stratum__code="members", channel="slip")
        .exclude(private="")
        .exists()
    )
    assert SlipBatch.objects.get(stratum__code="residents", stratum__poll=made.poll).returned == 28
    report = verified(ballot_box, made, tmp_path)
    assert [str(finding.key) for finding in report.findings] == ["poll.unwitnessed"]
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
