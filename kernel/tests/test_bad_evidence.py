"""Whatever a dishonest organiser signs or packs: the check ends with a report, and keeps neither time nor memory."""

import io
import random
import sys
import tracemalloc
import zipfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from folkmoot_kernel.errors import KernelError, MalformedLeaf, MalformedPaper, MissingFile, UnusableFile
from folkmoot_kernel.leaves import (
    Ballot,
    Broken,
    Close,
    ClosePart,
    Issued,
    IssuedBy,
    IssuedPart,
    Leaf,
    Opening,
    Result,
    ResultCell,
    Sheet,
    Spoiled,
    Tally,
    Void,
    list_root,
    parse_leaf,
)
from folkmoot_kernel.notes import Policy
from folkmoot_kernel.papers import MAX_K, Composition, Paper
from folkmoot_kernel.scales import STV, Scale
from folkmoot_kernel.verify import Bundle, Evidence, Report, read_policy, verify_poll
from folkmoot_kernel.verify.evidence import MAX_KEPT_BYTES
from folkmoot_kernel.verify.findings import MAX_SHOWN_LENGTH
from folkmoot_kernel.verify.openings import MAX_TRIED
from folkmoot_kernel.verify.reading import MAX_PAPERS
from folkmoot_kernel.verify.rows import Cast, unpack_casts
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.tests.forgeries import Forging
from kernel.tests.mutations import mutations, with_entry
from kernel.tests.polls import GRADES, LOG, POLICY, WITNESSES, checkpoint, evidence, honest_poll

LEAVES: list[type[Leaf]] = [Paper, Issued, IssuedBy, Ballot, Void, Close, Opening, Spoiled, Result]


def report_of(files: dict[str, bytes], **more: object) -> Report:
    report = verify_poll(evidence(files, **more))
    for finding in report.findings:
        assert max(len(finding.said("en")), len(finding.said("zh-Hans"))) < 1_000
    return report


@pytest.mark.parametrize("kind", LEAVES, ids=lambda kind: kind.__name__)
def test_verify_poll_reports_whatever_any_member_of_a_leaf_is(kind: type[Leaf]) -> None:
    poll, chance = honest_poll(second=kind is IssuedBy), random.Random(kind.__name__)
    place = poll.where(kind)[-1]
    changes: dict[str, list[bytes]] = {}
    for where, entry in mutations(poll.entries[place]):
        changes.setdefault(where.partition(" ")[0], []).append(entry)
    assert len(changes) >= 3
    for entry in map(chance.choice, changes.values()):
        report_of(poll.files(with_entry(poll.entries, place, entry)))


def by_hand(paper: Paper, seed: str) -> list[Leaf]:
    """A poll by hand papers alone, in which two options are level."""
    rankings = (((0,), 6), ((1,), 6))
    sheet = Sheet(("residents",), 12, 0, (), ("Bei", "Chen"), bytes(32), rankings)
    cell = ResultCell(("residents",), "hand", 12, 0, Tally(12, (6, 6, 0)))
    return [
        paper,
        Issued(paper.id, (IssuedPart("residents", 60, 0, list_root([])),)),
        Close(paper.id, (), (ClosePart("residents", 0, 24),), (sheet, sheet)),
        Result(paper.id, (cell, cell), Tally(24, (12, 12, 0), (0,)), (), seed),
    ]


@pytest.mark.parametrize("seed", ["two\nlines", "\u2028", " space", "nul\0", "\x1f", "\ufeff\n"])
def test_verify_poll_takes_a_seed_that_is_no_line_for_none(seed: str) -> None:
    stratum = replace(honest_poll().making[0].paper.strata[0], token=None, slip=None)
    scale = Scale(STV, GRADES[:3])
    paper = replace(honest_poll().making[0].paper, scale=scale, strata=(stratum,), composition=())
    entries = [leaf.encode() for leaf in by_hand(paper, seed)]
    report = report_of(honest_poll().files(entries))
    assert [(finding.key, finding.facts) for finding in report.findings] == [("result.lot", (("index", 3),))]


@pytest.mark.parametrize(
    "rule",
    [
        Composition(("residents",), 1, 1, is_strict=True),
        Composition(("residents", "residents"), 1, 2),
        Composition(("nobody",), 1, 2),
        Composition(("residents",), 0, 2),
        Composition(("residents",), 3, 2),
    ],
)
def test_paper_refuses_a_rule_that_no_turnout_can_keep(rule: Composition) -> None:
    with pytest.raises(MalformedPaper):
        replace(honest_poll().making[1].paper, composition=(rule,))


