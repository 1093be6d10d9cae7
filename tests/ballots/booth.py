"""The booth's cryptography as the tests ask it: in Node, and bundled as it would be in Chromium."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from playwright.sync_api import Browser, Route

from folkmoot.ui.build import ROOT, node

Request = tuple[str, dict[str, Any]]

ANSWERS = Path(__file__).with_name("booth_answers.mjs")
ESBUILD = ROOT / "node_modules" / "esbuild" / "bin" / "esbuild"
RUN = """
import { answers } from %s;
let text = "";
for await (const part of process.stdin) text += part;
process.stdout.write(JSON.stringify(await answers(JSON.parse(text))));
"""


class Booth(Protocol):
    def __call__(self, *requests: Request) -> list[Any]: ...


def in_node(*requests: Request) -> list[Any]:
    """All results of one run of Node."""
    run = subprocess.run(
        [node(), "--input-type=module", "--eval", RUN % json.dumps(ANSWERS.as_uri())],
        input=json.dumps(requests), capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    assert (run.returncode, run.stderr) == (0, "")
    results: list[Any] = json.loads(run.stdout)
    return results


@contextmanager
def in_chromium(browser: Browser) -> Iterator[Booth]:
    """A page of a real browser that answers; what it loads comes from here and from nowhere else."""
    script = bundle(ANSWERS, "--global-name=booth", "--format=iife")

    def serve(route: Route) -> None:
        route.fulfill(body="<!doctype html><title>Booth</title>", content_type="text/html")

    page = browser.new_page()
    page.route("**/*", serve)
    page.goto("https://booth.example/")  # WebCrypto is there on https and localhost only
    page.evaluate(script + "\n;window.booth = booth;")
    yield lambda *requests: page.evaluate("requests => booth.answers(requests)", requests)
    page.close()


def bundle(entry: Path, *options: str) -> str:
    """One script of everything an entry imports, made smaller as for the page."""
    told = [ESBUILD, entry, "--bundle", "--minify", "--target=es2020", *options]
    return subprocess.run(told, check=True, capture_output=True, text=True, cwd=ROOT).stdout
