"""What the verifier accepts, and that it refuses every forgery."""

import json
from dataclasses import replace
from string import Formatter

import pytest
from folkmoot_kernel.encoding import b64u, encode
from folkmoot_kernel.leaves import (
    Ballot,
    Close,
    ClosePart,
    Issued,
    IssuedBy,
    IssuedPart,
    Leaf,
    Result,
    ResultCell,
    Sheet,
    Tally,
    list_root,
)
from folkmoot_kernel.notes import Policy
from folkmoot_kernel.promises import kept_promise, sign_promises
from folkmoot_kernel.scales import STV, Scale
from folkmoot_kernel.verify import FAULTS, WORDS, Finding, Report, verify_poll
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.tests.forged_registrars import FORGERIES_OF_TWO
from kernel.tests.forgeries import FORGERIES, Forging, changed_part
from kernel.tests.polls import GRADES, LOG, evidence, honest_poll


def faults(report: Report) -> set[str]:
    return {finding.key for finding in report.findings if finding.is_fault}


def test_verify_poll_accepts_the_honest_one_without_a_word():
    poll = honest_poll()
    report = verify_poll(evidence(poll.files(), promises=poll.promises))
    assert report.findings == ()
    assert (report.is_right, report.is_final, report.poll, report.size) == (
        True,
        True,
        "season-2026",
        len(poll.leaves),
    )
    assert [(p.roll, p.taken, p.accepted, p.spoiled, p.unopened) for p in report.papers] == [
        (123, 79, 77, 3, 1)
    ] * 2
    assert [p.total for p in report.papers] == [
        leaf.total for leaf in poll.leaves if isinstance(leaf, Result)
    ]


def test_verify_poll_says_the_same_on_several_cores():
    poll = honest_poll()
    files = poll.files()
    assert verify_poll(evidence(files), workers=2) == verify_poll(evidence(files), workers=1)


@pytest.mark.parametrize(("forge", "keys"), FORGERIES, ids=[forge.__name__ for forge, _ in FORGERIES])
def test_verify_poll_refuses(forge, keys):
    poll = honest_poll()
    forging = Forging(poll, list(poll.leaves), promises=dict(poll.promises))
    forge(forging)
    report = forging.report()
    assert faults(report) == keys
    assert not report.is_right
    for finding in report.findings:
        assert "{" not in finding.said("en") + finding.said("zh-Hans")


def test_verify_poll_accepts_the_honest_one_of_two_registrars():
    poll = honest_poll(second=True)
    report = verify_poll(evidence(poll.files(), promises=poll.promises))
    assert report.findings == ()
    assert [paper.accepted for paper in report.papers] == [77] * 2


@pytest.mark.parametrize(
    ("forge", "keys"), FORGERIES_OF_TWO, ids=[forge.__name__ for forge, _ in FORGERIES_OF_TWO]
)
def test_verify_poll_of_two_registrars_refuses(forge, keys):
    poll = honest_poll(second=True)
    forging = Forging(poll, list(poll.leaves))
    forge(forging)
    report = forging.report()
    assert faults(report) == keys
    for finding in report.findings:
        assert "{" not in finding.said("en") + finding.said("zh-Hans")


def test_verify_poll_of_two_registrars_waits_for_the_numbers_until_the_close():
    poll = honest_poll(second=True)
    leaves = [leaf for leaf in poll.leaves[: poll.where(Close)[0]] if not isinstance(leaf, IssuedBy)]
    report = verify_poll(evidence(poll.files([leaf.encode() for leaf in leaves])))
    assert report.keys == {"poll.running"}


def test_verify_poll_has_a_forgery_for_every_fault():
    told = set().union(*(keys for _, keys in FORGERIES + FORGERIES_OF_TWO))
    assert told == set(FAULTS) - {
        "paper.small",
        "paper.joined",
        "result.lot",
    }  # these have tests of their own


def opened_report(*leaves: Leaf) -> Report:
    paper = honest_poll().making[0].paper
    return verify_poll(evidence(honest_poll().files([leaf.encode() for leaf in leaves or [paper]])))


