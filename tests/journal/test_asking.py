"""Asking the witnesses of our own log: a real one, and such as are down, slow, wrong or false."""

import socket
import threading
import time
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from folkmoot_kernel.notes import COSIGNATURE_V1, Checkpoint, SigningKey, open_checkpoint, parse_note
from folkmoot_kernel.witness import AddCheckpoint

from folkmoot.base import clock
from folkmoot.journal import posting
from folkmoot.journal.asking import ask_for_journal
from folkmoot.journal.keys import verifier_keys, witness_key
from folkmoot.journal.models import AskedWitness, Trouble
from folkmoot.journal.queries import latest_checkpoint
from folkmoot.journal.sealing import seal_all
from folkmoot.journal.services import witness_log
from folkmoot.journal.verifying import verify
from folkmoot.journal.witnesses import WitnessesUnreadable, named_witnesses
from tests.journal.test_witnessing import OPERATOR

pytestmark = pytest.mark.django_db
STRANGER = SigningKey("red.example/witness", COSIGNATURE_V1, b"r" * 32)


@pytest.fixture
def name_witnesses(settings, tmp_path):
    """Writes the operator's file. Shapes: (name, key, address) each; all of them are asked for."""
    settings.WITNESSES_FILE = tmp_path / "witnesses"

    def write(*witnesses):
        lines = [f"witness {name} {key.vkey} {address}" for name, key, address in witnesses]
        lines += [
            f"group all-of-them all {' '.join(name for name, *_ in witnesses)}",
            "quorum all-of-them",
            "",
        ]
        settings.WITNESSES_FILE.write_text("\n".join(lines))

    return write


