"""The second verifier, which runs in a browser: it finds in every poll what the kernel finds, in the same words."""

import json
import random
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from folkmoot_kernel.cli import TEXTS, said
from folkmoot_kernel.encoding import encode
from folkmoot_kernel.leaves import (
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
    list_root,
)
from folkmoot_kernel.notes import Policy
from folkmoot_kernel.promises import kept_promise, sign_promises
from folkmoot_kernel.scales import APPROVAL, PLURALITY, SCHULZE, STV, Scale
from folkmoot_kernel.verify import FAULTS, NOTES, Report, verify_poll
from folkmoot_kernel.verify.openings import MAX_TRIED
from folkmoot_kernel.verify.reading import MAX_PAPERS
from folkmoot_kernel.verify.words import CHINESE_NAMES

from kernel.tests.forged_registrars import FORGERIES_OF_TWO
from kernel.tests.forgeries import FORGERIES, Forging
from kernel.tests.mutations import mutations, with_entry
from kernel.tests.polls import GRADES, LOG, POLICY, WITNESSES, checkpoint, evidence, honest_poll
from kernel.tests.test_bad_evidence import LEAVES
from kernel.tests.test_verify import CHANGES
from tests.ballots.verifier import in_node

Files = dict[str, bytes]
LANGUAGES = ("en", "zh-Hans")
REASON = re.compile(r"(in its one spelling|as the policy wants|one of this box): .*")


class Pair:
    """Polls shown to both verifiers: the kernel's reads files in memory, the page's a bundle on the disk."""

    reasons = re.compile("$^")  # what each may say in its own words

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked: list[dict[str, Any]] = []
        self.reports: list[Report] = []

    def show(
        self, files: Files, *, seen: Files | None = None, promises: Files | None = None,
        policy: str | None = POLICY, now: int = 0,
    ) -> None:  # fmt: skip
        bundle = self.folder / f"{len(self.asked)}.zip"
        with zipfile.ZipFile(
            bundle, "w", zipfile.ZIP_DEFLATED if len(self.asked) % 2 else zipfile.ZIP_STORED
        ) as archive:
            for name, data in (files | (seen or {}) | (promises or {})).items():
                archive.writestr(name, data)
        self.asked.append({"bundle": str(bundle), "now": now})
        trusted = Policy.parse(files["policy"].decode() if policy is None else policy)
        if policy is not None:
            path = self.folder / f"{len(self.asked)}.policy"
            path.write_text(policy, encoding="utf-8")
            self.asked[-1]["policy"] = str(path)
        self.reports.append(
            verify_poll(
                evidence(
                    files,
                    seen=seen or {},
                    promises=promises or {},
                    now=now,
                    policy=trusted,
                    has_own_policy=policy is not None,
                )
            )
        )

    def agree(self) -> list[set[str]]:
        """Both say the same of each poll, word for word. Gives the keys found in each."""
        answers = in_node(*(("check", parts) for parts in self.asked))
        for answer, report in zip(answers, self.reports, strict=True):
            found = [finding["key"] for finding in answer["findings"]]
            assert found == [finding.key for finding in report.findings]
            told = {language: said(report, language) for language in LANGUAGES}
            assert {key: self.reasons.sub("", text) for key, text in answer["text"].items()} == {
                key: self.reasons.sub("", text) for key, text in told.items()
            }
            assert (answer["isRight"], answer["isFinal"]) == (report.is_right, report.is_final)
        return [report.keys for report in self.reports]


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    return Pair(tmp_path)


def test_verifier_page_has_the_sentences_of_the_kernel() -> None:
    (tables,) = in_node(("sentences", {}))
    texts = {key: list(pair) for key, pair in TEXTS.items()}
    assert {key: list(map(tuple, tables[key].items())) for key in ("FAULTS", "NOTES")} == {
        "FAULTS": [(key, list(pair)) for key, pair in FAULTS.items()],
        "NOTES": [(key, list(pair)) for key, pair in NOTES.items()],
    }
    assert (tables["NAMES"], tables["TEXTS"]) == (CHINESE_NAMES, texts)


