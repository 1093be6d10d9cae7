from hashlib import sha256

import pytest
from folkmoot_kernel.errors import (
    ConsistencyRefused,
    InclusionRefused,
    KernelError,
    MalformedBundle,
    MalformedHash,
    MalformedTile,
    MalformedTilePath,
    OutOfTree,
)
from folkmoot_kernel.merkle import (
    Frontier,
    consistency_path,
    hashes_in,
    inclusion_path,
    leaf_hash,
    read_frontier,
    root_of,
    tree_root,
    verify_consistency,
    verify_inclusion,
)
from folkmoot_kernel.tiles import (
    ENTRIES,
    Tile,
    encode_bundle,
    extended_bundles,
    extended_tiles,
    hash_reader,
    new_bundles,
    new_tiles,
    parse_bundle,
    read_entries,
)
from hypothesis import given
from hypothesis import strategies as st

# The first is the example of C2SP tlog-tiles; the next three are of golang/mod sumdb/tlog/tlog_test.go, without
# the height, which C2SP leaves out of the path.
PATHS = [
    (Tile(0, 1_234_067), "tile/0/x001/x234/067"),
    (Tile(5, 123_456_078), "tile/5/x123/x456/078"),
    (Tile(5, 123_456_078, 2), "tile/5/x123/x456/078.p/2"),
    (Tile(ENTRIES, 3_057_500), "tile/entries/x003/x057/500"),
    (Tile(0, 0), "tile/0/000"),
    (Tile(0, 999), "tile/0/999"),
    (Tile(0, 1000), "tile/0/x001/000"),
    (Tile(63, 1, 255), "tile/63/001.p/255"),
    (Tile(ENTRIES, 273, 112), "tile/entries/273.p/112"),
]


@pytest.mark.parametrize(("tile", "path"), PATHS)
def test_tile_path_is_that_of_the_specification(tile, path):
    assert tile.path == path
    assert Tile.parse(path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "tile/3/123/456/078",
        "tile/-1/000",
        "tile/64/000",
        "tile/00/000",
        "tile/01/000",
        "tile/0/0",
        "tile/0/x000/000",
        "tile/0/x001",
        "tile/0/000.p/0",
        "tile/0/000.p/01",
        "tile/0/000.p/256",
        "tile/0/000.p/",
        "tile/0/000/",
        "tile/0/٠٠٠",
        "tile/0/000\n",
        "/tile/0/000",
        "tile/data/000",
        "tile/0/" + "x001/" * 2000 + "000",
        "",
    ],
)
def test_tile_parse_refuses_other_spellings(path):
    with pytest.raises(MalformedTilePath):
        Tile.parse(path)


@pytest.mark.parametrize(
    ("level", "index", "width"), [(-2, 0, 1), (64, 0, 1), (0, -1, 1), (0, 0, 0), (0, 0, 257)]
)
def test_tile_refuses_places_that_no_log_has(level, index, width):
    with pytest.raises(MalformedTilePath):
        Tile(level, index, width)


@given(st.sampled_from([ENTRIES, 0, 1, 7, 63]), st.integers(0, 2**55), st.integers(1, 256))
def test_tile_parse_reads_every_path(level, index, width):
    tile = Tile(level, index, width)
    assert Tile.parse(tile.path) == tile


def test_new_tiles_of_70000_leaves_are_those_of_the_specification():
    full_0 = [Tile(0, index) for index in range(273)]
    assert list(new_tiles(0, 70_000)) == [
        *full_0,
        Tile(0, 273, 112),
        Tile(1, 0),
        Tile(1, 1, 17),
        Tile(2, 0, 1),
    ]
    assert list(new_bundles(0, 70_000)) == [
        *(Tile(ENTRIES, index) for index in range(273)),
        Tile(ENTRIES, 273, 112),
    ]


def test_new_tiles_of_256_leaves_are_a_full_one_and_a_partial_one_above():
    assert list(new_tiles(0, 256)) == [Tile(0, 0), Tile(1, 0, 1)]
    assert list(new_tiles(255, 256)) == [Tile(0, 0), Tile(1, 0, 1)]


@pytest.mark.parametrize(
    ("old", "new", "tiles"),
    [
        (0, 0, []),
        (5, 5, []),
        (256, 256, []),
        (0, 1, [Tile(0, 0, 1)]),
        (256, 257, [Tile(0, 1, 1)]),
        (300, 301, [Tile(0, 1, 45)]),
        (300, 600, [Tile(0, 1), Tile(0, 2, 88), Tile(1, 0, 2)]),
        (65_535, 65_536, [Tile(0, 255), Tile(1, 0), Tile(2, 0, 1)]),
    ],
)
def test_new_tiles_are_only_those_that_changed(old, new, tiles):
    assert list(new_tiles(old, new)) == tiles


