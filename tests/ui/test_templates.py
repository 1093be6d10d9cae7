"""What no template of any app may hold: the policy forbids inline code, and people would get a broken page."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from folkmoot.ui import build

TEMPLATES = sorted(build.PACKAGE.glob("*/templates/**/*.html"))
INLINE = re.compile(r"""\sstyle=|<style|\son[a-z]+=["']|javascript:|<script(?![^>]*\ssrc=)""", re.IGNORECASE)
PAGE_BYTES, SCRIPT_BYTES = 60_000, 20_000


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.relative_to(build.PACKAGE).as_posix())
def test_template_has_no_inline_code(template: Path) -> None:
    assert INLINE.findall(template.read_text(encoding="utf-8")) == []


def packed(name: str) -> int:
    path = finders.find(name)
    assert path is not None, f"{name} is not built: run python -m folkmoot.ui.build"
    return len(gzip.compress(Path(str(path)).read_bytes(), 9))


def test_page_is_light(client: Client) -> None:
    """The page of all components is longer than any page has reason to be."""
    build.build_assets()
    page = len(gzip.compress(client.get("/components/").content, 6))
    scripts = packed("ui/built/folkmoot.js") + packed("django_htmx/htmx-2.min.js")
    assert scripts <= SCRIPT_BYTES
    assert page + scripts + packed("ui/built/folkmoot.css") + packed("ui/favicon.svg") <= PAGE_BYTES


CLASS = re.compile(r"\.([a-zA-Z_][\w-]*)")
TAG = re.compile(r"\{[%{#].*?[#%}]\}", re.DOTALL)
# Names without a look of their own: hooks for scripts, or for the structure of govuk-frontend.
HOOKS = {"govuk-radios", "govuk-checkboxes"}


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.relative_to(build.PACKAGE).as_posix())
def test_template_uses_only_classes_that_exist(template: Path) -> None:
    build.build_assets()
    known = HOOKS | set(CLASS.findall((build.BUILT / "folkmoot.css").read_text(encoding="utf-8")))
    words = re.findall(r'class="([^"]*)"', TAG.sub(" ", template.read_text(encoding="utf-8")))
    assert {name for word in words for name in word.split()} - known == set()
