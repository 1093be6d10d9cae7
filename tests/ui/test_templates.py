"""What no template of any app may hold: the policy forbids inline code, and people would get a broken page."""

import gzip
import re
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from folkmoot.ui import build

TEMPLATES = sorted(build.PACKAGE.glob("*/templates/**/*.html"))
INLINE = re.compile(r"""\sstyle=|<style|\son[a-z]+=["']|javascript:|<script(?![^>]*\ssrc=)""", re.IGNORECASE)
CLASS = re.compile(r"\.([a-zA-Z_][\w-]*)")
TAG = re.compile(r"\{[%{#].*?[#%}]\}", re.DOTALL)
# Names without a look of their own: the structure of govuk-frontend.
HOOKS = {"govuk-radios", "govuk-checkboxes"}
PAGE_BYTES, SCRIPT_BYTES = 60_000, 20_000


@pytest.fixture(scope="module", autouse=True)
def _built() -> None:
    build.build_assets()


def faults(find: Callable[[str], Iterable[str]]) -> dict[str, list[str]]:
    """What `find` says of each template, under its path."""
    found = {
        path.relative_to(build.PACKAGE).as_posix(): sorted(find(path.read_text(encoding="utf-8")))
        for path in TEMPLATES
    }
    return {name: what for name, what in found.items() if what}


def test_templates_have_no_inline_code() -> None:
    assert faults(INLINE.findall) == {}


def test_templates_use_only_classes_that_exist() -> None:
    known = HOOKS | set(CLASS.findall((build.BUILT / "folkmoot.css").read_text(encoding="utf-8")))

    def unknown(text: str) -> set[str]:
        words = re.findall(r'class="([^"]*)"', TAG.sub(" ", text))
        return {name for word in words for name in word.split()} - known

    assert faults(unknown) == {}


def packed(name: str) -> int:
    path = finders.find(name)
    assert path is not None, f"{name} is not built: run python -m folkmoot.ui.build"
    return len(gzip.compress(Path(str(path)).read_bytes(), 9))


def test_page_is_light(client: Client) -> None:
    """The page of all components is longer than any page has reason to be."""
    page = len(gzip.compress(client.get("/components/").content, 6))
    scripts = packed("ui/built/folkmoot.js") + packed("django_htmx/htmx-2.min.js")
    assert scripts <= SCRIPT_BYTES
    assert page + scripts + packed("ui/built/folkmoot.css") + packed("ui/favicon.svg") <= PAGE_BYTES
