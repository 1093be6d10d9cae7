"""The booth on a phone: a paper is taken, cast and counted; every scale; another phone; a receipt."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from folkmoot.ui import build
from tests.ballots.box.running import RunningBox
from tests.factories.ballots import Voting
from tests.journeys.booth_phone import LANGUAGES, Phone, Pick, accepted, claim, one_phase, vote

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", LANGUAGES)
def test_voter_takes_casts_and_sees_it_counted(
    made: Callable[..., Voting],
    phone: Pick,
    ballot_box: RunningBox,
    live_server: Any,
    language: str,
) -> None:
    voting = made(papers=2)
    voting.open_poll()
    amal = phone(language)
    name = "Spring appraisal" if language == "en" else "春季评议"
    amal.open(claim(voting))
    amal.sees_text(name)
    assert "claim" not in amal.page.url
    amal.press("take")
    amal.sees("waiting-title")
    amal.page.reload()
    amal.sees("waiting-title")

    voting.open_casting()
    question = "How is road {}?" if language == "en" else "{}号路怎么样？"
    amal.sees_text(question.format(1))  # by itself
    amal.press("next")
    amal.reads("choose-something")
    amal.choose("Good" if language == "en" else "好")
    amal.press("next")
    amal.sees_text(question.format(2))
    amal.choose(amal.say("leave"))
    amal.page.go_back()
    amal.sees_text(question.format(1))
    amal.page.go_forward()
    amal.press("to-review")
    amal.sees("review-title")
    amal.reads("no-answer")
    amal.page.get_by_role("button", name=amal.say("cast"), exact=True).dblclick()
    amal.sees("kept-title")
    assert len(amal.casts) == 1
    amal.page.go_back()
    amal.sees("kept-title")

    amal.unfold("again")
    amal.page.get_by_role("button", name=amal.say("again")).click()
    amal.choose("Average" if language == "en" else "一般")
    amal.press("next")
    amal.press("to-review")
    amal.reads("replaces")
    amal.press("cast")
    amal.sees("kept-title")

    voting.close_poll()
    amal.sees("counted-title")
    assert accepted(voting) == [1, 0]
    assert len(set(amal.casts)) == 2
    assert amal.origins == {f"http://{ballot_box.host}", live_server.url}


def test_second_browser_of_the_same_person_is_told(made: Callable[..., Voting], phone: Pick) -> None:
    voting = one_phase(made)
    address = claim(voting)
    first, second = phone(), phone()
    first.open(address)
    first.sees_text("Spring appraisal")
    second.open(address)  # it has looked before the first one takes the paper
    second.sees_text("Spring appraisal")
    first.press("take")
    first.sees_text("How is road 1?")
    second.press("take")
    second.reads("taken-elsewhere")
    third = phone()
    third.open(address)
    third.reads("taken-elsewhere")
    third.check("taken elsewhere")
    assert third.page.get_by_role("button", name=third.say("take"), exact=True).count() == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_recovery_words_bring_the_paper_to_another_phone(
    made: Callable[..., Voting], phone: Pick, language: str
) -> None:
    voting = made()
    voting.open_poll()
    address = claim(voting)
    lost = phone(language, width=320)
    lost.open(address)
    lost.unfold("if-lost")
    lost.press("with-words")
    lost.sees("words-title")
    groups = lost.page.locator(".groups li").all_inner_texts()
    assert len(groups) == 7
    lost.press("words-written")
    lost.sees("waiting-title")
    voting.open_casting()
    grade = "Good" if language == "en" else "好"
    vote(lost, grade)
    lost.sees("kept-title")

    found = phone(language, width=320)
    found.open(address)
    found.reads("taken-elsewhere")
    found.press("have-words")
    found.sees("restore-title")
    field = found.page.get_by_label(found.say("words-label"))
    field.fill(" ".join(groups[:6]))
    found.press("restore")
    found.reads("words-length")
    field.fill(" ".join(groups).lower().replace("o", "0"))
    found.press("restore")
    vote_again(found, grade)
    voting.close_poll()
    found.sees("counted-title")
    assert accepted(voting) == [1]


def vote_again(voter: Phone, grade: str) -> None:
    """Another phone of the same voter: a ballot is in the box, and is replaced when the voter says so."""
    voter.press("waiting-heard") if voter.page.get_by_role(
        "button", name=voter.say("waiting-heard")
    ).count() else None
    vote(voter, grade)
    voter.sees("not-cast-title")
    voter.reads("trouble-lower-seq")
    voter.press("replace-it")
    voter.sees("kept-title")


NAMES = [
    {"en": "Aiguo", "zh-Hans": "爱国"},
    {"en": "Bolin", "zh-Hans": "柏林"},
    {"en": "Chunhua", "zh-Hans": "春花"},
]
YES_NO = [
    {"en": "Yes", "zh-Hans": "赞成"},
    {"en": "No", "zh-Hans": "反对"},
    {"en": "I abstain", "zh-Hans": "弃权"},
]
SCALES = [
    ("plurality", NAMES, 1),
    ("approval", NAMES, 2),
    ("yes-no", YES_NO, 1),
    ("schulze", NAMES, 1),
    ("stv", NAMES, 2),
]


@pytest.mark.parametrize(
    ("language", "width", "dark"), [("en", 320, True), ("zh-CN", 320, False), ("zh-CN", 390, True)]
)
def test_every_scale_is_answered_by_keyboard(
    made: Callable[..., Voting], phone: Pick, language: str, width: int, dark: bool
) -> None:
    voting = made(is_two_phase=False)
    for number, (scale, options, places) in enumerate(SCALES):
        voting.add_paper(
            question=f"Question {number}?",
            question_zh=f"问题{number}？",
            scale=scale,
            options=options,
            places=places,
        )
    voting.open_poll()
    dou = phone(language, width=width, dark=dark)
    dou.open(claim(voting))
    dou.press("take")
    names = [option["en" if language == "en" else "zh-Hans"] for option in NAMES]
    keys = dou.page.keyboard
    expect(dou.page.locator("h1")).to_contain_text("1", timeout=30_000)
    on_page(dou, 1)
    dou.page.locator("input").first.focus()
    keys.press("Space")
    keys.press("Enter")
    on_page(dou, 2)  # plurality
    dou.choose(names[1])
    dou.press("next")
    on_page(dou, 3)  # approval
    dou.choose(dou.say("none-of-them"))
    dou.choose(names[0])
    dou.choose(names[2])
    assert dou.page.locator("input:checked").count() == 2
    dou.press("next")
    on_page(dou, 4)  # yes-no has its own abstention
    assert dou.page.locator("label.choice").count() == 3
    dou.choose("No" if language == "en" else "反对")
    dou.press("next")
    on_page(dou, 5)  # schulze
    rank(dou, names)
    dou.press("next")
    on_page(dou, 6)  # stv
    rank(dou, names)
    dou.press("to-review")
    dou.sees("review-title")
    assert dou.page.locator("dd ol").first.locator("li").all_inner_texts() == [names[2], names[0]]
    dou.press("cast")
    dou.sees("kept-title")
    voting.close_poll()
    voting.publish_openings()
    dou.sees("counted-title")
    assert accepted(voting) == [1] * 6


def on_page(voter: Phone, number: int) -> None:
    expect(voter.page.locator(".crumbs")).to_contain_text(f"{number}", timeout=30_000)
    expect(voter.page.locator(".crumbs")).to_have_text(voter.say("question-of", n=number, all=6))
    voter.check(f"question {number} of 6")


def rank(voter: Phone, names: list[str]) -> None:
    """First and third, then the third moved up; the focus stays with what moves."""
    for name in (names[0], names[2]):
        voter.page.get_by_role("button", name=voter.say("rank-add-of", label=name), exact=True).press("Enter")
    voter.page.get_by_role("button", name=voter.say("rank-up-of", label=names[2]), exact=True).press("Enter")
    assert voter.page.locator(".ranked li > span:nth-child(2)").all_inner_texts() == [names[2], names[0]]
    assert names[2] in (voter.page.evaluate("document.activeElement.ariaLabel"))
    voter.check(f"ranked {names[0]}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_receipt_is_checked_by_anybody(
    made: Callable[..., Voting],
    phone: Pick,
    ballot_box: RunningBox,
    tmp_path: Any,
    language: str,
) -> None:
    voting = one_phase(made)
    amal, somebody = phone(language), phone(language, width=320, dark=True)
    amal.open(claim(voting))
    amal.press("take")
    vote(amal, "Good" if language == "en" else "好")
    amal.sees("kept-title")
    promise = saved_receipt(amal)
    somebody.open(f"http://{ballot_box.host}/booth/#check")
    somebody.sees("check-title")
    check_receipt(somebody, promise)
    somebody.reads("receipt-in-box")
    voting.close_poll()
    amal.sees("counted-title")
    proof = saved_receipt(amal)
    for receipt in (promise, proof):
        check_receipt(somebody, receipt)
        somebody.reads("receipt-counted", poll=voting.poll.code)
    somebody.check("receipt counted")
    check_receipt(somebody, re.sub(r"^index \d+$", "index 0", proof, flags=re.MULTILINE))
    somebody.reads("receipt-false")
    check_receipt(somebody, "hello")
    somebody.reads("receipt-unknown")


def saved_receipt(voter: Phone) -> str:
    voter.unfold("receipt")
    with voter.page.expect_download() as download:
        voter.press("receipt-save")
    text: str = download.value.path().read_text(encoding="utf-8")
    return text


def check_receipt(reader: Phone, receipt: str) -> None:
    reader.page.get_by_label(reader.say("receipt-paste"), exact=True).fill(receipt)
    reader.press("check")


def test_two_people_share_a_phone(made: Callable[..., Voting], phone: Pick) -> None:
    voting = one_phase(made)
    shared = phone("zh-CN")
    shared.open(claim(voting, 0))
    shared.press("take")
    vote(shared, "好")
    shared.sees("kept-title")
    shared.open(claim(voting, 1))
    shared.sees("whose-title")
    shared.press("whose-other")
    shared.press("take")
    vote(shared, "一般")
    shared.sees("kept-title")
    shared.page.reload()
    shared.sees("whose-title")
    voting.close_poll()
    assert accepted(voting) == [2]


def test_booth_works_from_a_disk(
    made: Callable[..., Voting],
    phone: Pick,
    ballot_box: RunningBox,
    live_server: Any,
    tmp_path: Any,
) -> None:
    voting = one_phase(made)
    copy = tmp_path / "booth.html"
    copy.write_bytes((build.BOOTH / "built" / "index.html").read_bytes())
    amal = phone()
    amal.open(f"{copy.as_uri()}#{claim(voting).partition('#')[2]}")
    amal.press("take")
    vote(amal)
    amal.sees("kept-title")
    assert amal.origins - {"file://"} == {f"http://{ballot_box.host}", live_server.url}
