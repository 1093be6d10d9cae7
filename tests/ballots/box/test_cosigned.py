"""The box names the witnesses of a poll as it began, and publishes what they sign; it believes nobody else."""

import shutil

import pytest
from folkmoot_kernel.errors import MalformedPolicy
from folkmoot_kernel.notes import COSIGNATURE_V1, Policy, SigningKey, parse_note
from folkmoot_kernel.tiles import TlogProof, verify_receipt

from folkmoot.ballots.box import control
from folkmoot.ballots.box.config import Config
from folkmoot.ballots.box.copying import copy_box, load_copy
from folkmoot.ballots.box.desk import Desk
from folkmoot.ballots.box.problems import Problem
from folkmoot.ballots.box.store import open_store
from tests.ballots.box.running import make_keys
from tests.ballots.box.test_publication import vote
from tests.ballots.box.voters import make_poll

GREEN, RED = (
    SigningKey(f"{name}.example/witness", COSIGNATURE_V1, name[:1].encode() * 32) for name in ("green", "red")
)
LINES = f"witness green {GREEN.verifier.vkey} https://green.example/witness\nquorum green\n"


def environment(folder, url=""):
    return {"DATA_DIR": str(folder), "BOX_ORIGIN": "http://box.example", "BALLOT_DATABASE_URL": url}


@pytest.fixture
def witnessed(desk, tmp_path):
    """A desk whose operator has named Green, and a poll of which ten ballots are published."""
    (tmp_path / "witnesses").write_text(LINES)
    desk.config = Config.of(environment(tmp_path, desk.config.database_url))
    poll = make_poll("season", "box.example")
    control.create_poll(desk, poll.creation())
    control.open_casting(desk, "season", {"paper": "*"})
    vote(desk, poll, 20)
    desk.settle()
    return desk


def publication(desk):
    return desk.publication(desk.polls.by_name["season"])


def policy(desk):
    return Policy.parse(publication(desk).fetch("policy").decode())


def cosign(desk, key, text=""):
    line = key.cosign(text or parse_note(publication(desk).checkpoint).text, time=1_795_000_000).line
    return control.act(desk, "POST", ["season", "cosign"], {"line": line})


def test_cosignature_stands_under_checkpoint_and_in_each_proof(witnessed):
    assert (policy(witnessed).needed, [*policy(witnessed).witnesses]) == (1, ["green"])
    before = publication(witnessed).checkpoint
    assert cosign(witnessed, GREEN) == {"kept": True}
    assert policy(witnessed).open_checkpoint(publication(witnessed).checkpoint).size == 11
    [(leaf,)] = witnessed.database.rows("SELECT hash FROM entry WHERE number = 7")
    proof = publication(witnessed).proof(7)
    assert verify_receipt(TlogProof.parse(proof), leaf=leaf, policy=policy(witnessed)).size == 11
    assert cosign(witnessed, GREEN) == {"kept": True}
    line = GREEN.cosign(parse_note(before).text, time=1_795_000_000).line
    assert publication(witnessed).checkpoint == before + line.encode()


def test_cosignature_of_a_checkpoint_that_was_is_refused(witnessed):
    former = parse_note(publication(witnessed).checkpoint).text
    control.close_poll(witnessed, "season", {})
    before = publication(witnessed).checkpoint
    with pytest.raises(Problem, match="malformed"):
        cosign(witnessed, GREEN, former)
    assert publication(witnessed).checkpoint == before


@pytest.mark.parametrize("given", [{}, {"line": 7}, {"line": ""}, {"line": "— green.example/witness AAAA\n"}])
def test_cosignature_of_another_form_is_refused(witnessed, given):
    with pytest.raises(Problem, match="malformed"):
        control.act(witnessed, "POST", ["season", "cosign"], given)


def test_cosignature_of_a_witness_that_is_not_named_is_left_out(witnessed):
    before = publication(witnessed).checkpoint
    assert cosign(witnessed, RED) == {"kept": False}
    forged = SigningKey(GREEN.name, COSIGNATURE_V1, b"x" * 32)
    assert cosign(witnessed, forged) == {"kept": False}
    assert publication(witnessed).checkpoint == before


def test_bundle_is_made_anew_with_the_cosignature(witnessed, tmp_path):
    from folkmoot_kernel.verify import Bundle

    publication(witnessed).bundle()
    cosign(witnessed, GREEN)
    bundle = Bundle(publication(witnessed).bundle())
    assert policy(witnessed).open_checkpoint(bundle.fetch("checkpoint")).size == 11
    bundle.close()


def test_poll_keeps_the_witnesses_with_which_it_began(witnessed, tmp_path):
    """Also when the operator names others, when the files are made again, and through a backup."""
    (tmp_path / "witnesses").unlink()
    witnessed.config = Config.of(environment(tmp_path, witnessed.config.database_url))
    former = publication(witnessed).fetch("policy")
    shutil.rmtree(publication(witnessed).folder)
    publication(witnessed).publish(witnessed.database)
    assert publication(witnessed).fetch("policy") == former
    control.create_poll(witnessed, make_poll("later", "box.example").creation())
    later = witnessed.publication(witnessed.polls.by_name["later"]).fetch("policy")
    assert later.endswith(b"\nquorum none\n")
    copy, folder = tmp_path / "copy", tmp_path / "restored"
    assert copy_box(witnessed.config.database_url, witnessed.config.sqlite_path, copy)
    make_keys(folder)
    shutil.copytree(tmp_path / "keys", folder / "keys", dirs_exist_ok=True)
    database = open_store("", folder / "box.sqlite3")
    load_copy(database, copy, reason="A restore.")
    database.close()
    restored = Desk(Config.of(environment(folder)))
    assert publication(restored).fetch("policy") == former
    restored.close()


def test_box_does_not_start_with_a_file_that_names_no_witness(tmp_path):
    make_keys(tmp_path)
    (tmp_path / "witnesses").write_text("witness green\n")
    with pytest.raises(MalformedPolicy):
        Config.of(environment(tmp_path))
