"""Two places with servers, workers and boxes of their own, each in a folder of its own, witness each other's logs."""

import json
import shutil
import signal
import time
import zipfile
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection

import pytest
from django.db import transaction
from django.test import override_settings
from folkmoot_kernel.encoding import b64u
from folkmoot_kernel.merkle import leaf_hash
from folkmoot_kernel.notes import Policy, VerifierKey, open_checkpoint, parse_note
from folkmoot_kernel.tiles import TlogProof, verify_receipt
from folkmoot_kernel.verify import Bundle, Evidence, read_policy, verify_poll

from folkmoot.ballots import boxes, services
from folkmoot.base.actors import Actor
from folkmoot.journal.keys import verifier_keys, witness_key
from folkmoot.journal.models import Act, AskedWitness, Trouble, WitnessedLog
from folkmoot.journal.services import record, witness_log
from tests.cli.test_serve import free_port, static_files, wait_for  # noqa: F401 - a fixture among them
from tests.factories.ballots import make_voting, take_tokens
from tests.factories.cases import actor_of
from tests.factories.island import make_island
from tests.operations.conftest import Place

OPERATOR = Actor(person_id=9, ref="0p", is_operator=True)
VOTERS = 10


@dataclass(frozen=True)
class Town(Place):
    """A place with its two ports, which stay when it starts again."""

    port: int = 0
    box_port: int = 0

    def environment(self):
        ports = {"PORT": str(self.port), "BOX_PORT": str(self.box_port)}
        return super().environment() | ports

    @contextmanager
    def inside(self):
        """Our code in this process works on this town, beside its servers."""
        address = {
            "ORIGIN": f"http://127.0.0.1:{self.port}",
            "BOX_PORT": self.box_port,
            "BOX_ORIGIN": f"http://127.0.0.1:{self.box_port}",
            "WITNESSES_FILE": self.folder / "witnesses",
        }
        boxes._secret.cache_clear()
        with self.entered(), override_settings(**address):
            yield
        boxes._secret.cache_clear()

    def get(self, path, *, of_box=False):
        port = self.box_port if of_box else self.port
        with closing(HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
            connection.request("GET", path)
            answer = connection.getresponse()
            body = answer.read()
        if answer.status != 200:
            raise FileNotFoundError(path)
        return body

    def cast(self, body):
        with closing(HTTPConnection("127.0.0.1", self.box_port, timeout=20)) as connection:
            connection.request("POST", "/cast", body, {"Content-Type": "application/json"})
            return connection.getresponse().status

    def name_witness(self, other):
        """What the operator writes before the start."""
        with other.inside():
            key = witness_key().verifier
        address = f"http://127.0.0.1:{other.port}/witness"
        (self.folder / "witnesses").write_text(f"witness other {key.vkey} {address}\nquorum other\n")
        return key


@pytest.fixture
def towns(tmp_path, migrated_file, static_files, django_db_blocker):  # noqa: F811 - the fixture
    """Amber and Birch; neither runs yet."""
    found = []
    for name in ("amber", "birch"):
        town = Town(tmp_path / name, port=free_port(), box_port=free_port())
        town.folder.mkdir(mode=0o700)
        shutil.copy(migrated_file, town.database)
        shutil.copytree(static_files, town.folder / "static")
        found.append(town)
    with django_db_blocker.unblock():
        for town in found:
            with town.inside():
                from folkmoot.base.keys import ensure_keys

                ensure_keys(town.folder / "keys")
        yield found


@contextmanager
def running(town):
    process = town.start("serve", "--port", str(town.port), start_new_session=True)
    try:
        wait_for(lambda: town.get("/witness/"), seconds=60)
        wait_for((town.folder / "worker.json").exists)
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)


def cosigned(town, path, log_key, witness, size=0, *, of_box=True):
    """The checkpoint at an address once this witness has cosigned it and it has so many leaves."""

    def look():
        data = town.get(path, of_box=of_box)
        note = parse_note(data)
        if not any(map(witness.has_made, note.unverified)):
            return None
        head = open_checkpoint(data, origin=log_key.name, log_key=log_key, witnesses=[witness], quorum=1)
        return head if head.size >= size else None

    return wait_for(look, seconds=60)


def begin_poll():
    """A poll of one paper and ten voters, its papers taken."""
    island = make_island()
    chair = actor_of(island.bei, island.secretary)
    services.fill_key_pool()
    voting = make_voting(island["V1"], chair, {"residents": VOTERS}, k=5, objection_hours=0)
    voting.open_poll()
    voters = [
        key for entry in voting.entries("residents") for key in take_tokens(services.issue_claim(actor=chair, entry=entry))
    ]  # fmt: skip
    return voting, voters


def faults(bundle):
    opened = Bundle(bundle)
    report = verify_poll(Evidence(opened.fetch, read_policy(opened.fetch("policy"))), workers=1)
    opened.close()
    return [
        finding.key for finding in report.findings if finding.is_fault or finding.key == "poll.unwitnessed"
    ]


def without_line(bundle, target, name):
    """The same bundle, its checkpoint without the signature of that name."""
    with zipfile.ZipFile(bundle) as source, zipfile.ZipFile(target, "w") as copy:
        for each in source.namelist():
            data = source.read(each)
            if each == "checkpoint":
                data = b"".join(line for line in data.splitlines(True) if name.encode() not in line)
            copy.writestr(each, data)
    return target