# A log of 66,000 leaves has tiles on three levels; its leaves are counted once for all tests.
LARGE = 66_000
ENTRIES_OF_LOG = [b"leaf %d" % number for number in range(LARGE)]
LEAVES = [leaf_hash(entry) for entry in ENTRIES_OF_LOG]


def no_tiles(path):
    raise LookupError(path)


TILES = dict(extended_tiles(0, LEAVES, no_tiles))


def fetch_at(size):
    """Serve the tiles of a log of `size` leaves, cut from those of the large one, and no others."""
    served = {tile.path: tile for tile in new_tiles(0, size)}

    def fetch(path):
        tile = served[path]
        full_width = min(256, (LARGE >> 8 * tile.level) - 256 * tile.index)
        return TILES[Tile(tile.level, tile.index, full_width).path][: 32 * tile.width]

    return fetch


def test_extended_tiles_writes_exactly_the_new_tiles():
    assert list(TILES) == [tile.path for tile in new_tiles(0, LARGE)]


def test_extended_tiles_of_every_level_hold_the_hashes_of_the_definition():
    assert TILES["tile/0/257.p/208"] == b"".join(LEAVES[257 * 256 :])
    assert TILES["tile/1/001.p/1"] == root_of(LEAVES[65_536 : 65_536 + 256])
    assert TILES["tile/2/000.p/1"] == root_of(LEAVES[:65_536])


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 300, 511, 512, 513, 700])
def test_tree_root_from_tiles_is_the_root_of_the_leaves(size):
    tiles = dict(extended_tiles(0, LEAVES[:size], no_tiles))
    assert tree_root(size, hash_reader(size, tiles.__getitem__)) == root_of(LEAVES[:size])


@pytest.mark.parametrize("size", [65_535, 65_536, 65_537, LARGE])
def test_tree_root_from_tiles_is_the_root_of_many_leaves(size):
    assert tree_root(size, hash_reader(size, fetch_at(size))) == root_of(LEAVES[:size])


@given(st.lists(st.integers(0, 300), max_size=5))
def test_extended_tiles_do_not_depend_on_the_pieces_in_which_leaves_come(steps):
    stored, size = {}, 0
    for step in steps:
        written = dict(extended_tiles(size, LEAVES[size : size + step], stored.__getitem__))
        assert list(written) == [tile.path for tile in new_tiles(size, size + step)]
        stored |= written
        size += step
    at_once = dict(extended_tiles(0, LEAVES[:size], no_tiles))
    assert {path: stored[path] for path in at_once} == at_once
    assert read_frontier(size, hash_reader(size, stored.__getitem__)) == Frontier().extended(LEAVES[:size])


def test_extended_tiles_refuses_leaves_that_are_no_hashes():
    with pytest.raises(MalformedHash):
        list(extended_tiles(0, [b"short"], no_tiles))


@given(st.integers(1, LARGE), st.data())
def test_proofs_from_tiles_are_those_from_the_leaves(new, data):
    old, index = data.draw(st.integers(0, new)), data.draw(st.integers(0, new - 1))
    from_tiles = hash_reader(new, fetch_at(new))
    root = tree_root(new, from_tiles)
    path = inclusion_path(index, new, from_tiles)
    verify_inclusion(leaf=LEAVES[index], index=index, size=new, path=path, root=root)
    verify_consistency(
        old_size=old,
        new_size=new,
        path=consistency_path(old, new, from_tiles),
        old_root=tree_root(old, from_tiles),
        new_root=root,
    )


@pytest.mark.parametrize("size", [1, 2, 200, 256, 257, 600])
def test_hash_reader_reads_every_complete_subtree(size):
    read, expected = hash_reader(size, fetch_at(size)), hashes_in(LEAVES[:size])
    for level in range(size.bit_length()):
        count = size >> level
        assert [read(level, index) for index in range(count)] == [expected(level, i) for i in range(count)]
        with pytest.raises(OutOfTree):
            read(level, count)
    with pytest.raises(OutOfTree):
        read(0, -1)


def test_hash_reader_fetches_no_tile_twice():
    fetched = []

    def fetch(path):
        fetched.append(path)
        return TILES[path]

    inclusion_path(40_000, LARGE, hash_reader(LARGE, fetch))
    assert sorted(fetched) == sorted(set(fetched))
    assert len(fetched) <= 5


def test_hash_reader_refuses_a_tile_of_another_length():
    short = dict(extended_tiles(0, LEAVES[:300], no_tiles))
    short["tile/0/001.p/44"] = short["tile/0/001.p/44"][:-1]
    with pytest.raises(MalformedTile) as refused:
        tree_root(300, hash_reader(300, short.__getitem__))
    assert str(refused.value) == "The tile tile/0/001.p/44 has to have 1408 bytes, but it has 1407."


def test_hash_reader_leaves_the_word_to_fetch_when_a_tile_is_missing():
    with pytest.raises(LookupError, match=r"tile/0/000\.p/5"):
        tree_root(5, hash_reader(5, no_tiles))


