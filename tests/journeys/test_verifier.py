"""The verifier in a browser: from a server and from the disk, with a log and with a bundle, honest and forged."""

import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from folkmoot_kernel.cli import TEXTS, said
from folkmoot_kernel.leaves import Result
from folkmoot_kernel.notes import Policy
from folkmoot_kernel.verify import Bundle, Evidence, Report, verify_poll
from playwright.sync_api import Browser, Page, expect

from folkmoot.ui import build
from folkmoot.ui.build import ROOT
from kernel.tests.forged_ballots import changed_answer
from kernel.tests.forgeries import Forging, altered_result, unsigned_checkpoint
from kernel.tests.polls import POLICY, POLL, honest_poll
from tests.ballots.box.running import RunningBox
from tests.ballots.verifier import in_node
from tests.journeys.screen import AXE, PHONE, TWICE, no_broken_rules

pytestmark = pytest.mark.browser
BUILT = ROOT / "folkmoot" / "ballots" / "verifier" / "built"
LANGUAGES = {"en": "en", "zh-CN": "zh-Hans"}


class Server(SimpleHTTPRequestHandler):
    """The page under its own policy, and logs beside it, as the box gives them."""

    policy = ""

    def end_headers(self) -> None:
        if self.path.startswith("/verify/"):
            self.send_header("content-security-policy", self.policy)
        self.send_header("access-control-allow-origin", "*")
        super().end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page, a log `season-2026` and bundles of it."""
    build.build_assets()
    folder = tmp_path_factory.mktemp("site")
    (folder / "verify").symlink_to(BUILT)
    poll = honest_poll()
    put(folder / POLL, poll.files())
    forgeries: list[Callable[[Forging], None]] = [altered_result, changed_answer, unsigned_checkpoint]
    for forge in forgeries:
        forging = Forging(poll, list(poll.leaves))
        forge(forging)
        pack(folder / f"{forge.__name__}.zip", forging.shown())
    pack(folder / "honest.zip", poll.files() | poll.promises)
    (folder / "policy").write_text(POLICY, encoding="utf-8")
    return folder


def put(folder: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def pack(path: Path, files: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)


@pytest.fixture(scope="module")
def origin(folder: Path) -> Iterator[str]:
    Server.policy = (BUILT / "policy.txt").read_text(encoding="ascii").strip()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Server, directory=str(folder))) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@cache
def words() -> dict[str, dict[str, str]]:
    """What the page says, from its own source."""
    (tables,) = in_node(("words", {}))
    found: dict[str, dict[str, str]] = tables
    return found


Look = Callable[..., "Reader"]


class Reader:
    """Somebody with a browser. Every page that is seen is checked."""

    def __init__(self, page: Page, language: str, pictures: Path | None) -> None:
        self.page, self.language, self.pictures = page, language, pictures
        self.asked: list[str] = []
        self.seen = 0
        page.on("request", lambda request: self.asked.append(request.url))

    def t(self, key: str) -> str:
        return words()[LANGUAGES[self.language]][key]

    def sees(self, key: str) -> None:
        expect(self.page.locator("h1")).to_have_text(self.t(key), timeout=30_000)
        self.check()

    def check(self) -> None:
        script = AXE.read_text(encoding="utf-8") + "\n;axe.run(document, {resultTypes: ['violations']})"
        found = self.page.evaluate(script)["violations"]
        assert [f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in found] == []
        wide = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert (wide, self.page.evaluate(TWICE)) == (0, 0)
        small = self.page.evaluate(
            "[...document.querySelectorAll('button, summary')].filter((e) => e.checkVisibility())"
            ".map((e) => [e.textContent, e.getBoundingClientRect()])"
            ".filter(([, r]) => r.height < 43.5 || r.width < 43.5).map(([text]) => text)"
        )
        assert small == []
        if self.pictures:
            self.seen += 1
            self.page.screenshot(path=f"{self.pictures}-{self.seen:02d}.png", full_page=True)

    def press(self, key: str) -> None:
        self.page.get_by_role("button", name=self.t(key), exact=True).click()

    def choose(self, key: str, file: Path) -> None:
        self.page.get_by_label(self.t(key)).set_input_files(file)

    def bring(self, folder: Path) -> None:
        """The reader's own policy, so that only the poll itself is left to be told."""
        self.page.locator("summary").click()
        self.choose("policy", folder / "policy")

    def states(self) -> list[str]:
        return [text.strip() for text in self.page.locator(".steps .state").all_inner_texts()]

    def kept(self) -> str:
        with self.page.expect_download() as download:
            self.press("keep")
        return Path(download.value.path()).read_text(encoding="utf-8")


