"""A real browser at phone width on a real server: Chromium, driven by Playwright."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page

from folkmoot.cases.models import Category
from folkmoot.cases.rulebook import forget_rulebook
from folkmoot.people.models import Person, Post
from tests.ballots.conftest import (  # noqa: F401 - fixtures
    ballot_box,
    bei,
    committee,
    key_pool,
    pool,
    printed,
    voting,
)
from tests.factories.cases import make_rules
from tests.factories.island import Island, make_island
from tests.journeys.booth_phone import at_home, built, made, phone, slips  # noqa: F401 - fixtures
from tests.journeys.screen import AXE, PHONE, ROOT, no_broken_rules

CHECKED: set[tuple[str, str, str]] = set()  # kinds of pages that axe has seen in this run


@dataclass
class Visitor:
    """One person's browser. `look` goes to a page and checks it; broken pages fail at once."""

    page: Page
    origin: str
    name: str
    language: str = "en"
    has_scripts: bool = True
    keeps_pictures: bool = False
    seen: list[str] = field(default_factory=list)

    def look(self, address: str, status: int = 200) -> None:
        answer = self.page.goto(self.origin + address if address.startswith("/") else address)
        assert answer is not None
        assert answer.status == status, f"{address}: {answer.status}"
        self.check()

    def press(self, name: str) -> None:
        """Presses the button or follows the link with this name, and checks the page that comes."""
        found = self.page.get_by_role("button", name=name, exact=True).or_(
            self.page.get_by_role("link", name=name, exact=True)
        )
        with self.page.expect_navigation():
            found.first.click()
        self.check()

    def choose(self, label: str) -> None:
        """Picks the choice with this label, as a finger does."""
        self.page.locator("label", has_text=re.compile(f"^\\s*{re.escape(label)}\\s*$")).click()

    def check(self) -> None:
        """axe finds nothing serious, nothing is wider than the phone; each kind of page once per language."""
        if not self.has_scripts:  # axe is a script itself
            return
        path = re.sub(r"[0-9a-f-]*\d[0-9a-f-]*", "…", urlsplit(self.page.url).path)
        kind = (self.language, path, self.page.title()[:3])
        if kind in CHECKED:
            return
        CHECKED.add(kind)
        found = self.page.evaluate(
            AXE.read_text(encoding="utf-8") + "\n;axe.run(document, {resultTypes: ['violations']})"
        )
        grave = [
            f"{each['id']}: {[node['html'][:120] for node in each['nodes'][:3]]}"
            for each in found["violations"]
            if each["impact"] in ("serious", "critical")
        ]
        assert not grave, f"{self.page.url}: {grave}"
        wide = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide <= 0, f"{self.page.url} is {wide} px wider than the screen"
        self.picture()

    def picture(self) -> None:
        if self.keeps_pictures:
            folder = ROOT / "screenshots"
            folder.mkdir(exist_ok=True)
            self.seen.append(self.page.url)
            self.page.screenshot(path=folder / f"{self.name}-{len(self.seen):02d}.png", full_page=True)

    @property
    def text(self) -> str:
        return self.page.locator("main").inner_text()


@pytest.fixture
def place(transactional_db: None) -> Iterator[tuple[Island, dict[str, Category]]]:
    """The small island with its rules, in a database that the live server sees."""
    forget_rulebook()
    yield make_island(), make_rules()
    forget_rulebook()


@pytest.fixture
def visit(
    browser: Browser, live_server: Any, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Visitor]]:
    """Opens a browser for somebody: `visit(island.amal, language="zh-CN")`, signed in through a post."""
    contexts = []

    def start(
        person: Person | None = None, post: Post | None = None, *, language: str = "en", scripts: bool = True
    ) -> Visitor:
        context = browser.new_context(viewport=PHONE, locale=language, java_script_enabled=scripts)
        contexts.append(context)
        if person is not None:
            context.add_cookies([_session(person, post, live_server.url)])
        page = context.new_page()
        page.on("console", lambda message: no_broken_rules(message.text))
        keeps = bool(request.config.getoption("--screenshots"))
        name = f"{request.node.name}-{person.name if person else 'nobody'}".replace("[", "-").replace("]", "")
        return Visitor(page, live_server.url, name, language, scripts, keeps_pictures=keeps)

    yield start
    for context in contexts:
        context.close()


def _session(person: Person, post: Post | None, origin: str) -> Any:
    client = Client()
    client.force_login(person.account)
    session = client.session
    if post is not None:
        session["acting_post"] = post.pk
    session.save()
    return {"name": settings.SESSION_COOKIE_NAME, "value": session.session_key, "url": origin}
