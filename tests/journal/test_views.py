import pytest
from folkmoot_kernel import notes, tiles
from folkmoot_kernel.merkle import inclusion_path, leaf_hash, verify_inclusion

from folkmoot.journal.keys import verifier_keys
from folkmoot.journal.sealing import seal_all
from tests.journal.conftest import AMAL, BEI

pytestmark = pytest.mark.django_db


@pytest.fixture
def sealed(write):
    write(300)
    seal_all()


def test_log_page_says_how_much_is_sealed_and_names_nobody(client, sealed, write):
    write(2)
    page = client.get("/journal/").content.decode()
    assert "300 acts are sealed." in page
    assert "2 more acts are written and will be sealed in a moment." in page
    assert verifier_keys()[0].vkey.replace("+", "&#x2B;") in page or verifier_keys()[0].vkey in page
    assert AMAL.ref not in page
    assert BEI.ref not in page


def test_log_page_before_the_first_act_says_what_comes(client):
    assert "Nothing is sealed yet" in client.get("/journal/").content.decode()


def test_log_page_in_chinese(client, sealed):
    page = client.get("/journal/", headers={"accept-language": "zh-CN"}).content.decode()
    assert "操作日志" in page
    assert "已封存 300 条操作" in page


def test_log_page_reads_twice_however_long_the_log(client, write, django_assert_num_queries):
    for _ in range(2):
        write(3)
        seal_all()
        with django_assert_num_queries(2):
            client.get("/journal/")


def test_checkpoint_is_the_newest_note_and_is_always_asked_for(client, sealed):
    answer = client.get("/journal/checkpoint")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"
    checkpoint = notes.Checkpoint.parse(notes.open_note(answer.content, verifier_keys()).text)
    assert (checkpoint.origin, checkpoint.size) == ("127.0.0.1/journal", 300)


def test_checkpoint_of_an_empty_log_is_not_there(client):
    assert client.get("/journal/checkpoint").status_code == 404


def test_outsider_proves_an_act_from_the_published_files_alone(client, sealed):
    def fetch(path):
        answer = client.get(f"/journal/{path}")
        assert answer.status_code == 200
        return answer.content

    note = notes.open_note(client.get("/journal/checkpoint").content, verifier_keys())
    checkpoint = notes.Checkpoint.parse(note.text)
    entries = list(tiles.read_entries(checkpoint.size, fetch))
    assert len(entries) == 300
    read = tiles.hash_reader(checkpoint.size, fetch)
    for index in (0, 255, 256, 299):
        verify_inclusion(
            leaf=leaf_hash(entries[index]),
            index=index,
            size=checkpoint.size,
            path=inclusion_path(index, checkpoint.size, read),
            root=checkpoint.root,
        )


def test_tile_may_be_kept_for_ever(client, sealed):
    answer = client.get("/journal/tile/0/000")
    assert (answer.status_code, len(answer.content)) == (200, 256 * 32)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Type"] == "application/octet-stream"


def test_tile_keeps_every_width_that_it_once_had(client, sealed):
    full = client.get("/journal/tile/0/000").content
    assert client.get("/journal/tile/0/000.p/7").content == full[: 7 * 32]
    entries = tiles.parse_bundle(client.get("/journal/tile/entries/001.p/44").content, 44)
    assert tiles.parse_bundle(client.get("/journal/tile/entries/001.p/3").content, 3) == entries[:3]


@pytest.mark.parametrize(
    "place",
    [
        "0/001", "0/001.p/45", "0/002", "1/001", "2/000", "0/0", "0/x000/000", "0/000.p/0", "0/000.p/256",
        "64/000", "entries/002", "entries/000.p/300", "-1/000", "", "0/000/", "0/000.p/7/8", "../checkpoint",
        "0/x999/x999/x999/x999/x999/x999/999", "entries/😀",
    ],
)  # fmt: skip
def test_tile_that_is_not_there_is_404(client, sealed, place):
    assert client.get(f"/journal/tile/{place}").status_code == 404


def test_tile_that_somebody_broke_is_404_and_no_fault(client, sealed):
    from folkmoot.journal.models import Tile

    Tile.objects.filter(level=0, number=0).update(entries=b"\0")
    assert client.get("/journal/tile/entries/000").status_code == 404


@pytest.mark.parametrize("path", ["/journal/", "/journal/checkpoint", "/journal/tile/0/000"])
def test_everybody_may_read_the_log(path, client, as_amal, as_bei, sealed):
    assert [each.get(path).status_code for each in (client, as_amal, as_bei)] == [200] * 3
