"""Slips in the booth: on one's own phone, and at the tablet of a hall, which forgets."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from folkmoot.ballots import services
from folkmoot.ballots.printing import slip_address
from tests.ballots.box.running import RunningBox
from tests.factories.ballots import Voting
from tests.journeys.booth_phone import LANGUAGES, Pick, accepted, one_phase, vote

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", LANGUAGES)
def test_slip_votes_once_from_its_square(slips: Callable[..., Voting], phone: Pick, language: str) -> None:
    voting = slips(drawn=6)
    amal = phone(language)
    code = voting.codes["residents"][0]
    amal.open(slip_address(voting.poll, code))
    first, second = ("Good", "Average") if language == "en" else ("好", "一般")
    amal.choose(first)
    assert code not in amal.page.url
    amal.press("next")
    vote(amal, second)
    amal.sees("kept-title")
    amal.reads("slip-done")
    assert amal.page.get_by_text(amal.say("again"), exact=True).count() == 0
    again = phone(language)
    again.open(slip_address(voting.poll, code))
    again.choose(first)
    again.press("next")
    vote(again, first)
    again.sees("not-cast-title")
    again.reads("slip-used")
    voting.close_poll()
    amal.sees("counted-title")
    assert accepted(voting) == [1, 1]


def test_ten_slip_voters_leave_nothing_on_the_tablet(
    slips: Callable[..., Voting], phone: Pick, ballot_box: RunningBox
) -> None:
    voting = slips(drawn=12)
    tablet = phone()
    tablet.open(f"http://{ballot_box.host}/booth/#tablet&poll={voting.poll.code}")
    tablet.sees("tablet-title")
    clean, length = bare(tablet.page), tablet.page.evaluate("history.length")
    for number, code in enumerate(voting.codes["residents"][:10]):
        typed = " ".join(code[i : i + 4] for i in range(0, 26, 4)).lower().replace("o", "0").replace("b", "8")
        tablet.page.get_by_label(tablet.say("code")).fill(typed)
        tablet.page.keyboard.press("Enter")
        tablet.sees_text("How is road 1?")
        tablet.choose(["Good", "Fairly good", "Average"][number % 3])
        tablet.press("next")
        vote(tablet, "Good")
        tablet.sees("kept-title")
        tablet.press("done")
        tablet.sees("tablet-title")
        assert bare(tablet.page) == clean
        assert left_behind(tablet.page) == [0, 0, 0, 0, "", length]
    tablet.page.go_back()
    tablet.sees("tablet-title")
    assert code not in tablet.page.content()
    voting.close_poll()
    assert accepted(voting) == [10, 10]


def bare(page: Page) -> str:
    """What the page holds, without the empty attribute that taking its picture leaves."""
    return page.locator("main").inner_html().replace(' style=""', "")


def left_behind(page: Page) -> list[Any]:
    """What this browser keeps: databases, two storages, caches, cookies; and how long its history is."""
    found: list[Any] = page.evaluate(
        "Promise.all([indexedDB.databases(), caches.keys()]).then(([rows, caches]) => [rows.length,"
        " localStorage.length, sessionStorage.length, caches.length, document.cookie, history.length])"
    )
    return found


def test_tablet_forgets_who_walks_away(
    slips: Callable[..., Voting], phone: Pick, ballot_box: RunningBox
) -> None:
    voting = slips(drawn=6)
    tablet = phone()
    tablet.page.clock.install()
    tablet.open(f"http://{ballot_box.host}/booth/#tablet&poll={voting.poll.code}")
    tablet.page.get_by_label(tablet.say("code")).fill(voting.codes["residents"][1])
    tablet.press("go-on")
    tablet.choose("Good")
    tablet.page.clock.fast_forward(100_000)
    tablet.sees("tablet-title")


def test_tablet_takes_a_claim_and_forgets_it(
    made: Callable[..., Voting], phone: Pick, ballot_box: RunningBox, live_server: Any
) -> None:
    voting = one_phase(made)
    code = services.issue_claim(actor=voting.chair, entry=voting.entries("residents")[0])
    tablet = phone("zh-CN", dark=True)
    tablet.open(f"http://{ballot_box.host}/booth/#tablet&poll={voting.poll.code}&at={live_server.url}")
    tablet.sees("tablet-title")
    length = tablet.page.evaluate("history.length")
    for typed in ("7KQ2", "A" * 26, "2222-2222-2222"):
        tablet.page.get_by_label(tablet.say("code")).fill(typed)
        tablet.press("go-on")
        expect(tablet.page.get_by_role("alert")).not_to_be_empty(timeout=30_000)
        tablet.press("leave-tablet")
        expect(tablet.page.locator(".wrong")).to_be_empty()
    tablet.check("tablet complaint")
    tablet.page.get_by_label(tablet.say("code")).fill(code.lower().replace("-", " "))
    tablet.press("go-on")
    tablet.press("take")
    vote(tablet, "好")
    tablet.sees("kept-title")
    tablet.press("done")
    tablet.sees("tablet-title")
    assert left_behind(tablet.page) == [0, 0, 0, 0, "", length]
    voting.close_poll()
    assert accepted(voting) == [1]
