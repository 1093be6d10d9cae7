"""What the verifier accepts, and each kind of forgery with the keys by which it is refused.

Every forger here is the organiser himself: he has the keys of the log, the witnesses and the registrar, and signs
what he has changed. What remains to catch him is arithmetic.
"""

import json
from bisect import bisect
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from hashlib import sha256
from string import Formatter

import pytest
from folkmoot_kernel.encoding import b64u, encode
from folkmoot_kernel.es256 import ORDER, point_of
from folkmoot_kernel.leaves import (
    Ballot,
    Broken,
    Close,
    ClosePart,
    Issued,
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
    slip_hash,
)
from folkmoot_kernel.merkle import leaf_hash, root_of
from folkmoot_kernel.notes import Note, Policy, parse_note
from folkmoot_kernel.promises import kept_promise, sign_promises
from folkmoot_kernel.scales import STV, Scale
from folkmoot_kernel.tokens import Token, TokenChallenge
from folkmoot_kernel.verify import FAULTS, WORDS, Finding, Report, slips_path, verify_poll
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.tests.polls import GRADES, LOG, Poll, checkpoint, evidence, honest_poll, opening_of


def faults(report: Report) -> set[str]:
    return {finding.key for finding in report.findings if finding.is_fault}


@dataclass
class Forging:
    """An honest poll to change. What is done to `leaves` is signed anew; what is done to `files` is not."""

    poll: Poll
    leaves: list[Leaf]
    entries: dict[int, bytes] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    seen: dict[str, bytes] = field(default_factory=dict)
    promises: dict[str, bytes] = field(default_factory=dict)
    dropped: set[str] = field(default_factory=set)

    def first(self, kind: type, number: int = 0) -> int:
        return [place for place, leaf in enumerate(self.leaves) if isinstance(leaf, kind)][number]

    def change(self, kind: type, number: int = 0, **changes: object) -> None:
        place = self.first(kind, number)
        self.leaves[place] = replace(self.leaves[place], **changes)

    def cast(self, ballot: Ballot) -> None:
        """Put a ballot where its batch has it."""
        cell = [
            place for place, leaf in enumerate(self.leaves)
            if isinstance(leaf, Ballot)
            and (leaf.paper, leaf.stratum, leaf.channel) == (ballot.paper, ballot.stratum, ballot.channel)
        ]  # fmt: skip
        hashes = [leaf_hash(self.leaves[place].encode()) for place in cell]
        self.leaves.insert(cell[0] + bisect(hashes, leaf_hash(ballot.encode())), ballot)

    def new_ballot(self, stratum: str = "residents", **changes: object) -> Ballot:
        making = self.poll.making[0]
        key = making.new_key()
        voter = making.cast(stratum, "token", key, making.paper.scale.answer([0]))
        return replace(voter.ballot, **changes).signed(key)

    def report(self) -> Report:
        entries = [leaf.encode() for leaf in self.leaves]
        for place, entry in self.entries.items():
            entries[place] = entry
        files = self.poll.files(entries) | self.files
        for path in self.dropped:
            files.pop(path)
        return verify_poll(evidence(files, seen=self.seen, promises=self.promises))


def extra_ballot_with_a_made_up_token(forging):
    making = forging.poll.making[0]
    key = making.new_key()
    token = Token.parse(making.token("residents", point_of(key.public_key())))
    made_up = replace(token, authenticator=bytes(256)).encode()
    forging.cast(making.cast("residents", "token", key, b"[0]", creds=[made_up]).ballot)


def extra_ballot_with_a_token_made_of_nothing(forging):
    forging.cast(forging.new_ballot(creds=(bytes(354),)))


def extra_ballot_of_a_dishonest_registrar(forging):
    forging.cast(forging.new_ballot())


def extra_ballot_after_the_close(forging):
    forging.leaves.insert(forging.first(Close) + 1, forging.new_ballot())


def dropped_ballot_that_was_promised(forging):
    voter = forging.poll.making[0].voters[4]
    forging.leaves.remove(voter.ballot)
    forging.leaves.remove(opening_of(voter))


def changed_answer(forging):
    forging.change(Opening, a=b"[3]")


def opening_with_other_chance(forging):
    forging.change(Opening, r=bytes(32))


def reordered_batch(forging):
    place = forging.first(Ballot) + 5
    forging.leaves[place : place + 2] = reversed(forging.leaves[place : place + 2])


