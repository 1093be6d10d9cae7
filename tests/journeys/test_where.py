"""Somebody on the spot lets the phone say where she is; at sea it says that the point lies outside."""

from collections.abc import Callable
from typing import Any

import pytest

from folkmoot.cases.models import Case
from tests.factories.island import Island
from tests.journeys.conftest import Visitor

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
WORDS = {
    "en": {
        "on": "Go on", "here": "Use the place where I am", "send": "Report the matter",
        "outside": "This point lies outside Seven Capes.", "look": "Look for the place",
        "silent": "Your device does not say where it is.",
    },
    "zh-CN": {
        "on": "继续", "here": "用我现在的位置", "send": "反映这件事", "outside": "这个位置不在七岬区范围内",
        "look": "查找地点", "silent": "您的设备没有提供位置。",
    },
}  # fmt: skip
both_languages = pytest.mark.parametrize("language", list(WORDS))


def at_the_second_step(visit: Visit, language: str, **how: Any) -> Visitor:
    visitor = visit(language=language, **how)
    visitor.look("/report/")
    visitor.page.fill("textarea[name=text]", "The lamp is dark.")
    visitor.page.select_option("select[name=category]", "lamp")
    visitor.press(WORDS[language]["on"])
    return visitor


@both_languages
def test_visitor_reports_from_where_she_stands(
    visit: Visit, place: tuple[Island, Any], language: str
) -> None:
    say, island = WORDS[language], place[0]
    visitor = at_the_second_step(visit, language)
    visitor.page.fill("input[name=place_text]", "by the third lamp")
    visitor.page.get_by_role("button", name=say["here"]).click()
    visitor.page.get_by_text(say["silent"]).wait_for()
    context = visitor.page.context
    context.grant_permissions(["geolocation"])
    context.set_geolocation({"longitude": 0, "latitude": 0})
    visitor.press(say["here"])
    assert say["outside"] in visitor.text
    assert visitor.page.input_value("input[name=place_text]") == "by the third lamp"
    longitude, latitude = island.point_in("U111")
    context.set_geolocation({"longitude": longitude, "latitude": latitude})
    visitor.page.fill("input[name=place_text]", "")
    visitor.press(say["here"])
    visitor.press(say["send"])
    case = Case.objects.get()
    assert (case.area, case.lon, case.lat, case.place_text) == (
        island["U111"], round(longitude, 4), round(latitude, 4), "",
    )  # fmt: skip


@both_languages
def test_visitor_without_scripts_writes_where_it_is(
    visit: Visit, place: tuple[Island, Any], language: str
) -> None:
    say = WORDS[language]
    visitor = at_the_second_step(visit, language, scripts=False)
    assert visitor.page.get_by_role("button", name=say["here"]).count() == 0
    visitor.page.fill("input[name=place_text]", "U111")
    visitor.page.press("input[name=place_text]", "Enter")
    visitor.page.get_by_role("button", name=say["send"]).click()
    assert Case.objects.get().area == place[0]["U111"]