def test_poll_is_witnessed_by_another_place(towns, tmp_path):
    """Also when the other is away while the poll closes: nobody waits, and it signs when it is back."""
    amber, birch = towns
    witness = amber.name_witness(birch)
    with ExitStack() as stack:
        birch_runs = stack.enter_context(ExitStack())
        birch_runs.enter_context(running(birch))
        stack.enter_context(running(amber))
        with amber.inside():
            voting, voters = begin_poll()
            poll_key = VerifierKey.parse(voting.reload().log_key)
            wait_for(lambda: amber.get("/journal/checkpoint"))
            journal_key = verifier_keys()[0]
        with birch.inside():
            for key in (poll_key, journal_key):
                witness_log(actor=OPERATOR, key=key.vkey, name=f"Amber: {key.name}")
        log = f"/{voting.poll.code}"
        assert cosigned(amber, f"{log}/checkpoint", poll_key, witness).size == 1
        cosigned(amber, "/journal/checkpoint", journal_key, witness, of_box=False)

        birch_runs.close()
        with amber.inside():
            begun = time.monotonic()
            voting.open_casting()
            bodies = [voter.request([number % 3]) for number, voter in enumerate(voters)]
            assert [amber.cast(body) for body in bodies] == [200] * VOTERS
            voting.close_poll()
            voting.publish_openings()
            voting.publish_result()
            assert time.monotonic() - begun < 20
        bundle = tmp_path / "poll.zip"
        bundle.write_bytes(amber.get(f"{log}/bundle.zip", of_box=True))
        assert faults(bundle) == ["checkpoint.witnesses"]
        wait_for(lambda: "has not signed" in amber.run("doctor").stdout)

        birch_runs.enter_context(running(birch))
        final = cosigned(amber, f"{log}/checkpoint", poll_key, witness, size=1 + 1 + VOTERS * 2 + 2)
        bundle.write_bytes(amber.get(f"{log}/bundle.zip", of_box=True))
        policy = Policy.parse(amber.get(f"{log}/policy", of_box=True).decode())
        assert (policy.needed, policy.open_checkpoint(amber.get(f"{log}/checkpoint", of_box=True))) == (
            1,
            final,
        )
        assert faults(bundle) == []
        assert faults(without_line(bundle, tmp_path / "less.zip", witness.name)) == ["checkpoint.witnesses"]
        leaf = leaf_hash(json.dumps(json.loads(bodies[3])["leaf"], separators=(",", ":")).encode())
        receipt = TlogProof.parse(amber.get(f"{log}/proof/{b64u(leaf)}", of_box=True))
        assert verify_receipt(receipt, leaf=leaf, policy=policy) == final


def test_witness_refuses_the_other_side_of_a_split(towns, tmp_path):
    """Amber goes on from an older copy of itself, and shows Birch another history of both its logs."""
    amber, birch = towns
    witness = amber.name_witness(birch)
    copy = tmp_path / "copy"
    with running(birch):
        with running(amber), amber.inside():
            voting, _ = begin_poll()
            poll_key = VerifierKey.parse(voting.reload().log_key)
            wait_for(lambda: amber.get("/journal/checkpoint"))
            journal_key = verifier_keys()[0]
        shutil.copytree(amber.folder, copy)
        with birch.inside():
            for key in (poll_key, journal_key):
                witness_log(actor=OPERATOR, key=key.vkey, name=f"Amber: {key.name}")
        checkpoint = f"/{voting.poll.code}/checkpoint"
        with running(amber):
            with amber.inside():
                act(voting, "The ink was bad.")
            shown = cosigned(amber, checkpoint, poll_key, witness, size=2)
            with amber.inside():
                acts = Act.objects.count()  # with them, so that the witness knows more than the copy does
            cosigned(amber, "/journal/checkpoint", journal_key, witness, size=acts, of_box=False)
        shutil.rmtree(amber.folder)
        copy.rename(amber.folder)
        with running(amber):
            with amber.inside():
                act(voting, "The paper was bad.", times=40)
                wait_for(lambda: troubles() == [Trouble.CONFLICT, Trouble.CONFLICT], seconds=60)
            assert not any(map(witness.has_made, parse_note(amber.get(checkpoint, of_box=True)).unverified))
            ended = amber.run("doctor")
            assert ended.returncode == 1
            assert ended.stdout.count("It has seen another history of this log.") == 2
    with birch.inside():
        assert WitnessedLog.objects.get(origin=poll_key.name).latest == shown


def act(voting, why, *, times=20):
    """Something is done on which both logs grow."""
    voting.declare_broken(reason=why)
    with transaction.atomic():
        for number in range(times):
            record("case.reported", actor=OPERATOR, obj=f"case:{number}")


def troubles():
    return list(AskedWitness.objects.values_list("trouble", flat=True))


def test_serve_says_what_is_wrong_with_the_witnesses(sqlite_place):
    (sqlite_place.folder / "witnesses").write_text("witness green\n")
    ended = sqlite_place.run("serve", "--port", str(free_port()))
    assert ended.returncode == 1
    assert str(sqlite_place.folder / "witnesses") in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
