"""A vote of two registrars, each an installation of its own: the pages of both, and voters with two codes."""

from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils.translation import gettext, override
from folkmoot_kernel.verify import Bundle, Evidence, read_policy, verify_poll
from playwright.sync_api import Browser, expect

from folkmoot.ballots import boxes, queries, services
from folkmoot.ballots.printing import claim_address
from tests.ballots.box.running import RunningBox
from tests.ballots.test_whole_poll_of_two import credential, of_organiser, of_second
from tests.factories.ballots import Voting
from tests.factories.island import Island
from tests.journeys.booth_phone import Phone, Pick, accepted, vote
from tests.journeys.conftest import Visitor
from tests.journeys.screen import PHONE, no_broken_rules
from tests.second_place import SecondPlace

pytestmark = pytest.mark.browser
LANGUAGES = [("en", "en"), ("zh-CN", "zh-hans")]
Visit = Callable[..., Visitor]
Say = Callable[..., str]


def in_words(language: str) -> Say:
    def say(text: str, **values: Any) -> str:
        with override(language):
            return gettext(text) % values if values else gettext(text)

    return say


@pytest.fixture
def at_committee(
    browser: Browser, committee: SecondPlace, request: pytest.FixtureRequest
) -> Iterator[Callable[[str], Visitor]]:
    """The secretary of the other place, in her own browser."""
    contexts = []

    def start(language: str) -> Visitor:
        context = browser.new_context(viewport=PHONE, locale=language)
        contexts.append(context)
        key = committee.ask("session")
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": committee.url}])
        page = context.new_page()
        page.on("console", lambda message: no_broken_rules(message.text))
        keeps = bool(request.config.getoption("--screenshots"))
        name = f"{request.node.name}-committee".replace("[", "-").replace("]", "")
        return Visitor(page, committee.url, name, language, keeps_pictures=keeps)

    yield start
    for context in contexts:
        context.close()


def save(visitor: Visitor, code: str, name: str, folder: Path) -> Path:
    """The file as the page gives it, and its fingerprint on the page."""
    visitor.look(f"/polls/{code}/second/")
    with visitor.page.expect_download() as download:
        visitor.page.locator(f"a[href$='/files/{name}/']").click()
    path = folder / f"{name}.txt"
    download.value.save_as(path)
    return path


def bring(visitor: Visitor, link: str, button: str, path: Path) -> None:
    visitor.press(link)
    visitor.page.set_input_files("input[name=file]", path)
    visitor.press(button)


def fingerprints(visitor: Visitor, code: str) -> list[str]:
    visitor.look(f"/polls/{code}/second/")
    return visitor.page.locator("main code").all_inner_texts()


def agree(  # noqa: PLR0917
    bei: Visitor, hers: Visitor, say: Say, code: str, place: SecondPlace, folder: Path
) -> None:
    """From the naming to the codes: four files go between the two, and both sides see the same fingerprints."""
    bei.look(f"/polls/{code}/open/")
    bei.press(say("Name a second registrar"))
    bei.page.fill("input[name=host]", place.host)
    bei.press(say("Name it"))
    setup = save(bei, code, "setup", folder)

    hers.look("/my/polls/")
    bring(hers, say("Be the second registrar of a vote"), say("Take part in it"), setup)
    assert fingerprints(hers, code) == fingerprints(bei, code)
    roll = folder / "roll.csv"
    rows = "".join(f"residents,residents {number:03},\n" for number in range(14))
    roll.write_text(f"stratum,name,name_zh\n{rows}", encoding="utf-8")
    bring(hers, say("Bring the roll in from a file"), say("Put them on the roll"), roll)
    place.ask("pool", count=1)
    hers.press(say("Make the keys of this place"))
    hers.press(say("Make them"))
    keys = save(hers, code, "keys", folder)
    bei.look(f"/polls/{code}/second/")
    bring(bei, say("Bring the keys in"), say("Take these keys"), keys)
    assert fingerprints(hers, code) == fingerprints(bei, code)
    bei.press(say("Back to the vote"))
    bei.press(say("Give out papers from now on"))
    papers = save(bei, code, "papers", folder)
    hers.look(f"/polls/{code}/second/")
    bring(hers, say("Bring the opened papers in"), say("Give out codes from now on"), papers)
    assert fingerprints(hers, code) == fingerprints(bei, code)


