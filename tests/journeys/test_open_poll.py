"""An open poll from its set-up to its result: two organisers, somebody who has to wait, and everybody who reads it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.utils.translation import gettext, override
from playwright.sync_api import expect

from folkmoot.ballots import services
from folkmoot.ballots.models import Gate, Poll, RollEntry, TokenKey
from folkmoot.people.actors import actor_for_person
from folkmoot.people.models import Account
from folkmoot.ui import build
from tests.ballots.box.running import RunningBox
from tests.factories.ballots import people_who_can_take_part, take_tokens
from tests.factories.island import Island
from tests.journeys.booth_phone import Phone, Pick
from tests.journeys.conftest import Visitor
from tests.journeys.test_poll import LANGUAGES, close_and_publish, fits_a_small_phone

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
Say = Callable[..., str]
OTHERS = 12


@pytest.fixture(scope="session", autouse=True)
def _built() -> None:
    build.build_assets()


@pytest.mark.parametrize(("locale", "language"), LANGUAGES)
def test_open_poll_is_announced_waited_for_and_read(  # noqa: PLR0917
    visit: Visit, phone: Pick, place: tuple[Island, Any], at_home: None, ballot_box: RunningBox,
    key_pool: list[TokenKey], locale: str, language: str,
) -> None:  # fmt: skip
    island, _rules = place
    TokenKey.objects.bulk_create(TokenKey(private=key.private, public=key.public) for key in key_pool)
    Account.objects.filter(person=island.amal).update(phone_verified=True)
    people_who_can_take_part(island["U112"], OTHERS)

    def say(text: str, **values: Any) -> str:
        with override(language):
            return gettext(text) % values if values else gettext(text)

    bei, chen = (
        visit(island.bei, island.secretary, language=locale),
        visit(island.chen, island.officer, language=locale),
    )
    code = f"popular-{language}-{ballot_box.port}"
    set_up(bei, say, code)
    poll = Poll.objects.get(code=code)
    others_vote(poll, island, ballot_box)
    Gate.objects.filter(poll=poll).update(rate=0)  # somebody comes with many phones

    amal = visit(island.amal, language=locale)
    booth = goes_to_the_booth(amal, say, phone(locale), code)
    booth.press("take")
    booth.sees("line-title")
    booth.reads("advisory")
    booth.page.reload()
    booth.sees("line-title")  # nothing is lost
    amal.look(f"/polls/{code}/")
    assert say("You asked when very many did, and wait to be let in.") in amal.text

    decide(bei, chen, say, code)
    name = "Who is the best secretary?" if language == "en" else "您最满意哪位书记？"
    booth.sees_text(name)  # by itself
    booth.choose("Bei")
    booth.press("to-review")
    booth.press("cast")
    booth.sees("kept-title")
    amal.look("/messages/")
    assert str_in(poll, language) in amal.text

    close_and_publish(bei, say, poll)
    booth.sees("counted-title")
    anybody = visit(language=locale)
    anybody.look(f"/polls/{code}/result/")
    assert (
        say("Self-selected and advisory: %(taken)s people chose to take a paper.", taken=OTHERS + 1)
        in anybody.text
    )
    for address in (f"/polls/{code}/", f"/polls/{code}/result/"):
        anybody.look(address)
    fits_a_small_phone(anybody, [f"/polls/{code}/", f"/polls/{code}/result/"])
    fits_a_small_phone(bei, [f"/polls/{code}/waiting/"])


def str_in(poll: Poll, language: str) -> str:
    return poll.name_zh if language == "zh-hans" else poll.name


def set_up(bei: Visitor, say: Say, code: str) -> None:
    """The five steps of an open poll."""
    bei.look("/my/polls/new/")
    bei.page.fill("input[name=name]", "The most popular secretary")
    bei.page.fill("input[name=name_zh]", "最受欢迎的书记")
    bei.page.locator("input[name=kind][value=open]").check(force=True)
    bei.page.fill("input[name=short_name]", code)
    bei.press(say("Go on to the questions"))
    bei.page.fill("input[name=question]", "Who is the best secretary?")
    bei.page.fill("input[name=question_zh]", "您最满意哪位书记？")
    bei.page.locator("input[name=scale][value=plurality]").check(force=True)
    bei.page.fill("textarea[name=options]", "Bei\nOya")
    bei.press(say("Add the question"))
    bei.press(say("Next: %(step)s", step=say("Voters")))
    bei.page.fill("input[name=population]", "")
    bei.press(say("Keep it and go on"))  # nothing is written: it says so
    assert say("Please write how many people live here.") in bei.text
    bei.page.fill("input[name=population]", "1240")
    bei.press(say("Keep it and go on"))
    bei.page.fill("input[name=k]", "5")
    bei.page.fill("input[name=objection_hours]", "0")
    bei.press(say("Keep it and go on"))
    assert "1,240" in bei.text
    bei.press(say("Give out papers from now on"))
    assert say("The vote is open. Announce it now.") in bei.page.locator("body").inner_text()


def others_vote(poll: Poll, island: Island, box: RunningBox) -> None:
    """Twelve others take their papers and cast them."""
    rows = (
        RollEntry.objects.filter(poll=poll)
        .exclude(person=island.amal)
        .select_related("poll__area", "stratum__votes_in")
    )
    for number, entry in enumerate(rows.select_related("person", "poll__area", "stratum__votes_in")):
        code = services.issue_claim(actor=actor_for_person(entry.person), entry=entry)
        for key in take_tokens(code):
            assert box.cast(key.request([number % 2])).status == 200


def goes_to_the_booth(amal: Visitor, say: Say, booth: Phone, code: str) -> Phone:
    amal.look(f"/polls/{code}/")
    assert (
        say("Self-selected and advisory: whoever wishes takes part, and the result binds nobody.")
        in amal.text
    )
    amal.press(say("Take my paper"))
    way = amal.page.get_by_role("link", name=say("Go to the booth")).get_attribute("href") or ""
    booth.open(way)
    expect(booth.page.locator("h1")).to_have_text(re.compile("The most popular secretary|最受欢迎的书记"))
    booth.reads("advisory")
    return booth


def decide(bei: Visitor, chen: Visitor, say: Say, code: str) -> None:
    """One proposes, the other agrees; each sees the same page."""
    bei.look(f"/polls/{code}/run/")
    bei.press(say("Decide about those who wait"))
    bei.choose(say("Refuse them"))
    bei.press(say("Propose it"))
    assert say("Please say why those who wait are refused.") in bei.text
    bei.choose(say("Let them in"))
    bei.press(say("Propose it"))
    assert say("You proposed this. Somebody else who organises this vote has to agree.") in bei.text
    chen.look(f"/polls/{code}/waiting/")
    chen.press(say("I agree: let them in"))
    assert say("Another organiser agreed: those who waited were let in") in chen.text
