"""Templates stand in the frame and carry nothing that the Content-Security-Policy would stop."""

import re
from pathlib import Path

import pytest

from tests.architecture.source import PACKAGE, files, shown

INLINE = re.compile(
    r"<style|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|href\s*=\s*[\"']javascript:|<script(?![^>]*\bsrc=)",
    re.IGNORECASE,
)
WHOLE_PAGE = re.compile(r"<(html|body|main|h1)\b", re.IGNORECASE)
# Whole pages that stand alone, each with its reason.
NO_FRAME: dict[str, str] = {
    "folkmoot/ui/templates/ui/bare.html": "it is the outermost frame",
}


def templates() -> list[Path]:
    return [path for path in files(".html", ".svg", ".xml", under=PACKAGE) if "templates" in path.parts]


def test_templates_are_found() -> None:
    assert PACKAGE / "ui" / "templates" / "ui" / "page.html" in templates()


def test_templates_have_nothing_inline() -> None:
    found = [
        f"{shown(path)}:{number} {match[0]}"
        for path in templates()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        for match in INLINE.finditer(line)
    ]
    assert found == []


@pytest.mark.parametrize("sin", ['<p style="x">', "<a onclick='x()'>", "<script>x</script>", "<style>"])
def test_inline_code_is_recognised(sin: str) -> None:
    assert INLINE.search(sin)


@pytest.mark.parametrize(
    "fine", ['<script src="x" defer></script>', "{% for one in stones %}", '<p class="style">']
)
def test_ordinary_markup_is_left_alone(fine: str) -> None:
    assert INLINE.search(fine) is None


def test_pages_stand_in_the_frame() -> None:
    """What has a heading of its own is a page; everything else is a part of one."""
    texts = {shown(path): path.read_text(encoding="utf-8") for path in templates()}
    bare = {name for name, text in texts.items() if WHOLE_PAGE.search(text) and "{% extends" not in text}
    assert bare == set(NO_FRAME)


def test_templates_ask_no_permission_of_django() -> None:
    assert [
        shown(path) for path in templates() if re.search(r"\bperms\b", path.read_text(encoding="utf-8"))
    ] == []
