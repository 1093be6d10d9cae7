"""What anybody may read: the log as files, proofs, the whole poll as one file, booth and verifier."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from folkmoot_kernel.encoding import unb64u
from folkmoot_kernel.errors import KernelError
from folkmoot_kernel.sealing import Opening, verify_opening

from folkmoot.ballots.box.desk import Desk
from folkmoot.ballots.box.polls import Sitting
from folkmoot.ballots.box.problems import Problem
from folkmoot.ballots.box.publication import Publication, is_log_path
from folkmoot.ballots.box.store import ballots as ballot_rows

Headers = list[tuple[str, str]]

OPEN: Final[Headers] = [("access-control-allow-origin", "*"), ("x-content-type-options", "nosniff")]
TEXT, OCTETS, ZIP = "text/plain; charset=utf-8", "application/octet-stream", "application/zip"
NEWEST, FOREVER, FOR_A_WHILE = "no-cache", "public, max-age=31536000, immutable", "public, max-age=300"
PAGE_KINDS: Final = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json",
}
PAGE_POLICY: Final = (
    "policy.txt"  # written with the page: it allows that page's own style and script, by hash
)
_POLL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
_PAGE_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*(?:/[a-z0-9][a-z0-9._-]*)?")


@dataclass(frozen=True)
class File:
    path: Path
    headers: Headers


@dataclass(frozen=True)
class Document:
    body: bytes
    headers: Headers


def headers(kind: str, keep: str) -> Headers:
    return [*OPEN, ("content-type", kind), ("cache-control", keep)]


def log_file(logs: Path, name: str, path: str) -> File:
    """A file of a poll's log. Raises Problem: not-found."""
    file = logs / name / path
    if not (_POLL.fullmatch(name) and is_log_path(path) and file.is_file()):
        raise Problem("not-found")
    if path in ("checkpoint", "policy"):
        return File(file, headers(TEXT, NEWEST))
    return File(file, headers(OCTETS, FOREVER))


def bundle(publication: Publication) -> File:
    """The whole log as one .zip."""
    return File(publication.bundle(), headers(ZIP, NEWEST))


def proof(desk: Desk, name: str, leaf: str) -> Document:
    """The proof that a leaf is in the log. Raises Problem: not-yet, not-found."""
    poll = desk.poll(name)
    try:
        number = ballot_rows.number_of(desk.database, name, unb64u(leaf))
        if number is None:
            raise Problem("not-yet")
        return Document(desk.publication(poll).proof(number), headers(TEXT, "no-store"))
    except KernelError:
        raise Problem("not-found") from None
    except KeyError:
        raise Problem("not-yet") from None


def object_to(desk: Desk, name: str, given: Mapping[str, Any]) -> Document:
    """Keep {r, a} of a voter whose ballot did not open. Raises Problem: objection-refused, not-found."""
    poll = desk.poll(name)
    try:
        c, opening = unb64u(given["c"]), Opening(unb64u(given["r"]), unb64u(given["a"]))
        cells = {cell.number: cell for cell in poll.cells}
        [(cell, pk)] = desk.database.having("cell, pk", "settled", "c", [c])
        verify_opening(pk, c, opening)
        if not poll.is_closed or cells[cell].sitting.stage == Sitting.DONE:
            raise Problem("objection-refused")
    except (KernelError, KeyError, TypeError, AttributeError, ValueError):
        raise Problem("objection-refused") from None
    with desk.writing():
        ballot_rows.keep_objection(desk.database, name, c, opening.random, opening.answer)
    return Document(b"{}", headers("application/json", "no-store"))


def page(folder: Path, path: str) -> File:
    """The booth or the verifier, each one page. Raises Problem: not-found."""
    name = path or "index.html"
    file = folder / name
    kind = PAGE_KINDS.get(file.suffix, "")
    if not kind or not _PAGE_NAME.fullmatch(name) or not file.is_file():
        raise Problem("not-found")
    policy = (folder / PAGE_POLICY).read_text(encoding="ascii").strip()
    guard = [("content-security-policy", policy), ("referrer-policy", "no-referrer")]
    return File(file, [*headers(kind, FOR_A_WHILE), *guard])
