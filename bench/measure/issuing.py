"""Papers a second that the registrar gives out over HTTP: a claim, and all its papers in one request."""

import asyncio
import json
import os
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from django.conf import settings
from folkmoot_kernel.encoding import b64u
from folkmoot_kernel.papers import Paper
from folkmoot_kernel.tokens import TokenKey as PublicKey
from folkmoot_kernel.tokens import TokenRequest
from folkmoot_kernel.tokens.rawrsa import raw_key

from folkmoot.ballots import services
from folkmoot.ballots.models import Taken, TokenKey
from folkmoot.ballots.services.clock import fresh_key
from measure.command import tell
from measure.figures import Figure
from measure.load import Connection, Tally, timed, visitors
from measure.server import below, folkmoot
from tests.factories.ballots import Voting, make_voting
from tests.factories.cases import actor_of
from tests.factories.island import make_island

PAPERS = 20  # on the sheet of one voter
CONNECTIONS = 8
PER_CORE, SHARE = 2_000, 0.5
MESSAGE_BYTES = 256


def issued(*, voters: int) -> Iterator[Figure]:
    """Raises an alarm when a paper is missing or another answer came."""
    island = make_island()
    TokenKey.objects.bulk_create([fresh_key() for _ in range(PAPERS)])
    with folkmoot() as server:
        settings.BOX_PORT = server.port + 1
        settings.BOX_ORIGIN = f"http://127.0.0.1:{settings.BOX_PORT}"
        chair = actor_of(island.people["bei"], island.posts["secretary"])
        voting = make_voting(island["V1"], chair, {"residents": voters}, papers=PAPERS)
        voting.open_poll()
        requests = deque(requests_of(voting, server.port))
        floor = private_operations_per_second()
        used = processor_seconds(server.process.pid)
        tally = all_sent(server.port, requests)
        used = processor_seconds(server.process.pid) - used
    papers = len(tally.latencies) * PAPERS
    if tally.unexpected or Taken.objects.count() != papers:
        raise SystemExit(f"{papers} papers, {tally.unexpected} wrong answers, {Taken.objects.count()} rows")
    yield Figure("issue.rate", papers / tally.seconds, "papers/s", None)
    yield Figure("issue.per_core", papers / used, "papers per processor second", PER_CORE, "least", floor)
    yield Figure(
        "issue.share", papers / used, "papers per processor second", SHARE, "least", floor, of="ratio"
    )
    yield Figure("issue.p95", tally.percentile_ms(95), "ms", None)


def requests_of(voting: Voting, port: int) -> Iterator[bytes]:
    """For each voter the request that a booth would send; the blinded messages are any numbers."""
    papers = [Paper.decode(bytes(paper.leaf)) for paper in voting.poll.papers.order_by("order")]
    keys = [PublicKey(paper.strata[0].token.keys[0]) for paper in papers if paper.strata[0].token]
    tell(f"handing out {len(voting.entries('residents')):,} claims")
    for entry in voting.entries("residents"):
        code = services.issue_claim(actor=voting.chair, entry=entry)
        asked = [
            {"paper": b64u(paper.id), "stratum": "residents", "request": b64u(some_request(key))}
            for paper, key in zip(papers, keys, strict=True)
        ]
        body = json.dumps({"requests": asked}).encode()
        yield (
            f"POST /papers/batch/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Claim {code}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        ).encode() + body


def some_request(key: PublicKey) -> bytes:
    return TokenRequest(key.key_id[-1], b"\0" + os.urandom(MESSAGE_BYTES - 1)).encode()


def all_sent(port: int, requests: "deque[bytes]") -> Tally:
    """All requests, each once."""

    def visit() -> Callable[[Tally, float], Awaitable[None]]:
        async def ask(tally: Tally, _deadline: float) -> None:
            connection = Connection(port)
            while requests:
                await timed(connection, requests.popleft(), tally)
                await asyncio.sleep(0)
            connection.close()

        return ask

    return visitors([visit() for _ in range(CONNECTIONS)], seconds=0)


def private_operations_per_second(seconds: float = 1.0) -> float:
    """OpenSSL's bare RSA-2048 operation on one core: no blinding of ours, no check, no row."""
    key = raw_key(generate_private_key(65_537, 8 * MESSAGE_BYTES))
    block, count, begun = b"\0" + os.urandom(MESSAGE_BYTES - 1), 0, time.process_time()
    while time.process_time() - begun < seconds:
        key.private(block)
        count += 1
    return count / (time.process_time() - begun)


def processor_seconds(process: int) -> float:
    """What a process and all below it have used so far."""
    ticks = 0
    for pid in [process, *below(process)]:
        with suppress(FileNotFoundError, ProcessLookupError):
            words = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
            ticks += int(words[11]) + int(words[12])
    return ticks / os.sysconf("SC_CLK_TCK")
