"""Forgeries of ballots, credentials, openings' answers and order; the table of all is in `forgeries`."""

from dataclasses import replace

from folkmoot_kernel.es256 import ORDER, point_of
from folkmoot_kernel.leaves import (
    Ballot,
    Close,
    Opening,
)
from folkmoot_kernel.merkle import leaf_hash
from folkmoot_kernel.tokens import Token, TokenChallenge

from kernel.tests.polls import opening_of


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
