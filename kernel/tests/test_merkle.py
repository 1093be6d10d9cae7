import base64
import json
import tracemalloc
from hashlib import sha256
from pathlib import Path

import pytest
from folkmoot_kernel.errors import (
    ConsistencyRefused,
    InclusionRefused,
    MalformedFrontier,
    MalformedHash,
    OutOfTree,
)
from folkmoot_kernel.merkle import (
    EMPTY_ROOT,
    Frontier,
    consistency_path,
    hashes_in,
    inclusion_path,
    leaf_hash,
    node_hash,
    read_frontier,
    root_of,
    tree_root,
    verify_consistency,
    verify_inclusion,
)
from hypothesis import given
from hypothesis import strategies as st

FOLDER = Path(__file__).parent / "vectors"
TREE = json.loads((FOLDER / "rfc6962_tree.json").read_text("utf-8"))
ARGON = json.loads((FOLDER / "ct_argon2020.json").read_text("utf-8"))

MAX_SIZE = 300
LEAVES = [leaf_hash(b"leaf %d" % number) for number in range(MAX_SIZE)]
READ = hashes_in(LEAVES)
WRONG = sha256(b"wrong").digest()


# The definitions of RFC 6962 section 2.1, word for word and slow: what the kernel has to agree with.


def mth(leaves):
    if len(leaves) < 2:
        return leaves[0] if leaves else EMPTY_ROOT
    k = cut(len(leaves))
    return node_hash(mth(leaves[:k]), mth(leaves[k:]))


def audit_path(m, leaves):
    if len(leaves) == 1:
        return []
    k = cut(len(leaves))
    if m < k:
        return [*audit_path(m, leaves[:k]), mth(leaves[k:])]
    return [*audit_path(m - k, leaves[k:]), mth(leaves[:k])]


def subproof(m, leaves, *, is_whole):
    if m == len(leaves):
        return [] if is_whole else [mth(leaves)]
    k = cut(len(leaves))
    if m <= k:
        return [*subproof(m, leaves[:k], is_whole=is_whole), mth(leaves[k:])]
    return [*subproof(m - k, leaves[k:], is_whole=False), mth(leaves[:k])]


def cut(size):
    return max(2**i for i in range(10) if 2**i < size)


ROOTS = [mth(LEAVES[:size]) for size in range(MAX_SIZE + 1)]


