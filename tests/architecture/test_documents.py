"""The documents are true: links lead somewhere, dependencies are all named, words agree."""

import json
import re
import tomllib
from pathlib import Path

import pytest
from django.apps import apps

from folkmoot.ui import messages
from tests.architecture.source import ROOT, files, shown

LINK = re.compile(r"\[[^\]]*\]\((?!https?:|mailto:|#)([^)#\s]+)")
CODE_PATH = re.compile(r"`((?:folkmoot|kernel|tests|docs|bench|deploy|requirements|\.ci)/[A-Za-z0-9_./-]+)`")


def documents() -> list[Path]:
    return files(".md")


def test_links_lead_somewhere() -> None:
    broken = [
        f"{shown(path)} -> {target}"
        for path in documents()
        for target in LINK.findall(path.read_text(encoding="utf-8"))
        if not (path.parent / target).exists()
    ]
    assert broken == []


@pytest.mark.parametrize("name", ["docs/where.md", "CONTRIBUTING.md", "README.md", "docs/threats.md"])
def test_named_files_exist(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert [target for target in CODE_PATH.findall(text) if not (ROOT / target).exists()] == []


def test_where_names_twenty_changes() -> None:
    text = (ROOT / "docs" / "where.md").read_text(encoding="utf-8")
    assert len(re.findall(r"^\| [^|-]+ \| .*`", text, re.MULTILINE)) >= 20


def test_both_languages_are_complete(capsys: pytest.CaptureFixture[str]) -> None:
    code = messages.main(["--check"])
    assert (code, capsys.readouterr().err) == (0, "")


def test_every_table_is_in_the_threats() -> None:
    """Whom do we trust with it, whom not, and why: said for every table that holds something of ours."""
    text = (ROOT / "docs" / "threats.md").read_text(encoding="utf-8")
    ours = {model._meta.label for model in apps.get_models() if model.__module__.startswith("folkmoot.")}
    others = {"account.EmailAddress", "mfa.Authenticator", "sessions.Session"}
    assert sorted(label for label in ours | others if f"`{label}`" not in text) == []


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def direct_dependencies() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    lines = [*project["project"]["dependencies"], *project["dependency-groups"]["build"]]
    lines += project["dependency-groups"]["dev"]
    package = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    names = [re.match(r"[A-Za-z0-9_.-]+", line)[0] for line in lines]
    return {plain(name) for name in [*names, *package["devDependencies"]]}


def locked() -> dict[str, str]:
    """Locked release by name, of Python and of the build's scripts."""
    releases = {"folkmoot-kernel": "0.1.0"}
    for name in ("run", "build", "test"):
        text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
        releases |= {
            plain(package): release
            for package, release in re.findall(r"^([\w.-]+)(?:\[\w+\])?==([\w.]+)", text, re.M)
        }
    package = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    return releases | package["devDependencies"]


def described() -> dict[str, str]:
    """Release by name as docs/reference/dependencies.md gives it."""
    text = (ROOT / "docs" / "reference" / "dependencies.md").read_text(encoding="utf-8")
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if line.startswith("|")
    ]
    assert {len(row) for row in rows} == {5}
    return {row[0]: row[3].split()[0] for row in rows if row[0] != "Package" and set(row[0]) != {"-"}}


def test_every_dependency_is_described() -> None:
    assert described() == {name: locked()[name] for name in direct_dependencies()}
