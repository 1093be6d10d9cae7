"""The first whole journey: a matter is reported, climbs, is handled together, reopened, and closed by its reporter."""

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
from django.utils import timezone
from django.utils.translation import gettext, override
from PIL import Image

from folkmoot.base import clock
from folkmoot.cases.models import Case, Category
from folkmoot.cases.services import climb_due_cases
from folkmoot.channels.models import Message
from folkmoot.media.models import Attachment
from tests.factories.island import Island
from tests.journeys.conftest import Visitor

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
LANGUAGES = [("en", "en"), ("zh-CN", "zh-hans")]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=timezone.get_default_timezone())


def photo_with_place() -> bytes:
    """A picture as a phone makes it: with the place in its EXIF."""
    picture = Image.new("RGB", (1200, 900), "seagreen")
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (30.0, 12.0, 0.0), 3: "E", 4: (150.0, 24.0, 0.0)}
    exif[0x0110] = "Pocket 7"
    out = BytesIO()
    picture.save(out, "JPEG", exif=exif)
    return out.getvalue()


@pytest.mark.parametrize(("locale", "language"), LANGUAGES)
def test_matter_climbs_and_is_closed_by_its_reporter(
    visit: Visit, place: tuple[Island, dict[str, Category]], locale: str, language: str
) -> None:
    island, _rules = place

    def say(text: str, **values: Any) -> str:
        with override(language):
            return gettext(text) % values if values else gettext(text)

    with clock.set_to(moment("2026-11-19 09:00")):
        amal = visit(island.amal, language=locale)
        case = report(amal, say)
        assert case.post == island.unit_chief
        assert Attachment.objects.get().content_type == "image/jpeg"

        # Two people act through one post: the slower one is told, and no page breaks.
        first, second = (visit(island.hua, island.unit_chief, language=locale) for _ in range(2))
        first.look(f"/cases/{case.number}/sign-for/")
        second.look(f"/cases/{case.number}/sign-for/")
        first.press(say("Sign for it"))
        with second.page.expect_response(lambda answer: answer.request.method == "POST") as answered:
            second.page.get_by_role("button", name=say("Sign for it")).click()
        assert answered.value.status in (403, 409, 422)
        second.check()
        assert say("Somebody else was faster") in second.text

    # The terms pass; it climbs by itself, rung by rung, and the page says why.
    with clock.set_to(moment("2026-11-26 12:00")):
        assert climb_due_cases() == 1
    with clock.set_to(moment("2026-11-27 17:00")):
        assert climb_due_cases() == 1
        case.refresh_from_db()
        assert case.post == island.secretary
        amal.look(f"/cases/{case.number}/")
        assert amal.page.locator(".timeline li").count() >= 5

        handle_together(visit, island, case, locale, say)

        # Not solved: one level higher, with somebody else.
        amal.look(f"/cases/{case.number}/close/")
        amal.choose(say("No, it is not solved"))
        amal.page.locator("textarea").fill("夜里还是黑的。 Still dark at night.")
        amal.press(say("Say so"))
        case.refresh_from_db()
        assert (case.post, case.state) == (island.officer, "assigned")

        chen = visit(island.chen, island.officer, language=locale)
        chen.look("/my/work/")
        assert case.title in chen.text
        act(chen, case, "answer", say("Send the answer"), text="A new pole stands.")
        amal.look(f"/cases/{case.number}/close/")
        amal.choose(say("Yes, it is solved"))
        amal.choose(say("5, very well"))
        amal.press(say("Say so"))
    case.refresh_from_db()
    assert (case.state, case.solved, case.rating, case.reopened) == ("closed", True, 5, 1)
    everything_is_told(amal, case, island)
    strangers_see_what_is_public(visit, case, island, locale)


def report(amal: Visitor, say: Callable[..., str]) -> Case:
    """Three steps on a phone, with a photo."""
    amal.look("/")
    amal.press(say("Report a matter"))
    amal.page.locator("textarea[name=text]").fill(
        "渔港路夜里没有路灯。 The lamp at the harbour road is dark."
    )
    amal.page.locator("select[name=category]").select_option("lamp")
    amal.page.locator("input[type=file]").set_input_files(
        {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": photo_with_place()}
    )
    amal.press(say("Go on"))
    amal.page.locator("input[name=place_text]").fill("U111")
    amal.press(say("Look for the place"))
    amal.press(say("Report the matter"))
    case = Case.objects.get()
    assert case.number in amal.text
    amal.page.reload()  # the page may be opened again; nothing is stored twice
    assert Case.objects.count() == 1
    return case


def act(visitor: Visitor, case: Case, name: str, button: str, **fields: str) -> None:
    """One act on its own page."""
    visitor.look(f"/cases/{case.number}/{name}/")
    for field, value in fields.items():
        element = visitor.page.locator(f"[name={field}]")
        if element.evaluate("e => e.tagName") == "SELECT":
            element.select_option(value)
        else:
            element.fill(value)
    visitor.press(button)


def handle_together(visit: Visit, island: Island, case: Case, locale: str, say: Callable[..., str]) -> None:
    """The secretary calls the water department in; it answers; she answers the reporter."""
    bei = visit(island.bei, island.secretary, language=locale)
    bei.look("/my/work/")
    assert case.title in bei.text
    act(bei, case, "sign-for", say("Sign for it"))
    act(
        bei,
        case,
        "call-in",
        say("Call it in"),
        organization=str(island.water.pk),
        text="Please look at the cable.",
    )
    jin = visit(island.jin, island.water_head, language=locale)
    jin.look("/my/work/")
    call = case.calls.get()
    jin.look(f"/cases/calls/{call.pk}/answer/")
    jin.page.locator("textarea").fill("Two cables were cut; both are joined.")
    jin.press(say("Send the answer"))
    act(bei, case, "answer", say("Send the answer"), text="The lamp is on again.")
    case.refresh_from_db()
    assert case.state == "answered"


def everything_is_told(amal: Visitor, case: Case, island: Island) -> None:
    """Every step is on the timeline and in her inbox."""
    acts = list(case.events.values_list("act", flat=True))
    assert acts == [
        "report", "assign", "sign_for", "climb", "climb", "sign_for", "call_in", "call_answer", "answer", "reopen",
        "answer", "close",
    ]  # fmt: skip
    notices = list(Message.objects.filter(person=island.amal).order_by("pk").values_list("notice", flat=True))
    assert notices == [
        "case.signed_for", "case.climbed", "case.climbed", "case.signed_for", "case.called_in", "case.call_answered",
        "case.answered", "case.answered",
    ]  # fmt: skip
    amal.look("/messages/")


def strangers_see_what_is_public(visit: Visit, case: Case, island: Island, locale: str) -> None:
    """Somebody from elsewhere reads the public matter, and meets 404 once it is private; all works without scripts."""
    stranger = visit(language=locale, scripts=False)
    stranger.look(f"/cases/{case.number}/")
    assert case.title in stranger.text
    Case.objects.filter(pk=case.pk).update(publicity="private")
    stranger = visit(language=locale, scripts=False)
    stranger.look(f"/cases/{case.number}/", status=404)
    assert case.title not in stranger.text