def test_root_of_gives_the_published_roots():
    leaves = [leaf_hash(bytes.fromhex(entry)) for entry in TREE["leaf_inputs"]]
    assert [root_of(leaves[:size]).hex() for size in range(1, 9)] == TREE["roots"]
    assert root_of([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize("proof", TREE["inclusion"])
def test_inclusion_path_gives_the_published_proofs(proof):
    leaves = [leaf_hash(bytes.fromhex(entry)) for entry in TREE["leaf_inputs"]]
    index, size, path = proof["index"], proof["size"], [bytes.fromhex(node) for node in proof["path"]]
    assert inclusion_path(index, size, hashes_in(leaves)) == path
    root = bytes.fromhex(TREE["roots"][size - 1])
    verify_inclusion(leaf=leaves[index], index=index, size=size, path=path, root=root)


@pytest.mark.parametrize("proof", TREE["consistency"])
def test_consistency_path_gives_the_published_proofs(proof):
    leaves = [leaf_hash(bytes.fromhex(entry)) for entry in TREE["leaf_inputs"]]
    old, new, path = proof["old_size"], proof["new_size"], [bytes.fromhex(node) for node in proof["path"]]
    assert consistency_path(old, new, hashes_in(leaves)) == path
    roots = [bytes.fromhex(root) for root in TREE["roots"]]
    verify_consistency(
        old_size=old, new_size=new, path=path, old_root=roots[old - 1], new_root=roots[new - 1]
    )


def test_verify_accepts_proofs_of_a_real_log_of_a_billion_entries():
    def unpacked(name):
        return [base64.b64decode(node) for node in ARGON[name]]

    root, old_root, leaf = (base64.b64decode(ARGON[name]) for name in ("root", "old_root", "leaf"))
    verify_inclusion(leaf=leaf, index=ARGON["index"], size=ARGON["size"], path=unpacked("path"), root=root)
    verify_consistency(
        old_size=ARGON["old_size"],
        new_size=ARGON["size"],
        path=unpacked("consistency"),
        old_root=old_root,
        new_root=root,
    )


def test_root_of_agrees_with_the_definition_at_every_size():
    assert [root_of(LEAVES[:size]) for size in range(MAX_SIZE + 1)] == ROOTS
    assert [tree_root(size, READ) for size in range(MAX_SIZE + 1)] == ROOTS


def test_inclusion_path_agrees_with_the_definition_and_is_accepted_at_every_size():
    for size in [*range(1, 40), 63, 64, 65, 255, 256, 257, MAX_SIZE]:
        for index in range(size):
            path = inclusion_path(index, size, READ)
            assert path == audit_path(index, LEAVES[:size])
            verify_inclusion(leaf=LEAVES[index], index=index, size=size, path=path, root=ROOTS[size])


def test_consistency_path_agrees_with_the_definition_and_is_accepted_at_every_size():
    for new in [*range(40), 63, 64, 65, 255, 256, 257, MAX_SIZE]:
        for old in range(new + 1):
            path = consistency_path(old, new, READ)
            assert path == (subproof(old, LEAVES[:new], is_whole=True) if old else [])
            verify_consistency(
                old_size=old, new_size=new, path=path, old_root=ROOTS[old], new_root=ROOTS[new]
            )


sizes = st.integers(1, MAX_SIZE)


@given(sizes, st.data())
def test_inclusion_path_of_any_leaf_is_accepted(size, data):
    index = data.draw(st.integers(0, size - 1))
    path = inclusion_path(index, size, READ)
    assert len(path) <= (size - 1).bit_length()
    verify_inclusion(leaf=LEAVES[index], index=index, size=size, path=path, root=ROOTS[size])


@given(sizes, st.data())
def test_verify_inclusion_refuses_anything_tampered_with(size, data):
    index = data.draw(st.integers(0, size - 1))
    proof = {
        "leaf": LEAVES[index],
        "index": index,
        "size": size,
        "path": inclusion_path(index, size, READ),
        "root": ROOTS[size],
    }
    tampered = data.draw(st.sampled_from(list(broken_inclusions(proof, data))))
    with pytest.raises(InclusionRefused):
        verify_inclusion(**tampered)


def broken_inclusions(proof, data):
    path = proof["path"]
    yield proof | {"leaf": flipped(proof["leaf"], data)}
    yield proof | {"root": flipped(proof["root"], data)}
    yield proof | {"root": EMPTY_ROOT}
    yield proof | {"index": data.draw(st.integers(-2, 2 * MAX_SIZE).filter(lambda i: i != proof["index"]))}
    yield proof | {"size": data.draw(st.integers(-1, proof["index"]))}
    yield from ({**proof, "path": broken} for broken in broken_paths(path, data))
    yield proof | {"path": [proof["leaf"], *path]}
    yield proof | {"path": [*path, proof["root"]]}


def broken_paths(path, data):
    yield [*path, WRONG]
    yield [WRONG, *path]
    if path:
        place = data.draw(st.integers(0, len(path) - 1))
        yield [*path[:place], flipped(path[place], data), *path[place + 1 :]]
        yield [*path[:place], *path[place + 1 :]]
        yield [*path[:place], path[place], *path[place:]]
    if len(path) > 1:
        yield path[::-1]


def flipped(digest, data):
    bit = data.draw(st.integers(0, 255))
    return bytes(byte ^ (1 << bit % 8 if place == bit // 8 else 0) for place, byte in enumerate(digest))


@given(sizes, st.data())
def test_verify_inclusion_refuses_a_node_given_out_as_a_leaf(size, data):
    """A leaf hash is a number like any other: size and index have to catch a node in its place."""
    index = data.draw(st.integers(0, size - 1))
    path = inclusion_path(index, size, READ)
    if path:
        pair = (path[0], LEAVES[index]) if index & 1 else (LEAVES[index], path[0])
        with pytest.raises(InclusionRefused):
            verify_inclusion(leaf=node_hash(*pair), index=index, size=size, path=path[1:], root=ROOTS[size])


@given(sizes, st.data())
def test_verify_consistency_refuses_anything_tampered_with(new, data):
    old = data.draw(st.integers(1, new))
    proof = {
        "old_size": old,
        "new_size": new,
        "path": consistency_path(old, new, READ),
        "old_root": ROOTS[old],
        "new_root": ROOTS[new],
    }
    tampered = data.draw(st.sampled_from(list(broken_consistencies(proof, data))))
    with pytest.raises(ConsistencyRefused):
        verify_consistency(**tampered)


def broken_consistencies(proof, data):
    old, new, path = proof["old_size"], proof["new_size"], proof["path"]
    yield proof | {"old_root": flipped(proof["old_root"], data)}
    yield proof | {"new_root": flipped(proof["new_root"], data)}
    yield proof | {"old_size": data.draw(st.integers(-1, MAX_SIZE).filter(lambda size: size != old))}
    yield proof | {"new_size": data.draw(st.integers(-1, old - 1))}
    yield from ({**proof, "path": broken} for broken in broken_paths(path, data))
    if old < new:
        yield proof | {"old_root": proof["new_root"], "new_root": proof["old_root"]}
        yield proof | {"path": []}
        yield proof | {"path": [*path, proof["new_root"]]}
        yield proof | {"path": [proof["old_root"], *path]}


def test_verify_consistency_of_an_empty_log_takes_only_the_empty_root():
    verify_consistency(old_size=0, new_size=0, path=[], old_root=EMPTY_ROOT, new_root=EMPTY_ROOT)
    verify_consistency(old_size=0, new_size=5, path=[], old_root=EMPTY_ROOT, new_root=ROOTS[5])
    for new_size, path, old_root, new_root in [
        (0, [], WRONG, WRONG),
        (0, [], EMPTY_ROOT, WRONG),
        (5, [], WRONG, ROOTS[5]),
        (5, [WRONG], EMPTY_ROOT, ROOTS[5]),
    ]:
        with pytest.raises(ConsistencyRefused):
            verify_consistency(old_size=0, new_size=new_size, path=path, old_root=old_root, new_root=new_root)


def test_refusals_say_what_is_not_proven():
    with pytest.raises(InclusionRefused) as refused:
        verify_inclusion(leaf=LEAVES[3], index=3, size=8, path=[WRONG] * 3, root=ROOTS[8])
    assert str(refused.value) == (
        "It is not proven that leaf 3 is in the tree of 8 leaves: the hashes lead to another root."
    )
    with pytest.raises(ConsistencyRefused) as shrunk:
        verify_consistency(old_size=8, new_size=7, path=[], old_root=ROOTS[8], new_root=ROOTS[7])
    assert str(shrunk.value) == (
        "It is not proven that the tree of 7 leaves continues the tree of 8: a log only grows."
    )


@pytest.mark.parametrize("path", [[], [WRONG] * 2, [WRONG] * 4])
def test_refusals_say_when_the_number_of_hashes_is_wrong(path):
    with pytest.raises(InclusionRefused) as refused:
        verify_inclusion(leaf=LEAVES[3], index=3, size=8, path=path, root=ROOTS[8])
    assert refused.value.facts["reason"] == "the proof has not the right number of hashes"
    with pytest.raises(ConsistencyRefused) as inconsistent:
        verify_consistency(old_size=6, new_size=8, path=path, old_root=ROOTS[6], new_root=ROOTS[8])
    assert inconsistent.value.facts["reason"] == "the proof has not the right number of hashes"


def test_verify_refuses_hashes_of_another_length():
    with pytest.raises(MalformedHash):
        verify_inclusion(leaf=b"", index=0, size=1, path=[], root=b"")
    with pytest.raises(MalformedHash):
        verify_inclusion(leaf=LEAVES[0], index=0, size=2, path=[b"short"], root=ROOTS[2])
    with pytest.raises(MalformedHash):
        verify_consistency(old_size=1, new_size=1, path=[], old_root=b"", new_root=b"")


@pytest.mark.parametrize(("index", "size"), [(0, 0), (5, 5), (-1, 5)])
def test_inclusion_path_refuses_leaves_outside_the_tree(index, size):
    with pytest.raises(OutOfTree):
        inclusion_path(index, size, READ)


@pytest.mark.parametrize(("old", "new"), [(6, 5), (-1, 5)])
def test_consistency_path_refuses_a_log_that_shrinks(old, new):
    with pytest.raises(OutOfTree):
        consistency_path(old, new, READ)


@pytest.mark.parametrize(("level", "index"), [(0, 3), (1, 1), (2, 0), (0, -1), (1, -1)])
def test_hashes_in_refuses_subtrees_that_are_not_complete(level, index):
    with pytest.raises(OutOfTree):
        hashes_in(LEAVES[:3])(level, index)


@given(st.integers(0, MAX_SIZE), st.data())
def test_frontier_does_not_depend_on_the_pieces_in_which_leaves_come(size, data):
    half = data.draw(st.integers(0, size))
    frontier = Frontier().extended(LEAVES[:half]).extended(LEAVES[half:size])
    assert frontier == Frontier().extended(LEAVES[:size]) == read_frontier(size, READ)
    assert (frontier.size, frontier.root) == (size, ROOTS[size])
    assert len(frontier.hashes) == size.bit_count()


@pytest.mark.parametrize(("size", "hashes"), [(1, ()), (0, (WRONG,)), (3, (WRONG,)), (-1, (WRONG,))])
def test_frontier_refuses_a_size_that_does_not_fit_its_hashes(size, hashes):
    with pytest.raises(MalformedFrontier):
        Frontier(size, hashes)


def test_frontier_refuses_hashes_of_another_length():
    with pytest.raises(MalformedHash):
        Frontier(1, (b"short",))
    with pytest.raises(MalformedHash):
        Frontier().extended([b"short"])


def test_root_of_an_iterator_keeps_only_the_right_edge_in_memory():
    def peak_bytes(count):
        tracemalloc.start()
        root_of(leaf_hash(number.to_bytes(4, "big")) for number in range(count))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    peak_bytes(10)
    assert peak_bytes(40_000) - peak_bytes(40) < 4_000  # the leaf hashes alone would be 2.6 MB