def test_verify_poll_follows_one_that_is_running():
    poll = honest_poll()
    place = poll.where(Close)[0]
    promises = {
        "mine": kept_promise(*sign_promises([bytes(32)], key=LOG, deadline=2_000_000_000), 0).encode()
    }
    files = poll.files(poll.entries[:place])
    report = verify_poll(evidence(files, promises=promises, now=1_900_000_000))
    assert report.keys == {"poll.running", "promise.waiting"}
    assert (report.is_right, report.is_final) == (True, False)
    assert faults(verify_poll(evidence(files, promises=promises, now=2_100_000_000))) == {"promise.broken"}


def test_verify_poll_waits_for_the_result_after_the_close():
    poll = honest_poll()
    report = verify_poll(evidence(poll.files(poll.entries[: poll.where(Result)[1]])))
    assert report.keys == {"poll.uncounted"}


def test_verify_poll_warns_when_no_witness_is_asked():
    policy = Policy.parse(f"log {LOG.verifier.vkey}\nquorum none")
    files = honest_poll().files()
    assert verify_poll(evidence(files, policy=policy, has_own_policy=False)).keys == {
        "poll.unwitnessed", "policy.included",
    }  # fmt: skip


def test_verify_poll_refuses_ordinary_residents_joined_with_others():
    paper = honest_poll().making[0].paper
    leaders = paper.strata[2]
    mixed = replace(leaders, parts=(replace(leaders.parts[0], is_ordinary=True), leaders.parts[1]))
    assert faults(opened_report(replace(paper, strata=(mixed,)))) == {"paper.joined"}


def test_verify_poll_refuses_keys_that_are_none_or_shared():
    paper = honest_poll().making[0].paper
    residents, members = paper.strata[:2]
    no_key = replace(residents, token=replace(residents.token, keys=(bytes(342),)))
    shared = replace(members, token=residents.token)
    for strata in ((no_key,), (residents, shared)):
        assert faults(opened_report(replace(paper, strata=strata))) == {"paper.key"}


def test_verify_poll_refuses_a_stratum_that_cannot_be_secret():
    paper = honest_poll().making[0].paper
    issued = honest_poll().leaves[honest_poll().where(Issued)[0]]
    few = replace(issued, parts=(replace(issued.parts[0], roll=9, tokens=9), *issued.parts[1:]))
    assert faults(opened_report(paper, few)) == {"paper.small"}


def ranked_poll(rankings, seed, elected):
    """A poll by hand papers alone, three options, one place."""
    stratum = replace(honest_poll().making[0].paper.strata[0], token=None, slip=None)
    scale = Scale(STV, GRADES[:3])
    paper = replace(honest_poll().making[0].paper, scale=scale, strata=(stratum,), composition=())
    papers = sum(number for _, number in rankings)
    sheet = Sheet(("residents",), papers, 0, (), ("Bei", "Chen"), bytes(32), rankings)
    firsts = [0, 0, 0]
    for ranking, number in rankings:
        firsts[ranking[0]] += number
    cell = ResultCell(("residents",), "hand", papers, 0, Tally(papers, tuple(firsts)))
    return opened_report(
        paper,
        Issued(paper.id, (IssuedPart("residents", 60, 0, list_root([])),)),
        Close(paper.id, (), (ClosePart("residents", 0, papers),), (sheet,)),
        Result(paper.id, (cell,), Tally(papers, tuple(firsts), elected), (), seed),
    )


def test_verify_poll_counts_rankings_of_hand_papers():
    assert faults(ranked_poll((((0,), 5), ((1, 2), 8)), "", (1,))) == set()
    assert faults(ranked_poll((((0,), 5), ((1, 2), 8)), "", (0,))) == {"result.differs"}


def test_verify_poll_refuses_a_lot_without_a_seed():
    tied = (((0,), 6), ((1,), 6))
    assert faults(ranked_poll(tied, "", (0,))) == {"result.lot"}
    assert {frozenset(faults(ranked_poll(tied, "dice 4 1 6", (place,)))) for place in (0, 1)} == {
        frozenset(), frozenset({"result.differs"}),
    }  # fmt: skip