def test_verifier_page_says_all_in_both_languages() -> None:
    (tables,) = in_node(("words", {}))
    assert list(tables["en"]) == list(tables["zh-Hans"])
    assert all(text.strip() for table in tables.values() for text in table.values())


def test_verifier_page_accepts_the_honest_poll_without_a_word(pair: Pair) -> None:
    poll = honest_poll()
    pair.show(poll.files(), promises=poll.promises)
    assert pair.agree() == [set()]


def test_verifier_page_finds_in_every_forgery_what_the_kernel_finds(pair: Pair) -> None:
    poll = honest_poll()
    for forge, _ in FORGERIES:
        forging = Forging(poll, list(poll.leaves), promises=dict(poll.promises))
        forge(forging)
        pair.show(forging.shown(), seen=forging.seen, promises=forging.promises)
    faults = [keys & set(FAULTS) for keys in pair.agree()]
    assert faults == [keys for _, keys in FORGERIES]


def test_verifier_page_holds_two_registrars_to_their_numbers(pair: Pair) -> None:
    poll = honest_poll(second=True)
    pair.show(poll.files(), promises=poll.promises)
    for forge, _ in FORGERIES_OF_TWO:
        forging = Forging(poll, list(poll.leaves))
        forge(forging)
        pair.show(forging.shown())
    faults = [keys & set(FAULTS) for keys in pair.agree()]
    assert faults == [set(), *(keys for _, keys in FORGERIES_OF_TWO)]


def test_verifier_page_follows_a_poll_that_is_running(pair: Pair) -> None:
    poll = honest_poll()
    promises = {
        "promises/mine": kept_promise(
            *sign_promises([bytes(32)], key=LOG, deadline=2_000_000_000), 0
        ).encode()
    }
    running = poll.files(poll.entries[: poll.where(Close)[0]])
    pair.show(running, promises=promises, now=1_900_000_000)
    pair.show(running, promises=promises, now=2_100_000_000)
    pair.show(poll.files(poll.entries[: poll.where(Result)[1]]))
    alone = f"log {LOG.verifier.vkey}\nquorum none"
    pair.show(poll.files() | {"policy": alone.encode()}, policy=None)
    assert pair.agree() == [
        {"poll.running", "promise.waiting"}, {"poll.running", "promise.broken"}, {"poll.uncounted"},
        {"poll.unwitnessed", "policy.included"},
    ]  # fmt: skip


def test_verifier_page_looks_at_papers_as_the_kernel_does(pair: Pair) -> None:
    paper = honest_poll().making[0].paper
    residents, members, leaders = paper.strata
    (issued, _) = (leaf for leaf in honest_poll().leaves if isinstance(leaf, Issued))
    assert residents.token
    mixed = replace(leaders, parts=(replace(leaders.parts[0], is_ordinary=True), leaders.parts[1]))
    no_key = replace(residents, token=replace(residents.token, keys=(bytes(342),)))
    shared = replace(members, token=residents.token)
    few = replace(issued, parts=(replace(issued.parts[0], roll=9, tokens=9), *issued.parts[1:]))
    shown: list[list[Leaf]] = [
        [replace(paper, strata=strata)] for strata in ((mixed,), (no_key,), (residents, shared))
    ]
    shown.append([paper, few])
    for leaves in shown:
        pair.show(honest_poll().files([leaf.encode() for leaf in leaves]))
    running = {"poll.running"}
    assert pair.agree() == [
        running | {"paper.joined"},
        running | {"paper.key"},
        running | {"paper.key"},
        running | {"paper.small"},
    ]


