"""What must not be in the repository: addresses of one machine, of a registry, secrets."""

import re

from tests.architecture.source import ROOT, files, shown

TEXT = (
    ".py",
    ".md",
    ".toml",
    ".txt",
    ".json",
    ".yml",
    ".yaml",
    ".html",
    ".js",
    ".mjs",
    ".scss",
    ".css",
    ".cfg",
    ".sh",
)
# Written in pieces, so that this file does not find itself.
MACHINE = re.compile("/" + r"(work|root|home|Users)/[A-Za-z]|/opt/py" + "pi")
REGISTRIES = (
    "files.python" + "hosted",
    "pypi.org/sim" + "ple",
    "registry.n" + "pm",
    "npm" + "mirror",
    "tuna.tsing" + "hua",
)
REGISTRY = re.compile("|".join(map(re.escape, REGISTRIES)) + "|--(extra-)?index-url +http")
SECRET = re.compile("BEGIN [A-Z ]*PRIVATE" + " KEY|AKIA[0-9A-Z]{16}")


def found(pattern: re.Pattern[str]) -> list[str]:
    scripts = [ROOT / "run", ROOT / "test", ROOT / ".ci" / "run", ROOT / "requirements" / "lock"]
    paths = [*files(*TEXT), *(path for path in scripts if path.exists())]
    return [
        f"{shown(path)}:{number} {match[0]}"
        for path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        for match in pattern.finditer(line)
    ]


def test_repository_names_no_machine() -> None:
    assert found(MACHINE) == []


def test_repository_names_no_registry() -> None:
    assert found(REGISTRY) == []


def test_repository_keeps_no_secret() -> None:
    assert found(SECRET) == []


def test_patterns_find_what_they_look_for() -> None:
    assert MACHINE.search("see /" + "home/somebody/x")
    assert REGISTRY.search("https://files.python" + "hosted.org/packages")
    assert SECRET.search("-----BEGIN PRIVATE" + " KEY-----")
