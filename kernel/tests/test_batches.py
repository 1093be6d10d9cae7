from collections import Counter
from hashlib import sha256

from folkmoot_kernel.cells import Waiting, next_batch
from hypothesis import given
from hypothesis import strategies as st

K = 10


def ballot(voter, vote=0):
    return Waiting(sha256(b"pk %d" % voter).digest(), sha256(b"leaf %d %d" % (voter, vote)).digest())


def test_next_batch_is_the_half_with_the_lower_hashes_in_ascending_order():
    waiting = [ballot(n) for n in range(21)]
    leaves = sorted(each.leaf for each in waiting)
    batch = next_batch(waiting, k=K, voters=500, is_closed=False)
    assert list(batch.appended) == leaves[:10]
    assert [each.leaf for each in batch.waiting] == leaves[10:]
    assert str(batch.reason) == (
        "Half of those who waited are published, in the order of their hashes: 10 ballots."
    )


def test_next_batch_waits_for_2k_different_keys():
    waiting = [ballot(n, vote) for n in range(19) for vote in range(3)]
    batch = next_batch(waiting, k=K, voters=500, is_closed=False)
    assert (batch.appended, len(batch.waiting)) == ((), 57)
    assert str(batch.reason) == "Fewer than 20 voters are waiting: their ballots wait on."


def test_next_batch_of_fewer_than_500_voters_is_one_at_the_close():
    waiting = [ballot(n) for n in range(400)]
    assert next_batch(waiting, k=K, voters=499, is_closed=False).appended == ()
    last = next_batch(waiting, k=K, voters=499, is_closed=True)
    assert list(last.appended) == sorted(each.leaf for each in waiting)
    assert (last.waiting, str(last.reason)) == (
        (),
        "The poll is closed: all that waited is published, 400 ballots.",
    )


@given(
    st.lists(st.lists(st.integers(0, 60), max_size=40), max_size=12),
    st.integers(2, 12),
    st.integers(400, 600),
)
def test_batches_never_have_fewer_than_k_keys_and_lose_nothing(commits, k, voters):
    waiting, batches, cast, times = [], [], [], Counter()
    for commit in commits:
        arrived = []
        for voter in commit:
            times[voter] += 1
            arrived.append(ballot(voter, times[voter]))
        cast += arrived
        batch = next_batch([*waiting, *arrived], k=k, voters=voters, is_closed=False)
        waiting = list(batch.waiting)
        if batch.appended:
            batches.append(batch.appended)
            assert len({each.pk for each in waiting}) >= k
    batches.append(next_batch(waiting, k=k, voters=voters, is_closed=True).appended)

    key_of = {each.leaf: each.pk for each in cast}
    assert sorted(leaf for batch in batches for leaf in batch) == sorted(key_of)
    assert all(list(batch) == sorted(batch) for batch in batches)
    if len(set(key_of.values())) >= k:
        assert min(len({key_of[leaf] for leaf in batch}) for batch in batches) >= k
    if voters < 500:
        assert len(batches) == 1


@given(st.permutations(range(45)))
def test_next_batch_does_not_know_in_which_order_ballots_came(order):
    expected = next_batch([ballot(n) for n in range(45)], k=K, voters=900, is_closed=False)
    assert next_batch([ballot(n) for n in order], k=K, voters=900, is_closed=False) == expected