def reordered_batch_in_long_runs(forging):
    """Two runs of k keys each would do in a large poll, but in a small one there is one batch."""
    making = forging.poll.making[0]
    cell = [
        place for place, leaf in enumerate(forging.leaves)
        if isinstance(leaf, Ballot) and (leaf.paper, leaf.stratum, leaf.channel) == (making.paper.id, "residents", "token")
    ]  # fmt: skip
    ballots = [forging.leaves[place] for place in cell]
    forging.leaves[cell[0] : cell[-1] + 1] = [*ballots[12:], *ballots[:12]]


def token_of_another_stratum(forging):
    making, ballot = forging.poll.making[0], forging.new_ballot("members")
    key = making.new_key()
    ballot = making.cast("members", "token", key, b"[0]").ballot
    forging.cast(replace(ballot, stratum="residents").signed(key))


def token_of_another_paper(forging):
    voter, other = forging.poll.making[0].voters[5], forging.poll.making[1].paper
    forging.cast(replace(voter.ballot, paper=other.id).signed(voter.key))


def token_for_another_box(forging):
    making = forging.poll.making[0]
    key = making.new_key()
    challenge = TokenChallenge("registrar.example", making.paper.id, "elsewhere.example")
    token = making.token("residents", point_of(key.public_key()), challenge)
    forging.cast(making.cast("residents", "token", key, b"[0]", creds=[token]).ballot)


def token_of_another_voter(forging):
    forging.cast(forging.new_ballot(creds=forging.poll.making[0].voters[5].ballot.creds))


def two_tokens_for_one_registrar(forging):
    ballot = forging.new_ballot()
    forging.cast(forging.new_ballot(creds=ballot.creds * 2))


def one_key_in_two_papers(forging):
    voter, other = forging.poll.making[0].voters[5], forging.poll.making[1]
    forging.cast(other.cast("residents", "token", voter.key, b"[0]").ballot)


def one_key_and_number_twice(forging):
    """The first one in the log counts, so the second is made until it comes behind."""
    voter, making = forging.poll.making[0].voters[5], forging.poll.making[0]
    copy = voter.ballot
    while leaf_hash(copy.encode()) <= leaf_hash(voter.ballot.encode()):
        answer, creds = voter.opening.answer, voter.ballot.creds
        copy = making.cast("residents", "token", voter.key, answer, creds=creds).ballot
    forging.cast(copy)


def slip_never_printed(forging):
    making = forging.poll.making[0]
    forging.cast(making.cast("residents", "slip", making.new_key(), b"[0]").ballot)


def slip_that_votes_again(forging):
    making = forging.poll.making[0]
    voter = next(voter for voter in making.voters if voter.channel == "slip")
    forging.cast(replace(voter.ballot, seq=2).signed(voter.key))


def channel_that_does_not_exist(forging):
    forging.leaves.insert(forging.first(Ballot), forging.new_ballot("leaders", creds=()))


def stratum_that_does_not_exist(forging):
    forging.leaves.insert(forging.first(Ballot), forging.new_ballot(stratum="residents", paper=bytes(32)))


def wrong_signature(forging):
    ballot = forging.new_ballot()
    forging.cast(replace(ballot, sig=bytes(31) + b"\1" + bytes(31) + b"\1"))


def key_that_is_no_point(forging):
    ballot = forging.new_ballot()
    token = forging.poll.making[0].token("residents", bytes(65))
    forging.cast(replace(ballot, pk=bytes(65), creds=(token,)))


def signature_in_its_other_spelling(forging):
    """Anybody can make it out of a ballot in the log."""
    ballot = forging.poll.making[0].voters[5].ballot
    s = ORDER - int.from_bytes(ballot.sig[32:], "big")
    forging.cast(replace(ballot, sig=ballot.sig[:32] + s.to_bytes(32, "big")))


def fewer_issued_than_voted(forging):
    issued = forging.leaves[forging.first(Issued)]
    parts = (replace(issued.parts[0], tokens=20), *issued.parts[1:])
    forging.change(Issued, parts=parts)


def changed_cell(forging, place, **changes):
    close = forging.leaves[forging.first(Close)]
    cells = list(close.cells)
    cells[place] = replace(cells[place], **changes)
    forging.change(Close, cells=tuple(cells))


def changed_part(forging, **changes):
    close = forging.leaves[forging.first(Close)]
    forging.change(Close, parts=(replace(close.parts[0], **changes), *close.parts[1:]))


