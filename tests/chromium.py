"""The one Chromium of a test run, driven by Playwright, which cannot be started twice in one process."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
CLOSED_NETWORK = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    # Playwright's own event loop runs in this thread; the ORM calls of the tests are still plain ones.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    program = next(path for name in PROGRAMS if (path := shutil.which(name)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=CLOSED_NETWORK)
        yield browser
        browser.close()