def other_code(place: SecondPlace, code: str, nth: int) -> str:
    return str(place.ask("claim", poll=code, stratum="residents", nth=nth))


def own_claim(voting: Voting, nth: int) -> str:
    return claim_address(voting.reload(), own_code(voting, nth))


def own_code(voting: Voting, nth: int) -> str:
    return services.issue_claim(actor=voting.chair, entry=voting.entries("residents")[nth])


@pytest.mark.parametrize(("locale", "language"), LANGUAGES)
def test_vote_of_two_registrars(  # noqa: PLR0917
    visit: Visit, at_committee: Callable[[str], Visitor], made: Callable[..., Voting], island: Island, phone: Pick,
    ballot_box: RunningBox, committee: SecondPlace, tmp_path: Path, locale: str, language: str,
) -> None:  # fmt: skip
    say = in_words(language)
    voting = made({"residents": 12}, objection_hours=0)
    code, good = voting.poll.code, "Good" if language == "en" else "好"
    question = "How is road 1?" if language == "en" else "1号路怎么样？"
    bei, hers = visit(island.bei, island.secretary, language=locale), at_committee(locale)
    agree(bei, hers, say, code, committee, tmp_path)

    amal = phone(locale)
    takes_after_a_lost_line(amal, voting, committee)
    other = phone(locale)
    comes_by_the_links_of_both(other, voting, committee)
    others = [
        credential(
            [of_organiser(own_code(voting, nth)), of_second(committee, other_code(committee, code, nth))]
        )
        for nth in range(2, 7)
    ]

    voting.open_casting()
    for voter in (amal, other):
        voter.sees_text(question)
        voter.reads("level-3")
        vote(voter, good)
        voter.sees("kept-title")
    for key in others:
        assert ballot_box.cast(key.request([1])).status == 200
    hers.look(f"/polls/{code}/run/")
    hers.press(say("End the giving out of papers"))
    hers.press(say("Give out no more"))
    numbers = save(hers, code, "numbers", tmp_path)
    bei.look(f"/polls/{code}/second/")
    bring(bei, say("Bring the numbers in"), say("Put them into the log"), numbers)
    voting.close_poll()
    amal.sees("counted-title")
    assert accepted(voting) == [7]
    voting.publish_openings()
    voting.publish_result()
    is_right(ballot_box, code, tmp_path)


def is_right(box: RunningBox, code: str, folder: Path) -> None:
    path = folder / "bundle.zip"
    path.write_bytes(box.ask("GET", f"/{code}/bundle.zip").body)
    bundle = Bundle(path)
    report = verify_poll(Evidence(bundle.fetch, read_policy(bundle.fetch("policy"))), workers=1)
    assert report.is_right
    assert [paper.accepted for paper in report.papers] == [7]


def takes_after_a_lost_line(amal: Phone, voting: Voting, place: SecondPlace) -> None:
    """One code in the address, the other one typed, wrongly at first; the second office answers late."""
    amal.open(own_claim(voting, 0))
    amal.sees("second-title")
    amal.reads("second-lead", first=voting.leaf.registrars[0], other=place.host)
    field = amal.page.locator("#typed")
    field.fill("7KQ2")
    amal.press("go-on")
    amal.reads("claim-misspelt")
    field.fill("2222-2222-2222")
    amal.press("go-on")
    expect(amal.page.locator(".wrong")).not_to_be_empty()
    amal.sees("second-title")
    amal.page.reload()  # nothing is lost: it still waits for the other code
    amal.sees("second-title")
    amal.page.locator("#typed").fill(other_code(place, voting.poll.code, 0).lower().replace("-", " "))
    amal.press("go-on")
    amal.page.route(f"{place.url}/papers/batch/", lambda route: (route.fetch(), route.abort())[1])
    amal.press("take")
    amal.reads("trouble-offline")  # both have signed by now; the answer of one is lost
    amal.page.unroute(f"{place.url}/papers/batch/")
    amal.page.reload()
    amal.press("take")
    amal.sees("waiting-title")
    assert {place.url, f"http://{voting.leaf.box}"} <= amal.origins