def close_with_other_numbers(forging):
    changed_cell(forging, 0, issued=30, accepted=25)


def close_without_a_cell(forging):
    forging.change(Close, cells=())


def fewer_drawn_than_voted(forging):
    changed_part(forging, slips=10)


def more_papers_than_people(forging):
    changed_part(forging, hand=30)


def more_hand_papers_counted_than_given(forging):
    changed_part(forging, hand=5)


def sheet_that_cannot_be(forging):
    sheet = forging.leaves[forging.first(Close)].sheets[0]
    forging.change(Close, sheets=(replace(sheet, totals=(12, 2, 1, 2)),))


def sheet_of_a_stratum_without_hand_papers(forging):
    sheet = forging.leaves[forging.first(Close)].sheets[0]
    forging.change(Close, sheets=(replace(sheet, strata=("members",)),))


def sheet_of_a_few(forging):
    forging.change(Close, sheets=(Sheet(("residents",), 3, 0, (3, 0, 0, 0), ("Bei", "Chen"), bytes(32)),))


def small_cell_opened(forging):
    making = forging.poll.making[0]
    changed_cell(forging, 3, key=making.closing["members", "slip"].secret)
    voter = next(voter for voter in making.voters if (voter.stratum, voter.channel) == ("members", "slip"))
    openings = [leaf.c for leaf in forging.leaves[: forging.first(Spoiled)] if isinstance(leaf, Opening)]
    forging.leaves.insert(forging.first(Opening) + bisect(openings, voter.ballot.c), opening_of(voter))


def large_cell_kept_closed(forging):
    changed_cell(forging, 0, key=b"")


def another_closing_key(forging):
    changed_cell(forging, 0, key=sha256(b"another").digest())


def voided_slip_that_voted(forging):
    voter = next(voter for voter in forging.poll.making[0].voters if voter.channel == "slip")
    void = forging.leaves[forging.first(Void)]
    forging.change(Void, hashes=tuple(sorted([*void.hashes[1:], slip_hash(voter.ballot.pk)])))


def voided_slip_that_was_never_printed(forging):
    void = forging.leaves[forging.first(Void)]
    forging.change(Void, hashes=tuple(sorted([*void.hashes[1:], bytes(32)])))


def slip_that_is_neither_drawn_nor_void(forging):
    void = forging.leaves[forging.first(Void)]
    forging.change(Void, hashes=void.hashes[1:])


def other_list_of_slips(forging):
    slip = forging.poll.making[0].paper.strata[1].slip
    forging.files[slips_path(b64u(slip.root))] = bytes(32 * 5)


def missing_opening(forging):
    forging.leaves.pop(forging.first(Opening))


def opening_a_second_time(forging):
    place = forging.first(Opening)
    forging.leaves.insert(place, forging.leaves[place])


def opening_of_a_ballot_that_was_replaced(forging):
    voter = forging.poll.making[0].voters[0]
    openings = [leaf.c for leaf in forging.leaves[: forging.first(Spoiled)] if isinstance(leaf, Opening)]
    forging.leaves.insert(forging.first(Opening) + bisect(openings, voter.ballot.c), opening_of(voter))


def openings_out_of_order(forging):
    place = forging.first(Opening)
    forging.leaves[place : place + 2] = reversed(forging.leaves[place : place + 2])


def opening_before_the_close(forging):
    place = forging.first(Opening)
    forging.leaves.insert(forging.first(Close), forging.leaves.pop(place))


def good_ballot_declared_spoiled(forging):
    voter = forging.poll.making[0].voters[6]
    forging.leaves.remove(opening_of(voter))
    forging.leaves.insert(forging.first(Spoiled), Spoiled(voter.ballot.c, voter.sealed))


def ballot_declared_spoiled_with_another_answer(forging):
    forging.change(Spoiled, o=bytes(117))


def altered_result(forging):
    result = forging.leaves[forging.first(Result)]
    counts = list(result.total.counts)
    counts[0], counts[3] = counts[0] + 1, counts[3] - 1
    forging.change(Result, total=replace(result.total, counts=tuple(counts)))


def altered_cell_of_the_result(forging):
    result = forging.leaves[forging.first(Result)]
    forging.change(Result, cells=(replace(result.cells[0], spoiled=0), *result.cells[1:]))


def result_before_the_openings(forging):
    result = forging.leaves.pop(forging.first(Result))
    forging.leaves.insert(forging.first(Opening), result)