def by_hand(
    scale: Scale, rankings: list[Any], totals: tuple[int, ...], total: Tally, seed: str = ""
) -> Files:
    """A poll by hand papers alone."""
    stratum = replace(honest_poll().making[0].paper.strata[0], token=None, slip=None)
    paper = replace(honest_poll().making[0].paper, scale=scale, strata=(stratum,), composition=())
    sheet = Sheet(("residents",), total.n, 0, totals, ("Bei", "Chen"), bytes(32), tuple(rankings))
    cell = ResultCell(("residents",), "hand", total.n, 0, Tally(total.n, total.counts))
    leaves: list[Leaf] = [
        paper,
        Issued(paper.id, (IssuedPart("residents", 600, 0, list_root([])),)),
        Close(paper.id, (), (ClosePart("residents", 0, total.n),), (sheet,)),
        Result(paper.id, (cell,), total, (), seed),
    ]
    return honest_poll().files([leaf.encode() for leaf in leaves])


def test_verifier_page_gives_places_as_the_kernel_does(pair: Pair) -> None:
    """Random sheets of every scale: both say what the result should be, and that the one in the log is another."""
    chance = random.Random(7)
    options = tuple(GRADES)
    for number in range(48):
        kind, places = [STV, SCHULZE, PLURALITY, APPROVAL][number % 4], chance.randint(1, 3)
        scale = Scale(kind, options, places)
        totals = tuple(chance.randint(0, 4) for _ in options)
        rankings: dict[tuple[int, ...], int] = {}
        if kind in (STV, SCHULZE):
            for _ in range(chance.randint(1, 5)):
                ranking = tuple(chance.sample(range(4), chance.randint(1, 4)))
                rankings[ranking] = chance.choice([5, 5, 5, 7])
            totals = ()
        n = sum(rankings.values()) or (max(sum(totals), 10) if kind == APPROVAL else sum(totals))
        firsts = tuple(
            sum(count for ranking, count in rankings.items() if ranking[0] == place) for place in range(4)
        )
        pair.show(
            by_hand(
                scale,
                sorted(rankings.items()),
                totals,
                Tally(n, totals or firsts),
                "dice 4 1 6" * (number % 3 > 0),
            )
        )
    assert {"result.lot", "result.differs"} <= set().union(*pair.agree())
    elected = [paper.total.elected for report in pair.reports for paper in report.papers if paper.total]
    assert len(set(elected)) > 8


def changed(entry: bytes, chance: random.Random) -> bytes:
    """Any one member of a leaf made something else."""
    value = inside = json.loads(entry)
    while isinstance(inside, dict | list) and inside:
        key = chance.choice(sorted(inside) if isinstance(inside, dict) else range(len(inside)))
        if not isinstance(inside[key], dict | list) or chance.random() < 0.5:
            inside[key] = chance.choice(CHANGES)
            break
        inside = inside[key]
    return encode(value)


SPELLINGS: list[Callable[[bytes], bytes]] = [
    lambda entry: entry.replace(b'"en":"', b'"en":"\xff', 1),
    lambda entry: entry.replace(b'"en":"', b'"en":"\\ud800', 1),
    lambda entry: entry.replace(b'"en":"', b'"en":"\xe2\x80\xa8\\u001f\x7f', 1),
    lambda entry: entry.replace(b'"seed":""', b'"seed":null', 1),
    lambda entry: entry.replace(b'"n":', b'"n":1.5,"o":', 1),
    lambda entry: entry.replace(b'"roll":60', b'"roll":9007199254740993', 1),
    lambda entry: entry.replace(b'"roll":60', b'"roll":-0', 1),
    lambda entry: b"\xef\xbb\xbf" + entry,
    lambda entry: entry.replace(b'"seq":1,', b'"seq":1000000000000001,', 1),
    lambda entry: entry.replace(b'"seq":1,', b'"seq":true,', 1),
    lambda entry: b"[" * 70 + b"]" * 70,
    lambda entry: b'{"__proto__":{},"type":"folkmoot/broken/v1"}',
]


