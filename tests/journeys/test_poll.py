"""A small vote from its set-up to its result: the organiser on a phone, the real box, and everybody who reads it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils.translation import gettext, override

from folkmoot.ballots.models import Poll, TokenKey
from folkmoot.ballots.services import slips as slip_services
from folkmoot.ui import build
from tests.ballots.box.running import RunningBox
from tests.factories.ballots import RecordedChance, make_voting, slip_key, take_tokens
from tests.factories.cases import actor_of
from tests.factories.island import Island
from tests.journeys.conftest import Visitor

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
LANGUAGES = [("en", "en"), ("zh-CN", "zh-hans")]
QUESTION = ("How well did the village committee keep its promises?", "村委会的承诺兑现得怎么样？")
VOTERS = 12
ANSWERS = [0, 0, 1, 2, 1, 0]
# what stands out on the right of a page that is wider than the screen
WIDEST = """(() => {
    const wide = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= wide) return [];
    const out = (e) => e.getBoundingClientRect().right > wide + 0.5 && !e.closest(".scroll");
    return [...document.querySelectorAll("body *")].filter(out).map((e) => e.outerHTML.slice(0, 120));
})()"""


@pytest.fixture(scope="session", autouse=True)
def _built() -> None:
    build.build_assets()


@pytest.fixture
def chance(monkeypatch: pytest.MonkeyPatch) -> RecordedChance:
    """What the codes of slips are made of: they stand only in the printed file."""
    recorded = RecordedChance()
    monkeypatch.setattr(slip_services, "token_bytes", recorded)
    monkeypatch.setattr(slip_services.SystemRandom, "shuffle", lambda _self, _codes: None)
    return recorded


@pytest.mark.parametrize(("locale", "language"), LANGUAGES)
def test_vote_is_set_up_held_and_read_by_everybody(  # noqa: PLR0917
    visit: Visit, place: tuple[Island, Any], ballot_box: RunningBox, key_pool: list[TokenKey],
    chance: RecordedChance, tmp_path: Path, locale: str, language: str,
) -> None:  # fmt: skip
    island, _rules = place
    TokenKey.objects.bulk_create(TokenKey(private=key.private, public=key.public) for key in key_pool)

    def say(text: str, **values: Any) -> str:
        with override(language):
            return gettext(text) % values if values else gettext(text)

    bei = visit(island.bei, island.secretary, language=locale)
    code = f"promises-{language}-{ballot_box.port}"
    set_up(bei, say, code, tmp_path)
    poll = Poll.objects.get(code=code)
    give_out(bei, say, poll)
    amal = visit(island.amal, language=locale)
    amal.look("/my/papers/")
    amal.press(str_in(poll, language))
    assert say("How secret it is") in amal.text
    plain = visit(island.amal, language=locale, scripts=False)
    plain.look(f"/my/papers/{code}/")
    plain.press(say("Take my papers to the booth"))
    way = plain.page.get_by_role("link", name=say("Go to the booth")).get_attribute("href") or ""
    assert way.startswith(f"http://{ballot_box.host}/booth/#poll={code}&at=")
    bei.look(f"/polls/{code}/open-casting/")
    bei.press(say("The vote is open"))
    for answer, secret in zip(ANSWERS, chance.codes, strict=False):
        leaf = leaf_of(poll)
        assert ballot_box.cast(slip_key(leaf, "ordinary-residents", secret).request([answer])).status == 200
    close_and_publish(bei, say, poll)

    anybody = visit(language=locale)
    anybody.look("/")
    anybody.look("/polls/")
    anybody.press(str_in(poll, language))
    anybody.press(say("See the result"))
    good = "Good" if language == "en" else "好"
    assert good in anybody.text
    assert say("%(count)s of %(n)s", count=3, n=6) in anybody.text
    anybody.press(say("Check this vote"))
    assert f"moot-verify http://{ballot_box.host}/{code}/" in anybody.page.locator("main").text_content()
    anybody.look("/how-votes-are-protected/")
    fits_a_small_phone(
        anybody, ["/polls/", f"/polls/{code}/", f"/polls/{code}/result/", f"/polls/{code}/verify/"]
    )
    fits_a_small_phone(bei, ["/my/polls/", "/my/polls/new/", f"/polls/{code}/run/", f"/polls/{code}/roll/"])


@pytest.mark.parametrize(("locale", "language"), LANGUAGES)
def test_draft_gets_a_rule_and_a_desk_and_is_dropped(
    visit: Visit, place: tuple[Island, Any], locale: str, language: str
) -> None:
    island, _rules = place

    def say(text: str) -> str:
        with override(language):
            return gettext(text)

    made = make_voting(
        island["V1"], actor_of(island.bei, island.secretary), {"residents": 20, "members": 10},
        preset="representatives",
    )  # fmt: skip
    bei = visit(island.bei, island.secretary, language=locale)
    bei.look(f"/polls/{made.poll.code}/voters/")
    bei.press(say("Rules for who takes part"))
    bei.page.locator("input[name=parts][value=residents]").check(force=True)
    bei.press(say("Add the rule"))
    assert "4/5" in bei.text or "5分之4" in bei.text
    bei.look(f"/polls/{made.poll.code}/desk/posts/")
    bei.page.fill("input[name=find]", island.unit_chief.title)
    bei.press(say("Find posts"))
    bei.page.locator(f"input[name=posts][value='{island.unit_chief.pk}']").check(force=True)
    bei.press(say("Name them"))
    addresses = [
        f"/polls/{made.poll.code}/{name}/" for name in ("rules", "questions", "open", "desk/posts", "drop")
    ]
    for address in addresses:
        bei.look(address)
    fits_a_small_phone(bei, addresses)
    bei.look(f"/polls/{made.poll.code}/drop/")
    bei.page.fill("textarea[name=reason]", "Set up twice.")
    bei.press(say("Drop it"))
    assert not Poll.objects.exists()


def fits_a_small_phone(visitor: Visitor, addresses: list[str]) -> None:
    """Nothing is wider than 320 px, even with text twice as large."""
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    twice = "document.documentElement.style.fontSize = '200%'"
    for address in addresses:
        visitor.page.set_viewport_size({"width": 320, "height": 640})
        visitor.page.goto(visitor.origin + address)
        assert visitor.page.evaluate(wide) <= 0, address
        visitor.page.evaluate(twice)
        assert visitor.page.evaluate(WIDEST) == [], f"{address} with text twice as large"


def str_in(poll: Poll, language: str) -> str:
    return poll.name_zh if language == "zh-hans" else poll.name


def leaf_of(poll: Poll) -> Any:
    from folkmoot_kernel.papers import Paper as PaperLeaf

    return PaperLeaf.decode(bytes(poll.papers.get().leaf))


def set_up(bei: Visitor, say: Callable[..., str], code: str, folder: Path) -> None:
    """The five steps, with a roll from a file that is faulty at first, and slips."""
    bei.look("/my/polls/")
    bei.press(say("Set up a vote"))
    bei.page.fill("input[name=name]", "Spring appraisal")
    bei.page.fill("input[name=name_zh]", "春季评议")
    bei.page.fill("input[name=eligibility]", "Everybody of 18 or more who lives in North Cove")
    bei.page.fill("input[name=eligibility_zh]", "北湾村十八岁以上的村民")
    bei.page.fill("input[name=short_name]", code)
    bei.press(say("Go on to the questions"))
    bei.press(say("Add the question"))  # nothing is written: it says so, and nothing is lost
    bei.page.fill("input[name=question]", QUESTION[0])
    bei.page.fill("input[name=question_zh]", QUESTION[1])
    bei.press(say("Add the question"))
    bei.press(say("Next: %(step)s", step=say("Voters")))
    bei.page.locator("input[name=channels][value=slip]").check(force=True)
    bei.press(say("Add the group"))
    bring_roll(bei, say, folder)
    bei.look(f"/polls/{code}/calendar/")
    bei.page.fill("input[name=k]", "5")
    bei.page.fill("input[name=objection_hours]", "0")
    bei.press(say("Keep it and go on"))
    with bei.page.expect_download() as slips:
        bei.page.get_by_role("button", name=say("Print the slips"), exact=True).click()
    assert slips.value.path().read_bytes().startswith(b"%PDF")
    bei.press(say("They are printed: look again"))
    bei.press(say("Give out papers from now on"))


def bring_roll(bei: Visitor, say: Callable[..., str], folder: Path) -> None:
    group = "ordinary-residents"
    rows = [f"{group},Voter {number:02},投票人{number:02}" for number in range(VOTERS)]
    bad, good = folder / "bad.csv", folder / "good.csv"
    bad.write_text("\n".join(["stratum,name,name_zh", *rows, "nobody,Somebody,某人"]), encoding="utf-8")
    good.write_text("\n".join(["stratum,name,name_zh", *rows]), encoding="utf-8")
    bei.press(say("Bring the roll in from a file"))
    bei.page.set_input_files("input[name=file]", bad)
    bei.press(say("Put them on the roll"))
    assert "14" in bei.text
    bei.page.set_input_files("input[name=file]", good)
    bei.press(say("Put them on the roll"))
    bei.press(say("Fill from the people here"))
    bei.page.locator("input[name=with_residents]").check(force=True)
    bei.press(say("Put them on the roll"))


def give_out(bei: Visitor, say: Callable[..., str], poll: Poll) -> None:
    """Six at the desk draw slips, one gets a code for the tablet."""
    bei.press(say("To the desk"))
    for number in range(6):
        bei.page.fill("input[name=q]", f"{number:02}")
        bei.page.keyboard.press("Enter")
        bei.page.wait_for_url(f"**q={number:02}*")
        bei.page.locator("main .rows a").first.click()
        bei.press(say("Let this person draw a slip"))
    bei.look(f"/polls/{poll.code}/desk/?q=11")
    bei.page.locator("main .rows a").first.click()
    bei.press(say("Make a code for tablet or phone"))
    claim = bei.page.locator("main code").first.inner_text()
    assert len(list(take_tokens(claim))) == 1
    bei.look(f"/polls/{poll.code}/run/")
    assert "5" in bei.text


def close_and_publish(bei: Visitor, say: Callable[..., str], poll: Poll) -> None:
    bei.look(f"/polls/{poll.code}/run/")
    for link, button in (
        ("Close the vote", "Close it"), ("Open the ballots for everybody", "Open them"),
        ("Publish the result", "Publish it"),
    ):  # fmt: skip
        bei.press(say(link))
        bei.press(say(button))
    assert bei.page.url.endswith("/result/")
