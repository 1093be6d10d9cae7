"""Bytes of a public page with all that it names."""

import gzip
import re
from argparse import Namespace
from collections.abc import Iterator
from html import unescape
from urllib.parse import urljoin, urlsplit

from folkmoot.areas.models import Area
from folkmoot.cases.queries import shown_cases
from measure.demo import load_place
from measure.figures import Figure
from measure.load import Answer, once
from measure.server import folkmoot

ALL_BYTES, SCRIPT_BYTES = 60_000, 20_000
NAMED = re.compile(rb"""<(?:script|img|source|link)\b[^>]*?\b(?:src|href)=["']([^"']+)["'][^>]*>""")
IN_STYLE = re.compile(rb"""url\(["']?([^"')]+)["']?\)""")
TAGS = re.compile(r"<(script|style|head)\b.*?</\1>|<[^>]+>", re.DOTALL)


def run(_options: Namespace) -> Iterator[Figure]:
    load_place(cases=2_000)
    village = Area.objects.filter(level__code="village").order_by("pk").values_list("code", flat=True)[0]
    number = shown_cases().order_by("-pk").values_list("number", flat=True)[0]
    pages = {
        "place": "/", "village": f"/places/{village}/", "case_list": "/cases/", "case": f"/cases/{number}/",
        "report": "/report/", "find_chief": "/chiefs/", "figures": "/cases/figures/",
    }  # fmt: skip
    with folkmoot() as server:
        for name, path in pages.items():
            yield from weighed(name, path, server.port)


def weighed(name: str, path: str, port: int) -> Iterator[Figure]:
    page = fetched(path, port)
    files = {path: page}
    waiting = [urljoin(path, named) for named in names_in(page, NAMED)]
    while waiting:
        address = waiting.pop()
        if address in files or urlsplit(address).scheme:
            continue
        files[address] = fetched(address, port)
        if address.endswith(".css"):
            waiting += [urljoin(address, named) for named in names_in(files[address], IN_STYLE)]
    text = unescape(TAGS.sub(" ", body_of(page).decode()))
    floor = len(gzip.compress(re.sub(r"\s+", " ", text).encode()))
    total = sum(map(wire_bytes, files.values()))
    scripts = sum(
        wire_bytes(answer) for address, answer in files.items() if address.endswith((".js", ".mjs"))
    )
    yield Figure(f"weight.{name}.all", total, "bytes", ALL_BYTES, floor=floor)
    yield Figure(f"weight.{name}.scripts", scripts, "bytes", SCRIPT_BYTES)


def fetched(address: str, port: int) -> Answer:
    """Raises SystemExit when a file that a page names is not there."""
    head = f"GET {address} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n\r\n"
    answer = once(port, head.encode())
    if answer.status != 200:
        raise SystemExit(f"{address} answered {answer.status}")
    return answer


def body_of(answer: Answer) -> bytes:
    """Raises SystemExit for an encoding that cannot be read here."""
    encoding = answer.header("content-encoding")
    if encoding not in {"", "gzip"}:
        raise SystemExit(f"the server answers in {encoding}")
    return gzip.decompress(answer.body) if encoding == "gzip" else answer.body


def names_in(answer: Answer, pattern: "re.Pattern[bytes]") -> list[str]:
    found = (match.group(1).decode() for match in pattern.finditer(body_of(answer)))
    return [unescape(name) for name in found if not name.startswith(("data:", "#"))]


def wire_bytes(answer: Answer) -> int:
    return len(answer.head) + len(answer.body)
