"""Two observers ask a sample on their phones, and everybody reads what it proves."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils.translation import gettext, override

from folkmoot.ballots import services
from folkmoot.ballots.models import Drawn, TokenKey
from tests.ballots.box.running import RunningBox
from tests.factories.ballots import make_voting, take_tokens
from tests.factories.cases import actor_of
from tests.factories.island import Island
from tests.journeys.conftest import Visitor
from tests.people.conftest import give_phone

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
PHONES = {"amal": "+8613900000001", "dou": "+8613900000002"}


@pytest.mark.parametrize(("locale", "language"), [("en", "en"), ("zh-CN", "zh-hans")])
def test_sample_is_named_drawn_asked_and_signed(  # noqa: PLR0917
    visit: Visit, place: tuple[Island, Any], ballot_box: RunningBox, key_pool: list[TokenKey], built: None,
    locale: str, language: str,
) -> None:  # fmt: skip
    island, _rules = place
    TokenKey.objects.bulk_create(TokenKey(private=key.private, public=key.public) for key in key_pool)
    for name, phone in PHONES.items():
        give_phone(getattr(island, name), phone)

    def say(text: str) -> str:
        with override(language):
            return gettext(text)

    made = make_voting(island["V1"], actor_of(island.bei, island.secretary), {"residents": 20})
    made.open_poll()
    for entry in made.entries("residents")[:8]:
        list(take_tokens(services.issue_claim(actor=made.chair, entry=entry)))
    made.close_issuing()

    bei = visit(island.bei, island.secretary, language=locale)
    bei.look(f"/polls/{made.poll.code}/run/")
    bei.press(say("Have it checked who took a paper"))
    bei.page.fill("input[name=first]", PHONES["amal"])
    bei.page.fill("input[name=second]", PHONES["dou"])
    bei.press(say("Name these two"))
    bei.press(say("Draw those who are asked"))
    bei.page.fill("input[name=number]", "4162435")
    bei.press(say("Draw them"))
    assert "residents 0" not in bei.text

    amal = visit(island.amal, language=locale)
    amal.look(f"/polls/{made.poll.code}/")
    amal.press(say("Whom to ask"))
    assert "4162435" in amal.text
    for number in range(Drawn.objects.count()):
        row = amal.page.locator("main .rows > li").nth(number)
        with amal.page.expect_navigation():
            row.get_by_role("button", name=say("Yes"), exact=True).click()
    amal.press(say("Sign the answers"))
    amal.press(say("They are right: I sign"))
    dou = visit(island.dou, language=locale, scripts=False)
    dou.look(f"/polls/{made.poll.code}/sample/")
    dou.press(say("Sign the answers"))
    dou.press(say("They are right: I sign"))

    anybody = visit(language=locale)
    anybody.look(f"/polls/{made.poll.code}/audit/")
    proved = "All 8 were taken by the voters themselves" if language == "en" else "8张均为本人领取"
    assert proved in anybody.text
    assert not Drawn.objects.exists()
