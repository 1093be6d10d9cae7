"""The way to the ballot box: a small server of its own on this machine, steered over loopback.

Every call may be repeated: the same request gets the same answer. So an act asks the box first and moves its own
rows afterwards; killed in between, it is done again whole. Leaves travel as the kernel writes them.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from itertools import islice
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import ProxyHandler, Request, build_opener

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from folkmoot_kernel.encoding import b64u, unb64u
from folkmoot_kernel.sealing import Opening

from folkmoot.base.errors import FolkmootError

SECONDS_TO_WAIT = 60
LEAVES_AT_ONCE = 500
_loopback = build_opener(ProxyHandler({}))  # never by a proxy: the secret stays on this machine


class BoxAway(FolkmootError):
    """Nobody answers: the box was not asked anything."""

    sentence = _("The ballot box does not answer. Nothing was changed; please try again in a minute.")
    status = 503


class BoxRefused(FolkmootError):
    """The box does not do what it was asked; its own words say why."""

    sentence = _("The ballot box refused this.")
    status = 409


@dataclass(frozen=True)
class Envelope:
    """A sealed answer: of several of one key only the one that counts. Shapes: `c` 32 bytes, `pk` 65."""

    c: bytes
    pk: bytes
    seq: int
    o: bytes


def box_host() -> str:
    """What tokens and logs know the box by."""
    return urlsplit(settings.BOX_ORIGIN).netloc


def registrar_host() -> str:
    """What tokens know the registrar by."""
    return urlsplit(settings.ORIGIN).netloc


def registrar_address() -> str:
    """Where the registrar is asked for papers."""
    return str(settings.ORIGIN)


def open_log(
    poll: str, *, papers: Sequence[bytes], slips: Mapping[bytes, Sequence[bytes]], roll_size: int
) -> tuple[str, str]:
    """Begins the log of a poll with its paper leaves. Shapes: `slips` hashes by root; (origin, verifier key)."""
    answer = _post("/control/polls", {
        "poll": poll, "papers": [*map(b64u, papers)], "roll_size": roll_size,
        "slips": {b64u(root): [*map(b64u, hashes)] for root, hashes in slips.items()},
    })  # fmt: skip
    return str(answer["origin"]), str(answer["verifier_key"])


def open_casting(poll: str, *, paper: str = "*") -> None:
    """Ballots are taken from now on; of one paper, or of all."""
    _post(f"{_of(poll)}/casting", {"paper": paper})


def append(poll: str, leaves: Iterable[bytes]) -> None:
    """Appends leaves in their order; the box holds each to its right place, and takes none twice."""
    waiting = iter(leaves)
    while chunk := list(islice(waiting, LEAVES_AT_ONCE)):
        _post(f"{_of(poll)}/append", {"leaves": [*map(b64u, chunk)]})


def checkpoint(poll: str) -> str:
    """The newest signed checkpoint of a log, as everybody reads it."""
    return _send(Request(f"{_address()}/{quote(poll)}/checkpoint")).decode()  # noqa: S310


def void(poll: str, *, paper: bytes, stratum: str, hashes: Sequence[bytes]) -> frozenset[bytes]:
    """Slips that are refused from now on. Shapes: SHA-256(pk) each; gives back those that have voted already."""
    if not hashes:
        return frozenset()
    body = {"paper": b64u(paper), "stratum": stratum, "hashes": [*map(b64u, hashes)]}
    return frozenset(map(unb64u, _post(f"{_of(poll)}/void", body)["voted"]))


def cosign(poll: str, line: str) -> None:
    """Publishes a witness's signature under the newest checkpoint. Raises BoxRefused when the log has grown since."""
    _post(f"{_of(poll)}/cosign", {"line": line})


def close(poll: str) -> dict[str, dict[str, dict[str, int]]]:
    """Takes no more ballots. Shapes: accepted keys by paper id (base64url), stratum, channel."""
    return _post(f"{_of(poll)}/close", {})


def compact(poll: str) -> None:
    """Writes what is stored anew, so that no trace of the order of casting stays on the disk."""
    _post(f"{_of(poll)}/compact", {})


def envelopes(poll: str, *, paper: bytes, stratum: str, channel: str) -> Iterator[Envelope]:
    """The sealed answers of one cell in ascending order of c, page by page."""
    query = {"paper": b64u(paper), "stratum": stratum, "channel": channel}
    page = _ask(f"{_of(poll)}/envelopes?{urlencode(query)}")
    while True:
        for row in page["envelopes"]:
            yield Envelope(unb64u(row["c"]), unb64u(row["pk"]), row["seq"], unb64u(row["o"]))
        if not page["next"]:
            return
        page = _ask(f"{_of(poll)}/envelopes?{urlencode(query | {'after': page['next']})}")


def published(poll: str, path: str) -> bytes:
    """A file of the poll's public log: checkpoint, policy, a tile."""
    return _send(Request(f"{_address()}/{quote(poll)}/{path}"))  # noqa: S310


def objections(poll: str) -> dict[bytes, Opening]:
    """What voters handed in to open ballots that did not open, by c. Nothing of it is believed yet."""
    rows = _ask(f"{_of(poll)}/objections")["objections"]
    return {unb64u(row["c"]): Opening(unb64u(row["r"]), unb64u(row["a"])) for row in rows}


def _of(poll: str) -> str:
    return f"/control/polls/{quote(poll)}"


def _address() -> str:
    return f"http://127.0.0.1:{settings.BOX_PORT}"


def _post(path: str, body: Mapping[str, Any]) -> dict[str, Any]:
    data = json.dumps(body).encode()
    return _answer(Request(_address() + path, data, {"Content-Type": "application/json"}))  # noqa: S310


def _ask(path: str) -> dict[str, Any]:
    return _answer(Request(_address() + path))  # noqa: S310


def _answer(request: Request) -> dict[str, Any]:
    request.add_header("Authorization", f"Bearer {_secret()}")
    request.add_header("Accept-Language", get_language() or "en")
    data = _send(request)
    return json.loads(data) if data else {}


def _send(request: Request) -> bytes:
    try:
        with _loopback.open(request, timeout=SECONDS_TO_WAIT) as response:
            data: bytes = response.read()
            return data
    except HTTPError as error:
        raise _refusal(error) from error
    except (URLError, OSError) as error:
        raise BoxAway() from error


def _refusal(error: HTTPError) -> FolkmootError:
    body = error.read()
    if error.code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return BoxAway()
    try:
        return BoxRefused(str(json.loads(body)["title"]))
    except (ValueError, KeyError, TypeError):
        return BoxRefused()


@lru_cache(maxsize=1)
def _secret() -> str:
    return (settings.KEYS_DIR / "control.key").read_text(encoding="ascii").strip()