@pytest.mark.parametrize(
    "change",
    [
        {"k": MAX_K + 1},
        {"box": "box.éxample"},
        {"box": ""},
        {"registrars": ("a b",)},
        {"registrars": ("x" * 256,)},
    ],
)
def test_paper_refuses_hosts_and_k_that_cannot_be(change: dict[str, object]) -> None:
    with pytest.raises(MalformedPaper):
        replace(honest_poll().making[0].paper, **change)


@pytest.mark.parametrize(
    ("old", "new"),
    [(b'"roll":60', b'"roll":1000000001'), (b'"tokens":24', b'"tokens":9007199254740991')],
)
def test_leaf_counts_no_more_than_a_billion(old: bytes, new: bytes) -> None:
    entry = honest_poll().entries[honest_poll().where(Issued)[0]]
    with pytest.raises(MalformedLeaf):
        parse_leaf(entry.replace(old, new, 1))


def test_spoiled_leaf_holds_no_more_than_the_longest_sealed_answer() -> None:
    parse_leaf(Spoiled(bytes(32), bytes(512)).encode())
    with pytest.raises(MalformedLeaf):
        parse_leaf(Spoiled(bytes(32), bytes(513)).encode())


def test_verify_poll_follows_a_policy_of_a_thousand_groups_in_one_another() -> None:
    witness = WITNESSES[0].verifier.vkey
    groups = [f"group g{n} 1 g{n - 1}" for n in range(1, 990)]
    lines = [f"log {LOG.verifier.vkey}", f"witness w {witness}", "group g0 1 w", *groups, "quorum g989"]
    assert len(groups) > sys.getrecursionlimit() * 0.9
    policy = Policy.parse("\n".join(lines))
    assert policy.needed == 1
    assert report_of(honest_poll().files(), policy=policy).findings == ()


@pytest.mark.parametrize("size", [2**53, 2**63 - 1])
def test_verify_poll_refuses_more_entries_than_can_be_counted(size: int) -> None:
    report = report_of(honest_poll().files() | {"checkpoint": checkpoint(size, bytes(32))})
    assert report.keys == {"checkpoint.unsigned", "checkpoint.missing"}


def test_verify_poll_stops_at_the_first_part_that_is_missing() -> None:
    files = honest_poll().files() | {"checkpoint": checkpoint(2**53 - 1, bytes(32))}
    asked: Counter[str] = Counter()

    def fetch(path: str) -> bytes:
        asked[path] += 1
        if path not in files:
            raise MissingFile(path=path)
        return files[path]

    report = verify_poll(Evidence(fetch, Policy.parse(POLICY)))
    assert {"log.missing", "log.root"} <= report.keys
    assert asked.total() < 20


def test_verify_poll_reads_no_more_than_a_thousand_papers() -> None:
    paper = honest_poll().making[0].paper
    papers = [
        replace(paper, question={"en": f"{n}?"}, strata=paper.strata[2:]) for n in range(MAX_PAPERS + 2)
    ]
    report = report_of(honest_poll().files([each.encode() for each in papers]))
    assert len(report.papers) == MAX_PAPERS
    late = [dict(finding.facts)["index"] for finding in report.findings if finding.key == "leaf.place"]
    assert late == [MAX_PAPERS, MAX_PAPERS + 1]


def test_rows_number_more_cells_than_fit_into_two_bytes() -> None:
    cast = Cast(70_000, 1, 2, bytes(65), bytes(32), bytes(32))
    assert list(unpack_casts(cast.pack())) == [cast]


def test_verify_poll_reads_one_list_of_slips_once() -> None:
    paper = honest_poll().making[0].paper
    slips = paper.strata[0].slip
    strata = tuple(
        replace(
            paper.strata[0], id=f"s{n}", parts=(replace(paper.strata[0].parts[0], id=f"s{n}"),), slip=slips
        )
        for n in range(20)
    )
    files = honest_poll().files([replace(paper, strata=strata).encode()])
    asked: Counter[str] = Counter()

    def fetch(path: str) -> bytes:
        asked[path] += 1
        return files[path]

    verify_poll(Evidence(fetch, Policy.parse(POLICY)))
    assert [number for path, number in asked.items() if path.startswith("slips/")] == [1]


