"""The components in a real Chromium. The browser asks the views directly: no server, no port."""

import mimetypes
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from playwright.sync_api import Browser, Page, Route

from folkmoot.ui import build

pytestmark = pytest.mark.browser

AXE = build.ROOT / "node_modules" / "axe-core" / "axe.min.js"
PLACE = "http://localhost"  # trusted by browsers as https is; nothing listens there


@pytest.fixture(scope="module", autouse=True)
def assets() -> None:
    build.build_assets()


def answer(route: Route) -> None:
    """What a server would send: a static file, or the answer of a view with its headers."""
    parts = urlsplit(route.request.url)
    if parts.path.startswith("/static/"):
        found = finders.find(parts.path.removeprefix("/static/"))
        kind = mimetypes.guess_type(parts.path)[0] or "application/octet-stream"
        route.fulfill(body=Path(str(found)).read_bytes(), content_type=kind)
        return
    sent = {
        name: value for name, value in route.request.headers.items() if name in {"cookie", "accept-language"}
    }
    got = Client().get(route.request.url.removeprefix(PLACE), headers=sent)
    route.fulfill(status=got.status_code, body=got.content, headers=dict(got.headers))


def open_page(
    browser: Browser, address: str, width: int, scheme: str = "light", *, scripts: bool = True
) -> Page:
    context = browser.new_context(
        viewport={"width": width, "height": 800},
        color_scheme=scheme,  # type: ignore[arg-type]
        java_script_enabled=scripts,
    )
    context.route("**/*", answer)
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.goto(PLACE + address)
    return page


def serious_faults(page: Page) -> list[str]:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    return [
        f"{fault['id']}: {node['target']}"
        for fault in found
        if fault["impact"] in {"serious", "critical"}
        for node in fault["nodes"]
    ]


@pytest.mark.parametrize(
    ("address", "width", "scheme"),
    [
        ("/components/?lang=en", 390, "light"),
        ("/components/?lang=en", 1280, "dark"),
        ("/components/?lang=zh-hans", 390, "dark"),
        ("/components/?lang=zh-hans", 1280, "light"),
        ("/nowhere", 390, "light"),
    ],
)
def test_page_has_nothing_serious_and_fits(browser: Browser, address: str, width: int, scheme: str) -> None:
    page = open_page(browser, address, width, scheme)
    assert serious_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.context.close()


@pytest.mark.parametrize("width", [320, 390])
def test_page_fits_at_twice_the_text_size(browser: Browser, width: int) -> None:
    page = open_page(browser, "/components/", width)
    page.evaluate("document.documentElement.style.fontSize = '32px'")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.context.close()


def test_page_needs_nothing_that_its_policy_forbids(browser: Browser) -> None:
    complaints: list[str] = []
    context = browser.new_context()
    context.route("**/*", answer)
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(PLACE + "/components/")
    page.wait_for_load_state("networkidle")
    assert complaints == []
    context.close()


def test_page_shows_its_targets_large_enough_for_a_thumb(browser: Browser) -> None:
    page = open_page(browser, "/components/", 390)
    small = page.evaluate(
        """() => [...document.querySelectorAll('button, .button, .acts a, .top li a, .govuk-input, .govuk-select,'
            + ' .govuk-radios__item, .govuk-checkboxes__item, .paging a, .foot li a')]
            .filter(e => e.getBoundingClientRect().height && e.getBoundingClientRect().height < 44)
            .map(e => e.outerHTML)"""
    )
    assert small == []
    page.context.close()


def test_first_tab_skips_to_the_page(browser: Browser) -> None:
    page = open_page(browser, "/nowhere", 390)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the page"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.context.close()


def test_whole_card_of_a_choice_can_be_touched(browser: Browser) -> None:
    page = open_page(browser, "/components/?lang=en", 390, scripts=False)
    card = page.locator(".govuk-radios__item").nth(1)
    box = card.bounding_box()
    assert box is not None
    card.click(position={"x": box["width"] - 8, "y": box["height"] - 8})
    assert card.locator("input").is_checked()
    page.context.close()


def test_error_summary_takes_the_focus_and_leads_to_its_field(browser: Browser) -> None:
    page = open_page(browser, "/components/?lang=en", 390)
    assert page.evaluate("document.activeElement.className") == "govuk-error-summary"
    page.get_by_role("link", name="Please write what is the matter.").click()
    assert page.evaluate("document.activeElement.id") == "id_again-what"
    page.context.close()


LEVELS = {
    "en": ["Unit", "Grid", "Village", "Township", "District", "Prefecture", "Autonomous region"],
    "zh": ["单元", "网格", "村（社区）", "街道（乡镇）", "县（市、区）", "地级市", "自治区"],
}
DRAW_LADDER = """names => {
    const ladder = document.querySelector('.ladder');
    ladder.replaceChildren(...names.map(name => {
        const rung = document.createElement('li');
        rung.textContent = name;
        return rung;
    }));
    const boxes = [...ladder.children].map(rung => rung.getBoundingClientRect());
    return {
        tops: boxes.map(box => Math.round(box.top)), heights: boxes.map(box => Math.round(box.height)),
        fits: boxes.every(box => box.right <= document.documentElement.clientWidth),
    };
}"""


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_ladder_of_2_to_7_levels_is_one_column_on_a_phone_and_one_row_on_a_desk(
    browser: Browser, width: int
) -> None:
    page = open_page(browser, "/components/?lang=en", width)
    for names in LEVELS.values():
        for count in range(2, 8):
            drawn = page.evaluate(DRAW_LADDER, names[:count])
            assert drawn["fits"], names[:count]
            if width == 1280:
                assert len(set(drawn["tops"])) == 1
            else:  # the smallest place is at the foot, each name on one line
                assert drawn["tops"] == sorted(set(drawn["tops"]), reverse=True)
                assert len(set(drawn["heights"])) == 1
    page.context.close()