def test_verify_poll_tells_a_few_of_many_forgeries():
    poll = honest_poll()
    leaves = [
        replace(leaf, sig=bytes(31) + b"\1" + bytes(31) + b"\1") if isinstance(leaf, Ballot) else leaf
        for leaf in poll.leaves
    ]
    report = verify_poll(evidence(poll.files([leaf.encode() for leaf in leaves])))
    told = [finding for finding in report.findings if finding.key == "ballot.signature"]
    ballots = len(poll.where(Ballot))
    assert (len(told), told[-1].more) == (5, ballots - 5)
    assert told[-1].said("en").endswith(f"({ballots - 5} more)")
    assert told[-1].said("zh-Hans").endswith(f"（另有{ballots - 5}处）")


@pytest.mark.parametrize("key", sorted(WORDS))
def test_finding_says_the_same_facts_in_both_languages_in_whole_sentences(key):
    english, chinese = WORDS[key]
    named = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in (english, chinese)]
    assert named[1] - {"reason"} == named[0] - {"reason"}
    assert english[0].isupper()
    assert english.endswith((".", "{reason}"))
    assert chinese.endswith(("。", "{reason}"))
    facts = tuple((name, "token") for name in sorted(named[0] | named[1]))
    assert "{" not in Finding(key, facts).said("en") + Finding(key, facts).said("zh-Hans")


CHANGES = [0, 1, 2**53 - 1, "", "x", "AAAA", [], [[]], {}, [0], ["residents"], {"en": "?"}, b64u(bytes(32))]


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_verify_poll_of_anything_reports_and_never_raises(data):
    """Any member of any leaf made something else, and the log signed anew."""
    entries = list(honest_poll().entries)
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(entries) - 1))
        value = json.loads(entries[place])
        inside = value
        while isinstance(inside, dict | list) and inside:
            key = data.draw(
                st.sampled_from(sorted(inside) if isinstance(inside, dict) else range(len(inside)))
            )
            if not isinstance(inside[key], dict | list) or data.draw(st.booleans()):
                inside[key] = data.draw(st.sampled_from(CHANGES))
                break
            inside = inside[key]
        entries[place] = encode(value)
    report = verify_poll(evidence(honest_poll().files(entries)))
    for finding in report.findings:
        assert finding.said("en")


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_verify_poll_of_damaged_files_refuses(data):
    """Any byte of any file changed, and nothing signed anew."""
    files = honest_poll().files()
    path = data.draw(st.sampled_from(sorted(set(files) - {"policy"})))
    damaged = bytearray(files[path])
    damaged[data.draw(st.integers(0, len(damaged) - 1))] ^= data.draw(st.integers(1, 255))
    assert not verify_poll(evidence(files | {path: bytes(damaged)})).is_right


def test_verify_poll_accepts_a_sheet_of_a_few_that_is_not_counted_out():
    forging = Forging(honest_poll(), list(honest_poll().leaves))
    changed_part(forging, hand=3)
    forging.change(Close, sheets=(Sheet(("residents",), 3, 0, (), ("Bei", "Chen"), bytes(32)),))
    result = forging.leaves[forging.first(Result)]
    counts = tuple(whole - sheet for whole, sheet in zip(result.total.counts, (6, 2, 1, 2), strict=True))
    cells = (*result.cells[:-1], ResultCell(("residents",), "hand", 3, 0, None))
    forging.change(Result, cells=cells, total=Tally(sum(counts), counts))
    report = forging.report()
    assert report.findings == ()
    assert [paper.unopened for paper in report.papers] == [1 + 3, 1]


def test_verify_poll_says_the_same_when_its_rows_are_on_the_disk(monkeypatch):
    forging = Forging(honest_poll(), list(honest_poll().leaves))
    forging.cast(forging.new_ballot())
    in_memory = forging.report()
    monkeypatch.setattr("folkmoot_kernel.verify.rows.MAX_HELD_BYTES", 1_000)
    assert forging.report() == in_memory
    assert faults(in_memory) == {"count.accepted", "count.more_tokens", "opening.missing", "result.differs"}