def test_verify_poll_tries_a_few_openings_of_one_commitment() -> None:
    """A thousand copies of a ballot and a thousand openings of it would be a million hashes, and so on."""
    poll = honest_poll()
    forging = Forging(poll, list(poll.leaves))
    first = forging.leaves[forging.first(Opening)]
    assert isinstance(first, Opening)
    place = forging.first(Opening)
    tries = [Opening(first.c, bytes([n]) * 32, first.a) for n in range(1, MAX_TRIED + 1)]
    early = Forging(poll, [*forging.leaves[:place], *tries[:-1], *forging.leaves[place:]]).report()
    assert early.keys == {"opening.refused"}
    late = Forging(poll, [*forging.leaves[:place], *tries, *forging.leaves[place:]]).report()
    assert late.keys == {"opening.refused", "opening.missing", "result.differs"}


def test_finding_shortens_what_others_have_written() -> None:
    poll = honest_poll()
    report = report_of(poll.files([*poll.entries, Broken("season-2026", "x" * 60_000).encode()]))
    (finding,) = report.findings
    assert len(finding.said()) < MAX_SHOWN_LENGTH + 100
    assert finding.said().endswith("…")


@settings(max_examples=40)
@given(
    st.binary(max_size=300) | st.text(max_size=300).map(str.encode),
    st.sampled_from(["checkpoint", "seen", "promise"]),
)
def test_verify_poll_reports_whatever_a_note_holds(data: bytes, what: str) -> None:
    files = honest_poll().files(honest_poll().entries[:2])
    origin = b"box.example/season-2026\n"
    for note in (
        data,
        origin + data,
        origin + b"2\n" + data,
        files["checkpoint"] + data,
        files["checkpoint"][: len(data)],
    ):
        if what == "checkpoint":
            report_of(files | {"checkpoint": note})
        else:
            report_of(files, **{what if what == "seen" else "promises": {"x": note}})


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    with io.BytesIO() as buffer:
        with zipfile.ZipFile(buffer, "w", method) as archive:
            for name, data in files.items():
                archive.writestr(name, data)
        return buffer.getvalue()


def checked(path: Path) -> Report | None:
    """What `moot-verify` does with a file. None when it says that it cannot be used."""
    try:
        bundle = Bundle(path)
        trusted = read_policy(bundle.fetch("policy"))
        seen, promises = bundle.kept("checkpoints/"), bundle.kept("promises/")
        return verify_poll(Evidence(bundle.fetch, trusted, seen=seen, promises=promises))
    except KernelError:
        return None


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_bundle_that_is_damaged_is_refused_or_reported(tmp_path: Path, method: int) -> None:
    whole, chance = zipped(honest_poll().files(honest_poll().entries[:2]), method), random.Random(method)
    path = tmp_path / "poll.zip"
    path.write_bytes(whole)
    report = checked(path)
    assert report is not None
    assert report.is_right
    for _ in range(400):
        damaged = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            damaged[chance.randrange(len(damaged))] = chance.choice([0, 0xFF, chance.randrange(256)])
        path.write_bytes(damaged[: chance.choice([len(damaged), chance.randrange(len(damaged))])])
        checked(path)


def test_bundle_that_unpacks_to_the_size_of_a_disk_takes_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    bomb = bytes(100_000_000)
    path.write_bytes(zipped(honest_poll().files() | {"checkpoint": bomb, "promises/mine": bomb}))
    bundle = Bundle(path)
    tracemalloc.start()
    report = verify_poll(Evidence(bundle.fetch, Policy.parse(POLICY)))
    with pytest.raises(UnusableFile, match=str(MAX_KEPT_BYTES)):
        bundle.kept("promises/")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert report.keys == {"log.missing", "checkpoint.missing"}
    assert peak < 60_000_000  # a file has at most 17 MB, and is joined once


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_bundle_is_packed_in_one_of_the_two_usual_ways(tmp_path: Path, method: int) -> None:
    path = tmp_path / "poll.zip"
    path.write_bytes(zipped({"policy": POLICY.encode()}, method))
    with pytest.raises(UnusableFile):
        Bundle(path).fetch("policy")