def test_verifier_page_refuses_other_spellings_as_the_kernel_does(pair: Pair) -> None:
    poll = honest_poll()
    for place in (poll.where(Issued)[0], poll.where(Issued)[1] + 1, poll.where(Result)[0], 0):
        for spell in SPELLINGS:
            entries = list(poll.entries)
            entries[place] = spell(entries[place])
            if entries[place] != poll.entries[place]:
                pair.show(poll.files(entries))
    pair.reasons = REASON
    assert sum("leaf.refused" in keys for keys in pair.agree()) == 19


@pytest.mark.parametrize("seed", range(2))
def test_verifier_page_says_of_anything_what_the_kernel_says(pair: Pair, seed: int) -> None:
    """Any member of any leaf made something else, and the log signed anew; or any byte of any file, and nothing signed."""
    chance, poll = random.Random(seed), honest_poll()
    for _ in range(12):
        entries = list(poll.entries)
        for _ in range(chance.randint(1, 3)):
            place = chance.choice(
                [chance.randrange(len(entries)), *poll.where(Close), *poll.where(Result), 0, 1, 2, 3]
            )
            entries[place] = changed(entries[place], chance)
        pair.show(poll.files(entries))
    for _ in range(6):
        files = poll.files()
        path = chance.choice(sorted(set(files) - {"policy"}))
        damaged = bytearray(files[path])
        damaged[chance.randrange(len(damaged))] ^= chance.randint(1, 255)
        pair.show(files | {path: bytes(damaged)})
    pair.reasons = REASON
    pair.agree()


def test_verifier_page_says_of_every_kind_of_leaf_what_the_kernel_says(pair: Pair) -> None:
    chance = random.Random(5)
    for kind in LEAVES:
        poll = honest_poll(second=kind is IssuedBy)
        place = poll.where(kind)[-1]
        for _, entry in chance.sample(list(mutations(poll.entries[place])), 4):
            pair.show(poll.files(with_entry(poll.entries, place, entry)))
    pair.reasons = REASON
    pair.agree()


def test_verifier_page_bounds_what_the_kernel_bounds(pair: Pair) -> None:
    poll = honest_poll()
    paper, scale = poll.making[0].paper, Scale(STV, tuple(GRADES[:3]))
    level, none = [((0,), 6), ((1,), 6)], (6, 6, 0)
    for seed in ("two\nlines", " space", "nul\0", "\x1f", "\ufeffmark", "dice"):
        pair.show(by_hand(scale, level, (), Tally(12, none, (0,)), seed))
    for size in (2**53, 2**63 - 1, 2**53 - 1, 2**40):
        pair.show(poll.files() | {"checkpoint": checkpoint(size, bytes(32))})
    pair.show(poll.files(), seen={"checkpoints/other": checkpoint(2**63 - 1, bytes(32))})
    pair.show(poll.files(), promises={"promises/mine": b'{"x":1}', "promises/" + "y" * 400: b"[]"})
    groups = [f"group g{n} 1 g{n - 1}" for n in range(1, 990)]
    witness = f"witness w {WITNESSES[0].verifier.vkey}"
    lines = [f"log {LOG.verifier.vkey}", witness, "group g0 1 w", *groups, "quorum g989"]
    pair.show(poll.files(), policy="\n".join(lines))
    opened = poll.where(Opening)[0]
    first = poll.leaves[opened]
    assert isinstance(first, Opening)
    for number in (MAX_TRIED - 1, MAX_TRIED):
        tries = [Opening(first.c, bytes([n + 1]) * 32, first.a).encode() for n in range(number)]
        pair.show(poll.files([*poll.entries[:opened], *tries, *poll.entries[opened:]]))
    many = [replace(paper, question={"en": f"{n}?"}, strata=paper.strata[2:]) for n in range(MAX_PAPERS + 2)]
    pair.show(poll.files([each.encode() for each in many]))
    pair.show(poll.files([*poll.entries, Broken("season-2026", "🗳" * 15_000).encode()]))
    pair.show(poll.files([*poll.entries, Spoiled(bytes(32), bytes(513)).encode()]))
    pair.reasons = REASON
    assert len(pair.agree()) == 18