def composition_said_to_be_kept(forging):
    forging.change(Result, 1, composition=(True, True))


def composition_said_to_be_broken(forging):
    forging.change(Result, 1, composition=(False, False))


def composition_left_out(forging):
    forging.change(Result, 1, composition=())


def split_view(forging):
    other = [*forging.poll.entries[:100], b"another", *forging.poll.entries[101:150]]
    forging.seen["checkpoints/neighbour"] = checkpoint(150, root_of(map(leaf_hash, other)))


def shortened_log(forging):
    size = len(forging.leaves)
    forging.seen["checkpoints/neighbour"] = checkpoint(size, root_of(map(leaf_hash, forging.poll.entries)))
    forging.leaves.pop()


def unsigned_checkpoint(forging):
    body = parse_note(forging.poll.files()["checkpoint"]).text
    strangers = replace(LOG, seed=bytes(32))
    forging.files["checkpoint"] = Note(body).with_signatures(strangers.sign(body)).encode()


def checkpoint_without_witnesses(forging):
    body = parse_note(forging.poll.files()["checkpoint"]).text
    forging.files["checkpoint"] = Note(body).with_signatures(LOG.sign(body)).encode()


def checkpoint_that_is_none(forging):
    forging.files["checkpoint"] = b"nothing"


def missing_checkpoint(forging):
    forging.dropped.add("checkpoint")


def entry_changed_afterwards(forging):
    forging.files["tile/entries/000"] = forging.poll.files()["tile/entries/000"].replace(
        b'"roll":60', b'"roll":61', 1
    )


def tile_changed_afterwards(forging):
    tile = bytearray(forging.poll.files()["tile/1/000.p/1"])
    tile[0] ^= 1
    forging.files["tile/1/000.p/1"] = bytes(tile)


def missing_tile(forging):
    forging.dropped.add("tile/1/000.p/1")


def missing_entries(forging):
    forging.dropped.add("tile/entries/000")


def entries_cut_short(forging):
    forging.files["tile/entries/000"] = forging.poll.files()["tile/entries/000"][:-5]


def entry_of_another_spelling(forging):
    forging.leaves.append(Opening(bytes(32), bytes(32), b""))
    forging.entries[len(forging.leaves) - 1] = forging.leaves[-1].encode().replace(b",", b", ", 1)


def entry_of_an_unknown_kind(forging):
    forging.leaves.append(forging.leaves[0])
    forging.entries[len(forging.leaves) - 1] = b'{"type":"folkmoot/bonus/v1"}'


def issued_twice(forging):
    place = forging.first(Issued)
    forging.leaves.insert(place, forging.leaves[place])


def issued_after_casting(forging):
    forging.leaves.insert(forging.first(Close), forging.leaves.pop(forging.first(Issued)))


def paper_too_late(forging):
    forging.leaves.append(replace(forging.poll.making[0].paper, question={"en": "And now?"}))


def paper_of_another_poll(forging):
    forging.leaves.insert(2, replace(forging.poll.making[0].paper, poll="season-2027"))


def strangers_void(forging):
    forging.change(Void, stratum="strangers")


def broken_poll(forging):
    forging.leaves.append(Broken("season-2026", "The box was restored."))


def promise_of_another_box(forging):
    stranger = replace(LOG, seed=bytes(32))
    note, ordered = sign_promises([bytes(32)], key=stranger, deadline=5)
    forging.promises["promises/5"] = kept_promise(note, ordered, 0).encode()