@pytest.fixture
def look(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Look]:
    contexts = []

    def start(
        address: str, language: str = "en", *, width: int = PHONE["width"], dark: bool = False
    ) -> Reader:
        context = browser.new_context(
            viewport={"width": width, "height": PHONE["height"]}, locale=language, color_scheme="dark" if dark else "light",
        )  # fmt: skip
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: no_broken_rules(message.text))
        name = f"{request.node.name}-{len(contexts)}".replace("[", "-").replace("]", "")
        pictures = ROOT / "screenshots" / name if request.config.getoption("--screenshots") else None
        reader = Reader(page, language, pictures)
        page.goto(address)
        return reader

    yield start
    for context in contexts:
        context.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_observer_verifies_a_log_from_its_address(
    folder: Path, origin: str, look: Look, language: str
) -> None:
    amal = look(f"{origin}/verify/#log={origin}/{POLL}/", language)
    amal.sees("right")
    main = amal.page.locator("main")
    policy_said = TEXTS["notes"][language != "en"].rstrip(":：")
    expect(main).to_contain_text(policy_said)
    assert amal.states() == [amal.t("in-order")] * 9 + [amal.t("none")]
    totals = [cell.split()[0] for cell in amal.page.locator("td").all_inner_texts()]
    counts = [leaf.total.counts for leaf in honest_poll().leaves if isinstance(leaf, Result)]
    assert [int(number) for number in totals] == [
        count for total in counts for count in total for _ in range(2)
    ]
    assert {re.sub(r"(://[^/]*).*", r"\1", address) for address in amal.asked} <= {origin, "blob:" + origin}
    amal.page.get_by_role("button", name="中文" if language == "en" else "English").click()
    expect(amal.page.locator("html")).to_have_attribute("lang", "zh-Hans" if language == "en" else "en")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["honest", "altered_result", "changed_answer", "unsigned_checkpoint"])
def test_observer_verifies_a_bundle_with_the_page_from_the_disk(
    folder: Path, look: Look, language: str, name: str
) -> None:
    page = (BUILT / "index.html").as_uri()
    chen = look(page, language, width=320, dark=True)
    chen.sees("title")
    chen.press("check")
    expect(chen.page.locator(".wrong")).to_have_text(chen.t("nothing"))
    chen.bring(folder)
    chen.choose("bundle", folder / f"{name}.zip")
    chen.press("check")
    chen.sees("right" if name == "honest" else "wrong")
    report = reported(folder, name)
    assert chen.kept() == said(report, LANGUAGES[language]) + "\n"
    for finding in report.findings:
        expect(chen.page.locator(".steps")).to_contain_text(finding.said(LANGUAGES[language]))
    assert chen.page.locator("tr.other").count() == {"altered_result": 2, "changed_answer": 1}.get(name, 0)
    assert {address.split(":")[0] for address in chen.asked} <= {"file", "blob"}


def reported(folder: Path, name: str) -> Report:
    """What the kernel says of a bundle."""
    with closing(Bundle(folder / f"{name}.zip")) as bundle:
        promises = bundle.kept("promises/")
        return verify_poll(Evidence(bundle.fetch, Policy.parse(POLICY), promises=promises))


def test_observer_is_told_what_cannot_be_checked(folder: Path, origin: str, look: Look) -> None:
    dou = look(f"{origin}/verify/#log={origin}/nothing")
    dou.sees("failed-title")
    dou.press("check-another")
    address = dou.page.get_by_label(dou.t("address"))
    address.fill("http://box.example/season-2026")
    dou.page.keyboard.press("Enter")
    expect(dou.page.locator(".wrong")).to_have_text(dou.t("address-wrong"))
    assert address.input_value() == "http://box.example/season-2026"
    dou.choose("bundle", folder / "policy")
    dou.press("check")
    dou.sees("failed-title")


def test_observer_stops_a_check(origin: str, look: Look) -> None:
    bei = look(f"{origin}/verify/")
    bei.page.route("**/tile/**", lambda _: None)  # a log that never answers
    bei.page.get_by_label(bei.t("address")).fill(f"{origin}/{POLL}")
    bei.press("check")
    bei.sees("checking")
    bei.press("stop")
    bei.sees("title")
    assert bei.page.get_by_label(bei.t("address")).input_value() == f"{origin}/{POLL}"


def test_box_serves_the_verifier_under_its_own_policy(folder: Path, ballot_box: RunningBox) -> None:
    answer = ballot_box.ask("GET", "/verify/")
    policy = (BUILT / "policy.txt").read_text(encoding="ascii").strip()
    assert (answer.status, answer.headers["content-security-policy"]) == (200, policy)
    assert answer.body == (BUILT / "index.html").read_bytes()
