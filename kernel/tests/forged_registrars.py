"""Forgeries in a poll of two registrars, by an organiser whom the second one does not help."""

from dataclasses import replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from folkmoot_kernel.es256 import point_of
from folkmoot_kernel.leaves import Close, IssuedBy
from folkmoot_kernel.tokens import TokenChallenge

from kernel.tests.polls import BOX, SECOND, SECOND_KEY


def changed_numbers(forging, key=SECOND_KEY, **changes):
    leaf = forging.leaves[forging.first(IssuedBy)]
    parts = (replace(leaf.parts[0], **changes), *leaf.parts[1:])
    forging.leaves[forging.first(IssuedBy)] = replace(leaf, parts=parts).signed(key)


def token_of_one_registrar_only(forging):
    ballot = forging.new_ballot()
    forging.cast(forging.new_ballot(creds=ballot.creds[:1]))


def two_tokens_of_one_registrar(forging):
    """The organiser answers for the second registrar, too, but only has its own keys."""
    making = forging.poll.making[0]
    key = making.new_key()
    pk = point_of(key.public_key())
    challenge = TokenChallenge(SECOND, making.paper.id, BOX)
    creds = [making.token("residents", pk), making.token("residents", pk, challenge)]
    forging.cast(making.cast("residents", "token", key, b"[0]", creds=creds).ballot)


def one_token_twice(forging):
    making = forging.poll.making[0]
    key = making.new_key()
    creds = [making.token("residents", point_of(key.public_key()))] * 2
    forging.cast(making.cast("residents", "token", key, b"[0]", creds=creds).ballot)


def tokens_in_the_other_order(forging):
    making = forging.poll.making[0]
    key = making.new_key()
    creds = [making.token("residents", point_of(key.public_key()), registrar=number) for number in (1, 0)]
    forging.cast(making.cast("residents", "token", key, b"[0]", creds=creds).ballot)


def fewer_issued_by_the_second_than_voted(forging):
    changed_numbers(forging, tokens=20)


def more_issued_by_the_second_than_people(forging):
    changed_numbers(forging, tokens=80)


def numbers_of_the_second_made_up(forging):
    changed_numbers(forging, Ed25519PrivateKey.from_private_bytes(bytes(32)), tokens=60)


def numbers_of_the_second_left_out(forging):
    forging.leaves.pop(forging.first(IssuedBy))


def numbers_of_the_second_twice(forging):
    place = forging.first(IssuedBy)
    forging.leaves.insert(place, forging.leaves[place])


def numbers_of_the_second_after_the_close(forging):
    leaf = forging.leaves.pop(forging.first(IssuedBy))
    forging.leaves.insert(forging.first(Close) + 1, leaf)


def numbers_of_a_registrar_that_does_not_exist(forging):
    leaf = forging.leaves[forging.first(IssuedBy)]
    forging.leaves.append(replace(leaf, registrar="stranger.example").signed(SECOND_KEY))


def numbers_of_the_second_without_a_part(forging):
    forging.change(IssuedBy, parts=())


FORGERIES_OF_TWO = [
    (token_of_one_registrar_only, {"credential.number"}),
    (two_tokens_of_one_registrar, {"credential.registrar"}),
    (one_token_twice, {"credential.paper"}),
    (tokens_in_the_other_order, {"credential.paper"}),
    (fewer_issued_by_the_second_than_voted, {"issued.fewer"}),
    (more_issued_by_the_second_than_people, {"issued.roll"}),
    (numbers_of_the_second_made_up, {"issued.signature"}),
    (numbers_of_the_second_left_out, {"issued.missing"}),
    (numbers_of_the_second_twice, {"leaf.twice"}),
    (numbers_of_the_second_after_the_close, {"leaf.place"}),
    (numbers_of_a_registrar_that_does_not_exist, {"leaf.stranger"}),
    (numbers_of_the_second_without_a_part, {"leaf.incomplete", "opening.closed_cell"}),
]
