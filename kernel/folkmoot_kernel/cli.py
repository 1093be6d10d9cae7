"""`moot-verify`: check a whole poll from its address or from a bundle, and say in plain words what was found.

    moot-verify https://box.example/season-2026/
    moot-verify season-2026.zip --policy whom-I-trust --promise mine.json --lang zh

Exit code 0: nothing contradicts the poll; 1: something does; 2: it could not be checked.
This is the only file of the kernel that touches the network, and only when it is given an address.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from folkmoot_kernel.errors import KernelError, MissingFile, UnusableFile
from folkmoot_kernel.fields import Words
from folkmoot_kernel.verify import (
    POLICY,
    PROMISES,
    SEEN,
    Bundle,
    Evidence,
    PaperReport,
    Report,
    read_policy,
    verify_poll,
)
from folkmoot_kernel.verify.evidence import MAX_FILE_BYTES

RIGHT, WRONG, UNCHECKED = 0, 1, 2
SECONDS_TO_WAIT: Final = 30

TEXTS: Final = {
    "poll": ("Poll {poll}, log {origin}: {size} entries.", "投票{poll}，账本{origin}：共{size}条记录。"),
    "papers": (
        "  {taken} of {roll} on the roll took a paper. {accepted} voted, {spoiled} of them spoiled.",
        "  名册{roll}人，领取选票{taken}人；投票{accepted}人，其中废票{spoiled}张。",
    ),
    "unopened": (
        "  Ballots that stay closed, because their group is too small: {unopened}.",
        "  因所在组人数太少而不开票的选票：{unopened}张。",
    ),
    "uncounted": ("  Not counted yet.", "  尚未计票。"),
    "elected": ("elected", "当选"),
    "tied": ("tied", "并列"),
    "right": ("Nothing contradicts this poll.", "未发现任何问题。"),
    "wrong": ("This poll is not in order:", "本次投票存在问题："),
    "notes": ("To be known:", "请注意："),
    "unchecked": ("The poll could not be checked: {reason}", "无法核验：{reason}"),
    "reading": ("{done} of {size} entries", "已读{done}/{size}条"),
}


class _Unreachable(Exception):
    pass


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command. Gives the exit code."""
    options = _options(arguments)
    language = "zh-Hans" if options.lang.startswith("zh") else "en"
    try:
        with ExitStack() as stack:
            evidence = _evidence(options, stack)
            report = verify_poll(evidence, workers=options.workers, progress=_Progress(language))
    except (KernelError, OSError, _Unreachable) as error:
        print(_text("unchecked", language, reason=str(error)), file=sys.stderr)
        return UNCHECKED
    print(said(report, language))
    return RIGHT if report.is_right else WRONG


def said(report: Report, language: str) -> str:
    """Say a whole report in "en" or "zh-Hans"."""
    lines = [_text("poll", language, poll=report.poll, origin=report.origin, size=report.size)]
    for paper in report.papers:
        lines += ["", *_paper_lines(paper, language)]
    faults = [finding.said(language) for finding in report.findings if finding.is_fault]
    notes = [finding.said(language) for finding in report.findings if not finding.is_fault]
    lines += ["", _text("wrong" if faults else "right", language), *(f"  - {fault}" for fault in faults)]
    if notes:
        lines += ["", _text("notes", language), *(f"  - {note}" for note in notes)]
    return "\n".join(map(_printable, lines))


def _paper_lines(paper: PaperReport, language: str) -> list[str]:
    numbers = {"roll": paper.roll, "taken": paper.taken, "accepted": paper.accepted, "spoiled": paper.spoiled}
    lines = [_in(paper.question, language), _text("papers", language, **numbers)]
    if paper.total is None:
        return [*lines, _text("uncounted", language)]
    if paper.unopened:
        lines.append(_text("unopened", language, unopened=paper.unopened))
    for place, (option, votes) in enumerate(zip(paper.options, paper.total.counts, strict=True)):
        mark = "elected" if place in paper.total.elected else "tied" if place in paper.total.tied else ""
        shown = f"  ({_text(mark, language)})" if mark else ""
        lines.append(f"  {votes:>8}  {_in(option, language)}{shown}")
    return lines