@given(st.data())
def test_proofs_from_a_tampered_tile_are_refused_or_do_not_need_it(data):
    size, old = 600, data.draw(st.integers(1, 600))
    index = data.draw(st.integers(0, size - 1))
    tiles = dict(extended_tiles(0, LEAVES[:size], no_tiles))
    path = data.draw(st.sampled_from(sorted(tiles)))
    place = data.draw(st.integers(0, len(tiles[path]) - 1))
    broken = bytearray(tiles[path])
    broken[place] ^= data.draw(st.integers(1, 255))
    honest = hash_reader(size, tiles.__getitem__)
    tampered = hash_reader(size, (tiles | {path: bytes(broken)}).__getitem__)

    inclusion = inclusion_path(index, size, tampered)
    if inclusion != inclusion_path(index, size, honest):
        with pytest.raises(InclusionRefused):
            verify_inclusion(
                leaf=LEAVES[index], index=index, size=size, path=inclusion, root=root_of(LEAVES[:size])
            )
    consistency = consistency_path(old, size, tampered)
    if consistency != consistency_path(old, size, honest):
        with pytest.raises(ConsistencyRefused):
            verify_consistency(
                old_size=old,
                new_size=size,
                path=consistency,
                old_root=root_of(LEAVES[:old]),
                new_root=root_of(LEAVES[:size]),
            )


@given(st.data())
def test_tree_root_is_another_when_the_right_edge_is_tampered_with(data):
    tiles = dict(extended_tiles(0, LEAVES[:600], no_tiles))
    path = data.draw(st.sampled_from(["tile/0/002.p/88", "tile/1/000.p/2"]))
    broken = bytearray(tiles[path])
    broken[data.draw(st.integers(0, len(broken) - 1))] ^= data.draw(st.integers(1, 255))
    read = hash_reader(600, (tiles | {path: bytes(broken)}).__getitem__)
    assert tree_root(600, read) != root_of(LEAVES[:600])


def test_encode_bundle_writes_each_length_in_two_bytes():
    assert encode_bundle([b"abc", b"", b"\xff" * 258]) == b"\0\3abc" + b"\0\0" + b"\1\2" + b"\xff" * 258


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=8))
def test_parse_bundle_reads_what_encode_bundle_wrote(entries):
    assert parse_bundle(encode_bundle(entries), len(entries)) == entries


@given(st.lists(st.binary(max_size=10), min_size=1, max_size=4), st.data())
def test_parse_bundle_refuses_a_bundle_cut_short(entries, data):
    whole = encode_bundle(entries)
    with pytest.raises(MalformedBundle):
        parse_bundle(whole[: data.draw(st.integers(0, len(whole) - 1))], len(entries))


@given(st.binary(max_size=60), st.integers(1, 256))
def test_parse_bundle_of_anything_refuses_or_is_exact(data, count):
    try:
        entries = parse_bundle(data, count)
    except KernelError:
        return
    assert encode_bundle(entries) == data


@pytest.mark.parametrize(
    ("data", "count", "sentence"),
    [
        (b"\0\1a", 2, "The bundle of log entries cannot be used: it holds 1 entries instead of 2."),
        (b"\0\1a\0\1b", 1, "The bundle of log entries cannot be used: it holds 2 entries instead of 1."),
        (b"\0\1a\0\2b", 2, "The bundle of log entries cannot be used: it ends in the middle of entry 1."),
        (b"\0\1a\0", 2, "The bundle of log entries cannot be used: it ends in the middle of entry 1."),
    ],
)
def test_parse_bundle_says_what_is_wrong(data, count, sentence):
    with pytest.raises(MalformedBundle) as refused:
        parse_bundle(data, count)
    assert str(refused.value) == sentence


def test_encode_bundle_takes_256_entries_of_65535_bytes_and_no_more():
    assert len(encode_bundle([b"a" * 65_535] * 256)) == 256 * 65_537
    for entries in ([], [b""] * 257, [b"a" * 65_536]):
        with pytest.raises(MalformedBundle):
            encode_bundle(entries)


@given(st.lists(st.integers(0, 300), max_size=4))
def test_read_entries_gives_what_extended_bundles_wrote(steps):
    stored, size = {}, 0
    for step in steps:
        written = dict(extended_bundles(size, ENTRIES_OF_LOG[size : size + step], stored.__getitem__))
        assert list(written) == [tile.path for tile in new_bundles(size, size + step)]
        stored |= written
        size += step
    assert list(read_entries(size, stored.__getitem__)) == ENTRIES_OF_LOG[:size]


def test_entries_of_a_bundle_hash_to_the_tile_of_level_0():
    bundles = dict(extended_bundles(0, ENTRIES_OF_LOG[:300], no_tiles))
    tiles = dict(extended_tiles(0, LEAVES[:300], no_tiles))
    entries = parse_bundle(bundles["tile/entries/001.p/44"], 44)
    assert b"".join(sha256(b"\0" + entry).digest() for entry in entries) == tiles["tile/0/001.p/44"]