def comes_by_the_links_of_both(voter: Phone, voting: Voting, place: SecondPlace) -> None:
    """The other office's link first, then the organiser's on the same phone; papers taken with recovery words."""
    own, code = own_claim(voting, 1), voting.poll.code
    second = other_code(place, code, 1)
    voter.open(own.partition("#")[0] + f"#poll={code}&at={place.url}&claim={second}")
    voter.sees("second-title")
    voter.reads("second-lead", first=place.host, other=voting.leaf.registrars[0])
    voter.open(own)
    voter.sees("whose-title")
    voter.page.locator("main button").first.click()
    name = "Spring appraisal" if voter.language == "en" else "春季评议"
    voter.sees_text(name)
    voter.unfold("if-lost")
    voter.press("with-words")
    voter.sees("words-title")
    voter.press("words-written")
    voter.sees("waiting-title")


def test_papers_of_two_registrars_come_to_another_phone_by_recovery_words(
    made: Callable[..., Voting], phone: Pick, committee: SecondPlace, ballot_box: RunningBox
) -> None:
    voting = made({"residents": 12})
    agreed(voting, committee)
    code = voting.poll.code
    lost, found = phone(), phone()
    box = f"http://{ballot_box.host}/booth/#poll={code}"

    def both() -> str:
        """An address with both codes."""
        own, second = own_code(voting, 0), other_code(committee, code, 0)
        return f"{box}&at={boxes.registrar_address()}&claim={own}&at={committee.url}&claim={second}"

    lost.open(both())
    lost.sees_text("Spring appraisal")
    lost.unfold("if-lost")
    lost.press("with-words")
    words = lost.page.locator("ol.groups li").all_inner_texts()
    lost.press("words-written")
    lost.sees("waiting-title")
    found.open(both())
    found.reads("taken-elsewhere")
    found.press("have-words")
    found.page.locator("#typed").fill(" ".join(words))
    found.press("restore")
    found.sees("waiting-title")


def test_papers_that_differ_are_not_taken(
    made: Callable[..., Voting], phone: Pick, committee: SecondPlace, ballot_box: RunningBox
) -> None:
    """The code of the other office is for another vote of the same two."""
    voting, another = made({"residents": 12}), made({"residents": 12})
    agreed(voting, committee)
    agreed(another, committee)
    amal = phone()
    amal.open(own_claim(voting, 0))
    amal.sees("second-title")
    amal.page.locator("#typed").fill(other_code(committee, another.poll.code, 0))
    amal.press("go-on")
    amal.reads("trouble-registrars-differ")
    amal.sees("second-title")


def agreed(voting: Voting, place: SecondPlace) -> None:
    """Opened with the other place as second registrar, without the pages."""
    voting.name_second(host=place.host)
    code = place.ask("agree", file=b64encode(queries.handed_over(voting.reload(), "setup")).decode())
    place.ask("fill", poll=code, stratum="residents", count=12)
    place.ask("pool", count=1)
    place.ask("act", poll=code, name="offer_keys")
    voting.accept_keys(file=place.file("handed", poll=code, name="keys"))
    voting.open_poll()
    papers = b64encode(queries.handed_over(voting.reload(), "papers")).decode()
    place.ask("act", poll=code, name="accept_papers", file=papers)