@contextmanager
def answering(answer):
    """A server that answers each request with what `answer(body)` writes to the connection."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            asked.append((self.path, AddCheckpoint.parse(body)))
            answer(self, asked[-1][1])

        def log_message(self, *said):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=[0.05], daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/witness", asked
        finally:
            server.shutdown()


def say(status, body=b"", **headers):
    def answer(handler, _asked):
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def cosigning(key):
    def answer(handler, asked):
        text = parse_note(asked.checkpoint).text
        say(200, key.cosign(text, time=1_795_000_000).line.encode())(handler, asked)

    return answer


def cosigned(*keys):
    """The newest checkpoint, as a checker reads it who wants these cosignatures."""
    note = latest_checkpoint().note.encode()
    [own] = verifier_keys()
    return open_checkpoint(note, origin=own.name, log_key=own, witnesses=keys, quorum=len(keys))


def troubles():
    return list(AskedWitness.objects.values_list("name", "trouble", "failures"))


def pause():
    return AskedWitness.objects.get().not_before - clock.now()


@pytest.fixture
def sealed(write):
    write(300)
    seal_all()


@pytest.fixture
def later(at):
    """Sets the clock to so many seconds after nine."""
    nine = at("2026-11-20 09:00")
    return lambda seconds: at(f"{(nine + timedelta(seconds=seconds)).replace(tzinfo=None)}")


@pytest.mark.django_db(transaction=True)
def test_ask_puts_the_cosignature_under_the_checkpoint(live_server, sealed, name_witnesses, later, write):
    key = witness_key().verifier
    name_witnesses(("house", key, f"{live_server.url}/witness"))
    witness_log(actor=OPERATOR, key=verifier_keys()[0].vkey, name="Ourselves")
    seal_all()
    assert ask_for_journal() == 1
    assert cosigned(key).size == 301
    assert ask_for_journal() == 0
    write(30)
    seal_all()
    assert cosigned().size == 331
    assert ask_for_journal() == 0  # not yet again
    later(5)
    assert ask_for_journal() == 1
    assert cosigned(key).size == 331
    assert troubles() == [("house", "", 0)]
    assert verify().is_sound


def test_ask_sends_a_proof_from_the_size_that_was_cosigned(sealed, name_witnesses, later, write):
    with answering(cosigning(STRANGER)) as (address, asked):
        name_witnesses(("red", STRANGER.verifier, address))
        for seconds in (0, 10):
            later(seconds)
            assert ask_for_journal() == 1
            write(7)
            seal_all()
    assert [(path, request.old_size, len(request.path) > 0) for path, request in asked] == [
        ("/witness/add-checkpoint", 0, False),
        ("/witness/add-checkpoint", 300, True),
    ]


def test_ask_goes_on_from_the_size_that_a_conflict_names(sealed, name_witnesses, later):
    def answer(handler, asked):
        given = say(409, b"256\n") if asked.old_size != 256 else cosigning(STRANGER)
        given(handler, asked)

    with answering(answer) as (address, asked):
        name_witnesses(("red", STRANGER.verifier, address))
        assert ask_for_journal() == 1
    assert [request.old_size for _, request in asked] == [0, 256]
    assert cosigned(STRANGER.verifier).size == 300


def lying(handler, asked):
    text = parse_note(asked.checkpoint).text
    other = Checkpoint("red.example/log", 1, bytes(32)).body
    assert other != text
    say(200, STRANGER.cosign(other, time=1).line.encode())(handler, asked)


def drip(handler, _asked):
    with suppress(OSError):
        for _ in range(200):
            handler.wfile.write(b"H")
            time.sleep(0.05)


def hang_up(handler, _asked):
    handler.connection.shutdown(socket.SHUT_RDWR)


ANSWERS = {
    "lying signature": (lying, Trouble.FORGED),
    "another's signature": (cosigning(SigningKey("red.example/witness", COSIGNATURE_V1, b"x" * 32)), Trouble.FORGED),
    "garbage": (say(200, b"\xff\x00" * 100), Trouble.STRANGE),
    "nothing": (say(200), Trouble.STRANGE),
    "a page": (say(200, b"<html>\n\n<p>Welcome</p>\n"), Trouble.STRANGE),
    "a redirect": (say(302, Location="http://127.0.0.1:9/"), Trouble.STRANGE),
    "a fault": (say(500, b"oh"), Trouble.STRANGE),
    "unknown log": (say(404), Trouble.UNKNOWN),
    "bad signature": (say(403), Trouble.REFUSED),
    "split": (say(422), Trouble.CONFLICT),
    "a conflict without a size": (say(409), Trouble.CONFLICT),
    "a longer log": (say(409, b"301\n"), Trouble.CONFLICT),
    "the same conflict again": (say(409, b"256\n"), Trouble.CONFLICT),
    "too much": (say(200, b"x" * 70_000), Trouble.SILENT),
    "hanging up": (hang_up, Trouble.SILENT),
    "a byte now and then": (drip, Trouble.SILENT),
}  # fmt: skip


@pytest.mark.parametrize("name", ANSWERS)
def test_ask_takes_nothing_but_a_cosignature(sealed, name_witnesses, monkeypatch, later, name):
    monkeypatch.setattr(posting, "SECONDS_TO_ANSWER", 0.5)
    later(0)
    answer, trouble = ANSWERS[name]
    before = latest_checkpoint().note
    with answering(answer) as (address, _):
        name_witnesses(("red", STRANGER.verifier, address))
        begun = time.monotonic()
        assert ask_for_journal() == 0
        assert time.monotonic() - begun < 3
    assert troubles() == [("red", trouble, 1)]
    assert pause() == timedelta(seconds=2)
    assert latest_checkpoint().note == before


def test_ask_waits_longer_and_longer_for_a_silent_witness(sealed, name_witnesses, later):
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{probe.getsockname()[1]}/witness"
    name_witnesses(("red", STRANGER.verifier, closed))
    pauses, seconds = [], 0
    for _ in range(13):
        later(seconds)
        ask_for_journal()
        pauses.append(int(pause().total_seconds()))
        ask_for_journal()  # at once again: nobody is asked
        seconds += pauses[-1]
    assert pauses == [2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 3600, 3600]
    assert troubles() == [("red", Trouble.SILENT, 13)]


def test_ask_goes_on_with_others_when_one_is_silent(sealed, name_witnesses, later):
    other = SigningKey("blue.example/witness", COSIGNATURE_V1, b"b" * 32)
    with answering(hang_up) as (silent, _), answering(cosigning(other)) as (address, _):
        name_witnesses(("red", STRANGER.verifier, silent), ("blue", other.verifier, address))
        assert ask_for_journal() == 1
    assert cosigned(other.verifier).size == 300
    assert troubles() == [("blue", "", 0), ("red", Trouble.SILENT, 1)]


def test_ask_keeps_away_from_a_silent_witness_whatever_the_log(sealed, name_witnesses, later):
    later(0)
    other = AskedWitness.objects.create(origin="box.example/poll", key=STRANGER.verifier.vkey, name="red")
    with answering(hang_up) as (address, _):
        name_witnesses(("red", STRANGER.verifier, address))
        ask_for_journal()
    other.refresh_from_db()
    assert other.not_before - clock.now() == timedelta(seconds=2)


def test_ask_asks_nobody_without_a_file(sealed, settings, tmp_path):
    settings.WITNESSES_FILE = tmp_path / "none"
    assert (named_witnesses(), ask_for_journal(), troubles()) == ([], 0, [])


@pytest.mark.parametrize(
    "address",
    ["http://red.example/witness", "ftp://red.example/", "file:///etc/passwd", "https://", "red.example", "http://127.0.0.1:99999/",
     "http://[::1/"],
)  # fmt: skip
def test_witnesses_are_asked_by_https_or_on_this_machine(name_witnesses, address):
    name_witnesses(("red", STRANGER.verifier, address))
    with pytest.raises(WitnessesUnreadable, match="the witness red has to have an address"):
        named_witnesses()


@pytest.mark.parametrize(
    "text", ["red", "witness red x https://red.example\nquorum red\n", "quorum red\n", "\xff"]
)
def test_a_file_of_another_form_is_refused(settings, tmp_path, text):
    settings.WITNESSES_FILE = tmp_path / "witnesses"
    settings.WITNESSES_FILE.write_bytes(text.encode("latin-1"))
    with pytest.raises(WitnessesUnreadable):
        named_witnesses()