CLOSED = {"count.accepted", "result.differs"}
FORGERIES: list[tuple[Callable[[Forging], None], set[str]]] = [
    (extra_ballot_with_a_made_up_token, {"credential.signature"}),
    (extra_ballot_with_a_token_made_of_nothing, {"credential.signature"}),
    (extra_ballot_of_a_dishonest_registrar, CLOSED | {"count.more_tokens", "opening.missing"}),
    (extra_ballot_after_the_close, CLOSED | {"leaf.place", "count.more_tokens", "opening.missing", "batch.order"}),
    (dropped_ballot_that_was_promised, CLOSED | {"promise.broken"}),
    (changed_answer, {"opening.refused", "opening.missing", "result.differs"}),
    (opening_with_other_chance, {"opening.refused", "opening.missing", "result.differs"}),
    (reordered_batch, {"batch.order"}),
    (reordered_batch_in_long_runs, {"batch.order"}),
    (token_of_another_stratum, {"credential.stratum"}),
    (token_of_another_paper, {"credential.paper"}),
    (token_for_another_box, {"credential.paper"}),
    (token_of_another_voter, {"credential.key"}),
    (two_tokens_for_one_registrar, {"credential.number"}),
    (one_key_in_two_papers, {"credential.replayed"}),
    (one_key_and_number_twice, {"ballot.twice"}),
    (slip_never_printed, {"credential.slip"}),
    (slip_that_votes_again, {"slip.revoted"}),
    (channel_that_does_not_exist, {"ballot.channel"}),
    (stratum_that_does_not_exist, {"leaf.stranger"}),
    (wrong_signature, {"ballot.signature"}),
    (key_that_is_no_point, {"ballot.signature"}),
    (signature_in_its_other_spelling, {"ballot.high_s"}),
    (fewer_issued_than_voted, {"count.issued", "count.more_tokens"}),
    (close_with_other_numbers, {"count.accepted", "count.issued"}),
    (close_without_a_cell, {"leaf.incomplete", "opening.closed_cell"}),
    (fewer_drawn_than_voted, {"count.drawn", "count.more_slips", "slips.printed"}),
    (more_papers_than_people, {"count.roll"}),
    (more_hand_papers_counted_than_given, {"count.hand"}),
    (sheet_that_cannot_be, {"count.sheet"}),
    (sheet_of_a_stratum_without_hand_papers, {"count.sheet", "result.differs"}),
    (sheet_of_a_few, {"cell.opened", "result.differs"}),
    (small_cell_opened, {"cell.opened", "opening.closed_cell"}),
    (large_cell_kept_closed, {"cell.closed"}),
    (another_closing_key, {"cell.key"}),
    (voided_slip_that_voted, {"slips.void_voted"}),
    (voided_slip_that_was_never_printed, {"slips.void"}),
    (slip_that_is_neither_drawn_nor_void, {"slips.printed", "count.void"}),
    (other_list_of_slips, CLOSED | {"slips.list", "credential.slip", "slips.void"}),
    (missing_opening, {"opening.missing", "result.differs"}),
    (opening_a_second_time, {"opening.twice"}),
    (opening_of_a_ballot_that_was_replaced, {"opening.stranger"}),
    (openings_out_of_order, {"opening.order"}),
    (opening_before_the_close, {"leaf.place"}),
    (good_ballot_declared_spoiled, {"spoiled.opens", "result.differs"}),
    (ballot_declared_spoiled_with_another_answer, {"spoiled.stranger", "opening.missing", "result.differs"}),
    (altered_result, {"result.differs"}),
    (altered_cell_of_the_result, {"result.differs"}),
    (result_before_the_openings, {"leaf.place"}),
    (composition_said_to_be_kept, {"composition.result"}),
    (composition_said_to_be_broken, {"composition.denied"}),
    (composition_left_out, {"leaf.incomplete"}),
    (split_view, {"checkpoint.split"}),
    (shortened_log, {"checkpoint.shortened"}),
    (unsigned_checkpoint, {"checkpoint.unsigned"}),
    (checkpoint_without_witnesses, {"checkpoint.witnesses"}),
    (checkpoint_that_is_none, {"checkpoint.unsigned", "checkpoint.missing"}),
    (missing_checkpoint, {"checkpoint.missing", "log.missing"}),
    (entry_changed_afterwards, {"log.tile", "log.root"}),
    (tile_changed_afterwards, {"log.tile"}),
    (missing_tile, {"log.missing"}),
    (missing_entries, {"log.missing", "log.root", "paper.none", "leaf.stranger"}),
    (entries_cut_short, {"log.unreadable", "log.root", "paper.none", "leaf.stranger"}),
    (entry_of_another_spelling, {"leaf.refused"}),
    (entry_of_an_unknown_kind, {"leaf.refused"}),
    (issued_twice, {"leaf.twice"}),
    (issued_after_casting, {"leaf.place"}),
    (paper_too_late, {"leaf.place"}),
    (paper_of_another_poll, {"paper.poll", "paper.key", "log.origin"}),
    (strangers_void, {"leaf.stranger", "count.void", "slips.printed"}),
    (broken_poll, {"poll.broken"}),
    (promise_of_another_box, {"promise.refused"}),
]  # fmt: skip


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


def test_verify_poll_has_a_forgery_for_every_fault():
    told = set().union(*(keys for _, keys in FORGERIES))
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
