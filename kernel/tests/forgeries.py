"""Forged polls, each with the keys by which the verifier refuses it.

Every forger here is the organiser himself: he has the keys of the log, the witnesses and the registrar, and signs
what he has changed. What remains to catch him is arithmetic.
"""

from bisect import bisect
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from hashlib import sha256

from folkmoot_kernel.encoding import b64u
from folkmoot_kernel.leaves import (
    Ballot,
    Broken,
    Close,
    Issued,
    Leaf,
    Opening,
    Result,
    Sheet,
    Spoiled,
    Void,
    slip_hash,
)
from folkmoot_kernel.merkle import leaf_hash, root_of
from folkmoot_kernel.notes import Note, parse_note
from folkmoot_kernel.promises import kept_promise, sign_promises
from folkmoot_kernel.verify import Report, slips_path, verify_poll

from kernel.tests.forged_ballots import (
    changed_answer,
    channel_that_does_not_exist,
    dropped_ballot_that_was_promised,
    extra_ballot_after_the_close,
    extra_ballot_of_a_dishonest_registrar,
    extra_ballot_with_a_made_up_token,
    extra_ballot_with_a_token_made_of_nothing,
    key_that_is_no_point,
    one_key_and_number_twice,
    one_key_in_two_papers,
    opening_with_other_chance,
    reordered_batch,
    reordered_batch_in_long_runs,
    signature_in_its_other_spelling,
    slip_never_printed,
    slip_that_votes_again,
    stratum_that_does_not_exist,
    token_for_another_box,
    token_of_another_paper,
    token_of_another_stratum,
    token_of_another_voter,
    two_tokens_for_one_registrar,
    wrong_signature,
)
from kernel.tests.polls import LOG, Poll, checkpoint, evidence, opening_of


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

    def shown(self) -> dict[str, bytes]:
        """The forged log as files."""
        entries = [leaf.encode() for leaf in self.leaves]
        for place, entry in self.entries.items():
            entries[place] = entry
        files = self.poll.files(entries) | self.files
        for path in self.dropped:
            files.pop(path)
        return files

    def report(self) -> Report:
        return verify_poll(evidence(self.shown(), seen=self.seen, promises=self.promises))


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
    (missing_entries, {"log.missing", "log.root", "paper.none"}),
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
