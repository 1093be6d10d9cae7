import json
import subprocess
import sys
import threading
import zipfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from folkmoot_kernel.cli import main
from folkmoot_kernel.encoding import b64u
from folkmoot_kernel.leaves import Broken, Result
from folkmoot_kernel.merkle import leaf_hash, root_of

from kernel.tests.polls import POLICY, checkpoint, honest_poll

KERNEL = Path(__file__).parents[1]


def bundle(path, files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


@pytest.fixture
def honest(tmp_path):
    poll = honest_poll()
    return bundle(tmp_path / "season-2026.zip", poll.files() | poll.promises)


@pytest.fixture
def policy(tmp_path):
    path = tmp_path / "whom-I-trust"
    path.write_text(POLICY, encoding="utf-8")
    return path


def test_moot_verify_says_the_result_of_a_bundle(honest, policy, capsys):
    assert main([str(honest), "--policy", str(policy)]) == 0
    review = honest_poll().leaves[honest_poll().where(Result)[0]].total.counts
    assert capsys.readouterr().out.splitlines() == [
        f"Poll season-2026, log box.example/season-2026: {len(honest_poll().leaves)} entries.",
        "",
        "What about the review?",
        "  79 of 123 on the roll took a paper. 77 voted, 3 of them spoiled.",
        "  Ballots that stay closed, because their group is too small: 1.",
        *(
            f"  {votes:>8}  {grade}"
            for grade, votes in zip(("Good", "Fairly good", "Average", "Poor"), review, strict=True)
        ),
        "",
        "What about the plan?",
        "  79 of 123 on the roll took a paper. 77 voted, 3 of them spoiled.",
        "  Ballots that stay closed, because their group is too small: 1.",
        "        27  Yes",
        "        40  No",
        "         6  Abstain",
        "",
        "Nothing contradicts this poll.",
    ]


def test_moot_verify_speaks_chinese(honest, capsys):
    assert main([str(honest), "--lang", "zh"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"投票season-2026，账本box.example/season-2026：共{len(honest_poll().leaves)}条记录。"
    assert lines[-4:] == [
        "未发现任何问题。",
        "",
        "请注意：",
        "  - 信任策略随账本提供，请与投票前公布的密钥核对。",
    ]


def test_moot_verify_refuses_a_promise_that_was_not_kept(tmp_path, policy, capsys):
    poll = honest_poll()
    voter = poll.making[0].voters[4]
    entries = [leaf.encode() for leaf in poll.leaves if leaf != voter.ballot]
    log = bundle(tmp_path / "log.zip", poll.files(entries))
    leaf = leaf_hash(voter.ballot.encode())
    data = next(data for data in poll.promises.values() if json.loads(data)["leaf"] == b64u(leaf))
    mine = tmp_path / "mine.json"
    mine.write_bytes(data)
    assert main([str(log), "--policy", str(policy), "--promise", str(mine)]) == 1
    assert (
        "  - The ballot of the promise mine.json is not in the log." in capsys.readouterr().out.splitlines()
    )


def test_moot_verify_refuses_another_checkpoint(honest, policy, tmp_path, capsys):
    seen = tmp_path / "neighbour"
    seen.write_bytes(checkpoint(2, root_of([bytes(32), bytes(32)])))
    assert main([str(honest), "--policy", str(policy), "--checkpoint", str(seen)]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == (
        "  - Two different logs are signed with the same name: the checkpoint neighbour of size 2 is of another one."
    )


def test_moot_verify_lets_nobody_write_on_the_terminal(tmp_path, capsys):
    poll = honest_poll()
    entries = [*poll.entries, Broken("season-2026", "\x1b[2J all is well").encode()]
    assert main([str(bundle(tmp_path / "log.zip", poll.files(entries)))]) == 1
    assert "\x1b" not in capsys.readouterr().out


@pytest.mark.parametrize(
    "log",
    [
        "nothing.zip",
        "http://box.example/season-2026/",
        "ftp://127.0.0.1/",
        "http://127.0.0.1:1/",
        "https://x:99999/",
    ],
)
def test_moot_verify_says_why_it_cannot_check(log, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main([log]) == 2
    out, err = capsys.readouterr()
    assert (out, err.startswith("The poll could not be checked: ")) == ("", True)


def test_moot_verify_says_that_a_bundle_has_no_policy(tmp_path, capsys):
    files = {name: data for name, data in honest_poll().files().items() if name != "policy"}
    assert main([str(bundle(tmp_path / "log.zip", files))]) == 2
    assert capsys.readouterr().err == "The poll could not be checked: The file policy is missing.\n"


def test_moot_verify_says_that_a_policy_cannot_be_used(honest, tmp_path, capsys):
    bad = tmp_path / "bad"
    bad.write_bytes(b"trust everybody\xff")
    assert main([str(honest), "--policy", str(bad)]) == 2
    assert capsys.readouterr().err.startswith("The poll could not be checked: Line 1 of the policy")


@pytest.mark.parametrize("damage", ["cut", "bomb", "torn"])
def test_moot_verify_refuses_a_damaged_bundle(damage, honest, tmp_path):
    files = dict(honest_poll().files())
    log = tmp_path / "log.zip"
    if damage == "bomb":
        bundle(log, files | {"tile/entries/000": bytes(20_000_000)})
    else:
        data = bytearray(honest.read_bytes())
        half = len(data) // 3
        data = data[:half] if damage == "cut" else data[:half] + bytes(2000) + data[half + 2000 :]
        log.write_bytes(data)
    assert main([str(log), "--lang", "zh"]) in (1, 2)


class Quiet(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass


@pytest.fixture
def site(tmp_path):
    folder = tmp_path / "site" / "season-2026"
    for name, data in honest_poll().files().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path / "site")))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield folder, f"http://127.0.0.1:{server.server_port}/season-2026"
    server.shutdown()
    thread.join()
    server.server_close()


def test_moot_verify_checks_a_log_at_its_address(site, policy, capsys):
    _, address = site
    assert main([address, "--policy", str(policy)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "Nothing contradicts this poll."


def test_moot_verify_says_what_is_missing_at_an_address(site, policy, capsys):
    folder, address = site
    (folder / "tile" / "1" / "000.p" / "1").unlink()
    assert main([address + "/", "--policy", str(policy)]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "  - A part of the log is missing: tile/1/000.p/1."


def test_moot_verify_runs_without_django_as_a_command(honest):
    run = subprocess.run(
        [sys.executable, "-m", "folkmoot_kernel.cli", str(honest), "--workers", "2"],
        cwd=KERNEL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.splitlines()[0].startswith("Poll season-2026, ")
