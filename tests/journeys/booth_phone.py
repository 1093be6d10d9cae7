"""A voter's phone in the booth, and the vote that is held there: real box, real registrar."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect

from folkmoot.ballots import services
from folkmoot.ballots.models import Cell, RollEntry
from folkmoot.ballots.printing import claim_address
from folkmoot.ui import build
from tests.ballots.box.running import RunningBox
from tests.factories.ballots import ALL_CHANNELS, RecordedChance, Voting
from tests.journeys.screen import AXE, PHONE, ROOT, TWICE, no_broken_rules

LANGUAGES = ["en", "zh-CN"]
WORDS = ROOT / "folkmoot" / "ballots" / "booth" / "words"
SMALL = """[...document.querySelectorAll("button, summary, label.choice")].filter((e) => e.checkVisibility())
    .map((e) => [e.textContent, e.getBoundingClientRect()])
    .filter(([, r]) => r.height < 43.5 || r.width < 43.5).map(([text]) => text)"""
CHECKED: set[tuple[str, str, int]] = set()  # kinds of pages that axe has seen in this run


def words_of(language: str) -> dict[str, str]:
    """What the booth says, by key: read from its own source."""
    source = (WORDS / f"{language[:2]}.js").read_text(encoding="utf-8")
    found = re.findall(r'^  (?:"([\w-]+)"|(\w+)): ("(?:[^"\\]|\\.)*"),$', source, re.MULTILINE)
    return {quoted or bare: json.loads(text) for quoted, bare, text in found}


@dataclass
class Phone:
    """Somebody's browser in the booth. Each page is checked by axe and for its width when it is seen."""

    context: BrowserContext
    page: Page
    language: str
    name: str
    keeps_pictures: bool
    origins: set[str] = field(default_factory=set)
    casts: list[str] = field(default_factory=list)
    seen: int = 0

    def note(self, asked: Request) -> None:
        """Where its requests go, and what it puts into the box."""
        self.origins.add("/".join(asked.url.split("/")[:3]))
        if asked.url.endswith("/cast") and asked.method == "POST":
            self.casts.append(asked.post_data or "")

    def say(self, key: str, **parts: object) -> str:
        text = words_of(self.language)[key]
        for name, value in parts.items():
            text = text.replace(f"{{{name}}}", str(value))
        return text

    def open(self, address: str) -> None:
        self.page.goto("about:blank")
        self.page.goto(address)

    def sees(self, key: str, **parts: object) -> None:
        """The heading of the page is that of `key`."""
        self.sees_text(self.say(key, **parts))

    def sees_text(self, text: str) -> None:
        expect(self.page.locator("h1")).to_have_text(text, timeout=30_000)
        self.check(text)

    def reads(self, key: str, **parts: object) -> None:
        expect(self.page.locator("main")).to_contain_text(self.say(key, **parts), timeout=30_000)

    def press(self, key: str, **parts: object) -> None:
        self.page.get_by_role("button", name=self.say(key, **parts), exact=True).click()

    def unfold(self, key: str) -> None:
        self.page.locator("summary", has_text=self.say(key)).click()

    def choose(self, label: str) -> None:
        self.page.locator("label.choice", has_text=re.compile(f"^{re.escape(label)}$")).click()

    def check(self, kind: str) -> None:
        width = (self.page.viewport_size or {})["width"]
        if (self.language, kind, width) in CHECKED:
            return
        CHECKED.add((self.language, kind, width))
        # axe comes by the browser's own door: the page's policy lets in no second script.
        found = self.page.evaluate(
            AXE.read_text(encoding="utf-8") + "\n;axe.run(document, {resultTypes: ['violations']})"
        )
        grave = [
            f"{each['id']}: {[node['html'][:160] for node in each['nodes'][:3]]}"
            for each in found["violations"]
            if each["impact"] in ("serious", "critical")
        ]
        assert not grave, grave
        wide = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide <= 0, f"{kind}: {wide} px wider than the screen"
        assert self.page.evaluate(TWICE) <= 0, f"{kind}: wider than the screen with text twice as large"
        small = self.page.evaluate(SMALL)
        assert small == []
        self.picture()

    def picture(self) -> None:
        if self.keeps_pictures:
            self.seen += 1
            (ROOT / "screenshots").mkdir(exist_ok=True)
            path = ROOT / "screenshots" / f"{self.name}-{self.seen:02d}.png"
            self.page.screenshot(path=path, full_page=True)


Pick = Callable[..., Phone]


@pytest.fixture(scope="session")
def built() -> None:
    """The page as it is now."""
    build.build_assets()


@pytest.fixture
def phone(built: None, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Pick]:
    """Another browser each time: `phone("zh-CN", width=320, dark=True)`."""
    contexts = []

    def pick(language: str = "en", *, width: int = PHONE["width"], dark: bool = False) -> Phone:
        context = browser.new_context(
            viewport=PHONE | {"width": width}, locale=language, color_scheme="dark" if dark else "light",
            accept_downloads=True,
        )  # fmt: skip
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: no_broken_rules(message.text))
        keeps = bool(request.config.getoption("--screenshots"))
        name = f"{request.node.name}-{len(contexts)}-{width}".replace("[", "-").replace("]", "")
        made = Phone(context, page, language, name, keeps)
        page.on("request", made.note)
        return made

    yield pick
    for context in contexts:
        context.close()


@pytest.fixture
def at_home(transactional_db: None, live_server: Any, settings: Any) -> None:
    """The registrar is the live server, whose threads see what the test has written."""
    settings.ORIGIN = live_server.url


@pytest.fixture
def made(
    at_home: None, ballot_box: RunningBox, printed: RecordedChance, voting: Callable[..., Voting]
) -> Callable[..., Voting]:
    """A draft of a vote whose box runs, with keys in the pool."""
    return voting


@pytest.fixture
def slips(made: Callable[..., Voting], printed: RecordedChance) -> Callable[..., Voting]:
    """An open vote for which slips were printed and drawn; `codes["residents"]` are those of the slips."""

    def make(drawn: int) -> Voting:
        voting = made(channels=ALL_CHANNELS, papers=2)
        voting.print_slips(printed, {"residents": 15})
        voting.open_poll()
        for entry in voting.entries("residents")[:drawn]:
            services.draw_slip(actor=voting.chair, entry=entry)
        voting.open_casting()
        return voting

    return make


def claim(voting: Voting, nth: int = 0) -> str:
    """The address that somebody on the roll is given."""
    entry: RollEntry = voting.entries("residents")[nth]
    code = services.issue_claim(actor=voting.chair, entry=entry)
    return claim_address(voting.poll, code)


def one_phase(make: Callable[..., Voting], **said: Any) -> Voting:
    """A poll in which papers are taken and cast at once."""
    voting = make(is_two_phase=False, **said)
    voting.open_poll()
    return voting


def vote(voter: Phone, answer: str = "Good") -> None:
    """Answers the one question and casts."""
    voter.choose(answer)
    voter.press("to-review")
    voter.sees("review-title")
    voter.press("cast")


def accepted(voting: Voting) -> list[int]:
    """How many keys the box has counted of each paper, once it is closed."""
    cells = Cell.objects.filter(paper__poll=voting.poll).order_by("paper__order")
    counted: dict[int, int] = {}
    for cell in cells:
        counted[cell.paper_id] = counted.get(cell.paper_id, 0) + (cell.accepted or 0)
    return list(counted.values())
