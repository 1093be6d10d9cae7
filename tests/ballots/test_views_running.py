"""A poll from its opening to its result on the organiser's, the desk's and the tellers' pages."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from folkmoot.ballots import services
from folkmoot.ballots.models import Claim, HandSheet, Taken
from folkmoot.base import clock
from tests.ballots.box.running import RunningBox
from tests.ballots.test_views_setting_up import at, page
from tests.ballots.test_whole_poll import picture
from tests.factories.ballots import ALL_CHANNELS, RecordedChance, Voting, ask_papers, slip_key, take_tokens
from tests.factories.island import Island

Make = Callable[..., Voting]


@pytest.fixture
def opened(
    voting: Make, printed: RecordedChance, ballot_box: RunningBox, settings: Any, tmp_path: Any
) -> Voting:
    """20 residents by all channels; k is 5."""
    settings.MEDIA_ROOT = tmp_path
    made = voting({"residents": 20}, channels=ALL_CHANNELS, objection_hours=0)
    made.print_slips(printed, {"residents": 12})
    made.open_poll()
    return made


def act(client: Client, made: Voting, name: str, **said: Any) -> Any:
    """Sends the form of an act as it is on the page now."""
    return client.post(at(made, name), {"seen": made.reload().version, **said})


def desk(made: Voting, number: int, name: str = "") -> str:
    entry = made.entries("residents")[number]
    return at(made, f"desk/{entry.pk}{'/' + name if name else ''}")


def test_desk_gives_a_slip_a_paper_and_a_code(as_bei: Client, opened: Voting) -> None:
    text = page(as_bei, at(opened, "desk") + "?q=007")
    assert "residents 007" in text
    assert "residents 008" not in text
    assert "No paper was taken yet." in page(as_bei, desk(opened, 0))
    assert as_bei.post(desk(opened, 0, "slip")).status_code == 302
    assert "Has taken a paper already: with a slip." in page(as_bei, desk(opened, 0))
    assert as_bei.post(desk(opened, 0, "slip")).status_code == 422
    assert as_bei.post(desk(opened, 1, "hand-paper")).status_code == 302
    answer = as_bei.post(desk(opened, 2, "claim"))
    assert answer["Cache-Control"] == "no-store"
    code = answer.context["claim"]
    assert ask_papers(code).status_code == 200
    assert len(list(take_tokens(code))) == 1
    kinds = list(Taken.objects.order_by("kind").values_list("kind", flat=True))
    assert kinds == ["hand", "slip", "token"]


def test_desk_list_says_of_nobody_whether_a_paper_was_taken(as_bei: Client, opened: Voting) -> None:
    before = page(as_bei, at(opened, "desk"))
    roll = page(as_bei, at(opened, "roll"))
    services.draw_slip(actor=opened.chair, entry=opened.entries("residents")[0])
    assert csrf_free(page(as_bei, at(opened, "desk"))) == csrf_free(before)
    assert csrf_free(page(as_bei, at(opened, "roll"))) == csrf_free(roll)


def csrf_free(text: str) -> list[str]:
    return [line for line in text.splitlines() if "csrfmiddlewaretoken" not in line]


def test_desk_is_shut_once_no_papers_are_given_out(as_bei: Client, opened: Voting) -> None:
    services.draw_slip(actor=opened.chair, entry=opened.entries("residents")[0])
    opened.close_issuing()
    for address in (at(opened, "desk"), desk(opened, 0)):
        answer = as_bei.get(address)
        assert answer.status_code == 422
        assert "Has taken a paper" not in answer.content.decode()
    assert as_bei.post(desk(opened, 1, "slip")).status_code == 422


def test_desk_is_not_there_for_others(
    client: Client, as_amal: Client, as_guo: Client, opened: Voting
) -> None:
    for address in (at(opened, "desk"), desk(opened, 0)):
        assert as_amal.get(address).status_code == 403
        assert as_guo.get(address).status_code == 404
        assert client.get(address).status_code == 302
    assert as_guo.post(desk(opened, 0, "claim")).status_code == 404
    assert as_amal.post(desk(opened, 0, "claim")).status_code == 404
    assert not Claim.objects.exists()


@pytest.mark.parametrize("rows", [1, 3])
def test_desk_asks_as_often_for_many(
    as_bei: Client, opened: Voting, django_assert_num_queries: Any, rows: int
) -> None:
    with django_assert_num_queries(8):
        text = page(as_bei, at(opened, "desk") + ("?q=007" if rows == 1 else "?q=01"))
    assert text.count("residents 0") >= rows


def test_run_poll_shows_turnout_in_steps_of_k(as_bei: Client, client: Client, opened: Voting) -> None:
    for number in range(4):
        services.draw_slip(actor=opened.chair, entry=opened.entries("residents")[number])
    text = page(as_bei, at(opened, "run"))
    assert "Fewer than 5 have taken part so far." in text
    assert "Drawn: fewer than 5." in text
    for number in range(4, 8):
        services.draw_slip(actor=opened.chair, entry=opened.entries("residents")[number])
    assert "Drawn: 5." in page(as_bei, at(opened, "run"))
    public = page(client, f"/polls/{opened.poll.code}/")
    assert "8" not in public.split("Who took part so far")[1].split("</table>")[0]


def test_acts_refuse_who_does_not_organise(
    client: Client, as_amal: Client, as_guo: Client, opened: Voting
) -> None:
    for name in ("close-issuing", "open-casting", "close", "openings", "publish", "broken"):
        assert as_amal.get(at(opened, name)).status_code == 403
        assert as_guo.get(at(opened, name)).status_code == 403
        assert act(as_guo, opened, name, reason="No").status_code == 403
        assert client.get(at(opened, name)).status_code == 302
    assert as_guo.get(at(opened, "run")).status_code == 404
    assert opened.reload().state == "taking"


@pytest.mark.parametrize("name", ["close-issuing", "open-casting", "close", "openings", "publish"])
def test_acts_need_the_whole_page_and_tell_the_slower_one(as_bei: Client, opened: Voting, name: str) -> None:
    assert as_bei.post(at(opened, name)).status_code == 422
    stale = as_bei.post(at(opened, name), {"seen": opened.reload().version - 1})
    assert stale.status_code in {409, 422}
    assert opened.reload().state == "taking"


def test_slower_organiser_is_told(as_bei: Client, as_chen: Client, opened: Voting) -> None:
    seen = opened.reload().version
    assert as_bei.post(at(opened, "close-issuing"), {"seen": seen}).status_code == 302
    slower = as_chen.post(at(opened, "open-casting"), {"seen": seen})
    assert slower.status_code == 409
    assert "Somebody else was faster" in slower.content.decode()


def test_unused_slips_come_back(as_bei: Client, opened: Voting) -> None:
    codes = opened.codes["residents"]
    group = {"stratum": opened.stratum("residents").pk}
    assert as_bei.post(at(opened, "slips/return"), group | {"slips": "nonsense"}).status_code == 422
    assert (
        as_bei.post(at(opened, "slips/return"), group | {"slips": "\n".join(codes[10:])}).status_code == 302
    )
    assert "Handed back unused: 2." in page(as_bei, at(opened, "run"))


def test_slips_of_a_small_group_are_given_back(as_bei: Client, opened: Voting) -> None:
    services.draw_slip(actor=opened.chair, entry=opened.entries("residents")[0])
    name = "slips/give-back/residents"
    assert "So few drew a slip" in page(as_bei, at(opened, name))
    assert act(as_bei, opened, name).status_code == 302
    assert "All void." in page(as_bei, at(opened, "run"))
    assert not Taken.objects.exists()


def test_poll_is_counted_by_hand_and_published(
    as_bei: Client, as_chen: Client, client: Client, opened: Voting, ballot_box: RunningBox
) -> None:
    give_and_vote(as_bei, opened, ballot_box)
    assert act(as_bei, opened, "close").status_code == 302
    assert act(as_bei, opened, "openings").status_code == 422  # the sheet is missing
    write_sheet(as_bei, as_chen, opened)
    assert act(as_bei, opened, "openings").status_code == 302
    published = act(as_bei, opened, "publish")
    assert published["Location"] == at(opened, "result")
    text = page(client, at(opened, "result"))
    assert "12 of 20 on the roll took a paper." in text
    assert "Answers counted: 11" in text
    assert "3 of 11" in text
    assert "with a slip" in text
    assert "on paper, counted by hand" in text
    photo = client.get(at(opened, f"sheets/{HandSheet.objects.get().pk}/photo/thumb"))
    assert b"".join(photo.streaming_content).startswith(b"\xff\xd8")


def give_and_vote(as_bei: Client, made: Voting, box: RunningBox) -> None:
    """Six draw slips and vote; six are given papers."""
    for number in range(6):
        as_bei.post(desk(made, number, "slip"))
        as_bei.post(desk(made, number + 6, "hand-paper"))
    assert act(as_bei, made, "open-casting").status_code == 302
    for code, answer in zip(made.codes["residents"], [0, 0, 1, 1, 2, 2], strict=False):
        assert box.cast(slip_key(made.leaf, "residents", code).request([answer])).status == 200


def write_sheet(as_bei: Client, as_chen: Client, made: Voting) -> None:
    address = at(made, "sheets/write/1/residents")
    assert "1 sheet is not finished yet." in page(as_bei, at(made, "sheets"))
    said = {"papers": "5", "spoiled": "1", "total_0": "1", "total_1": "2"}
    assert as_bei.post(address, said | {"seen": made.reload().version}).status_code == 422
    wrong = said | {"seen": made.reload().version, "total_2": "9", "photo": picture()}
    assert as_bei.post(address, wrong).status_code == 422
    right = said | {"seen": made.reload().version, "total_2": "2", "photo": picture()}
    assert as_bei.post(address, right).status_code == 302
    sheet = HandSheet.objects.get()
    assert "You wrote this sheet." in page(as_bei, at(made, "sheets"))
    confirm = at(made, f"sheets/{sheet.pk}/confirm")
    assert as_bei.post(confirm, {"version": made.reload().version}).status_code == 422
    assert Client().get(at(made, f"sheets/{sheet.pk}/photo/thumb")).status_code == 404
    assert as_chen.post(confirm, {"version": made.reload().version}).status_code == 302
    assert "All sheets are written and confirmed." in page(as_bei, at(made, "sheets"))


def test_wrong_sheet_is_taken_out(as_bei: Client, opened: Voting, ballot_box: RunningBox) -> None:
    give_and_vote(as_bei, opened, ballot_box)
    act(as_bei, opened, "close")
    said = {"papers": "6", "total_0": "6", "total_1": "0", "total_2": "0", "photo": picture()}
    as_bei.post(at(opened, "sheets/write/1/residents"), said | {"seen": opened.reload().version})
    sheet = HandSheet.objects.get()
    drop = at(opened, f"sheets/{sheet.pk}/drop")
    assert as_bei.post(drop, {"version": 0}).status_code == 409
    assert as_bei.post(drop, {"version": opened.reload().version}).status_code == 302
    assert not HandSheet.objects.exists()


def test_teller_takes_the_keys_and_brings_them_back(
    as_bei: Client, voting: Make, pool: list[Any], ballot_box: RunningBox
) -> None:
    made = voting({"residents": 20}, objection_hours=0, teller="Wen")
    made.open_poll()
    keys = [
        next(take_tokens(services.issue_claim(actor=made.chair, entry=e)))
        for e in made.entries("residents")[:6]
    ]
    given = act(as_bei, made, "keys")
    assert given["Cache-Control"] == "no-store"
    assert len(json.loads(given.content)) == 1
    assert act(as_bei, made, "keys").status_code == 422
    made.open_casting()
    for key in keys:
        assert ballot_box.cast(key.request([0])).status == 200
    made.close_poll()
    assert act(as_bei, made, "openings", keys=SimpleUploadedFile("k.json", b"[1]")).status_code == 422
    assert act(as_bei, made, "openings", keys=SimpleUploadedFile("k.json", b"{}")).status_code == 422
    file = SimpleUploadedFile("keys.json", given.content)
    assert act(as_bei, made, "openings", keys=file).status_code == 302
    act(as_bei, made, "publish")
    text = page(as_bei, at(made, "result"))
    assert "All answered alike: Good." in text  # 6 is under 2k: no number stands beside it
    assert "Answers counted" not in text
    assert "By group and way of voting" not in text


def test_declare_broken_needs_a_reason_and_shows_it(as_bei: Client, client: Client, opened: Voting) -> None:
    assert act(as_bei, opened, "broken").status_code == 422
    assert act(as_bei, opened, "broken", reason="The hall was flooded.").status_code == 302
    text = page(client, f"/polls/{opened.poll.code}/")
    assert "This vote does not count." in text
    assert "The hall was flooded." in text


def test_result_is_not_published_while_voters_can_object(
    as_bei: Client, voting: Make, pool: list[Any], ballot_box: RunningBox
) -> None:
    made = voting({"residents": 20}, objection_hours=24)
    made.open_poll()
    made.open_casting()
    made.close_poll()
    made.publish_openings()
    assert "Publish the result" not in page(as_bei, at(made, "run"))
    assert act(as_bei, made, "publish").status_code == 422
    with clock.set_to(clock.now() + timedelta(hours=25)):
        assert act(as_bei, made, "publish").status_code == 302
    assert "No group was large enough to open its ballots." in page(as_bei, at(made, "result"))


def test_box_away_is_a_page_and_changes_nothing(as_bei: Client, opened: Voting, settings: Any) -> None:
    settings.BOX_PORT = 9
    answer = act(as_bei, opened, "open-casting")
    assert answer.status_code == 503
    assert "The ballot box does not answer." in answer.content.decode()
    assert opened.reload().state == "taking"


def test_run_poll_of_a_draft_leads_to_its_steps(as_bei: Client, voting: Make, island: Island) -> None:
    text = page(as_bei, at(voting(), "run"))
    for name in ("words", "questions", "voters", "calendar", "open"):
        assert f"/{name}/" in text