def _in(words: Words, language: str) -> str:
    return words.get(language) or next(iter(words.values()))


def _text(key: str, language: str, **facts: str | int) -> str:
    return TEXTS[key][language != "en"].format(**facts)


def _printable(line: str) -> str:
    """Whoever wrote the log must not move the cursor of whoever checks it."""
    return "".join(c if c.isprintable() else "�" for c in line)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="moot-verify", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("log", help="the address of the poll's log (https), or a bundle (.zip)")
    parser.add_argument("--policy", type=Path, help="whom you trust (C2SP tlog-policy), not who the log says")
    for name, about in (
        ("promise", "a promise that has to be kept"),
        ("checkpoint", "a checkpoint you have seen"),
    ):
        parser.add_argument(
            f"--{name}", type=Path, action="append", default=[], help=f"{about}; may be repeated"
        )
    parser.add_argument("--lang", choices=("en", "zh", "zh-Hans"), default="en", help="en or zh")
    parser.add_argument("--workers", type=int, help="processes; without it, one for each core")
    return parser.parse_args(arguments)


def _evidence(options: argparse.Namespace, stack: ExitStack) -> Evidence:
    """Everything that was named. Raises: KernelError, OSError, _Unreachable."""
    if "://" in options.log:
        site = _Site(options.log)
        stack.callback(site.close)
        fetch, seen, promises = site.fetch, {}, {}
    else:
        bundle = Bundle(Path(options.log))
        stack.callback(bundle.close)
        fetch, seen, promises = bundle.fetch, bundle.kept(SEEN), bundle.kept(PROMISES)
    policy = options.policy.read_bytes() if options.policy else fetch(POLICY)
    return Evidence(
        fetch=fetch,
        policy=read_policy(policy),
        has_own_policy=options.policy is not None,
        seen=seen | {path.name: path.read_bytes() for path in options.checkpoint},
        promises=promises | {path.name: path.read_bytes() for path in options.promise},
        now=int(time.time()),
    )


class _Site:
    """A log at an address: https, or http on this very machine. One connection, no redirects."""

    def __init__(self, address: str) -> None:
        # Here and not above: who gives a bundle needs no network, and no module that knows one.
        from http.client import HTTPConnection, HTTPException, HTTPSConnection  # noqa: PLC0415

        parts = urlsplit(address)
        try:
            host, port = parts.hostname or "", parts.port
        except ValueError:
            raise _Unreachable(f"{address} has no such port") from None
        if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(host)):
            raise _Unreachable(f"{address} is neither https nor on this machine")
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._connection = kind(host, port, timeout=SECONDS_TO_WAIT)
        self._faults = (HTTPException, OSError)
        self._base = parts.path.rstrip("/") + "/"

    def fetch(self, path: str) -> bytes:
        """Read one file. Raises: MissingFile, UnusableFile, _Unreachable."""
        for is_last in (False, True):  # a server may close a connection that has been quiet
            try:
                self._connection.request("GET", self._base + path)
                answer = self._connection.getresponse()
                data = answer.read(MAX_FILE_BYTES + 1)
                break
            except self._faults as error:
                self._connection.close()
                if is_last:
                    raise _Unreachable(f"{path}: {type(error).__name__} {error}") from None
        if answer.status in (404, 410):
            raise MissingFile(path=path)
        if answer.status != 200:
            raise _Unreachable(f"{path}: the server answers {answer.status}")
        if len(data) > MAX_FILE_BYTES:
            self._connection.close()
            raise UnusableFile(path=path, reason=f"it has more than {MAX_FILE_BYTES} bytes")
        return data

    def close(self) -> None:
        self._connection.close()


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


class _Progress:
    """One line on a terminal, renewed; nothing where no person watches."""

    def __init__(self, language: str) -> None:
        self._language, self._is_watched, self._next = language, sys.stderr.isatty(), 0.0

    def __call__(self, done: int, size: int) -> None:
        if self._is_watched and (time.monotonic() >= self._next or done == size):
            self._next = time.monotonic() + 0.2
            end = "\n" if done == size else ""
            print("\r" + _text("reading", self._language, done=done, size=size), end=end, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
