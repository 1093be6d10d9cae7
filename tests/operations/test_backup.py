import io
import json
import resource
import tarfile
import threading
from contextlib import contextmanager

import pytest
from django.db import connection, transaction

from folkmoot.base.errors import Refused
from folkmoot.base.keys import KeyLost, unseal
from folkmoot.journal.sealing import seal_all
from folkmoot.journal.services import record
from folkmoot.journal.verifying import verify
from folkmoot.operations import snapshot
from folkmoot.operations.backup import back_up, keys_path
from folkmoot.operations.restore import restore
from folkmoot.people.models import Person
from tests.factories.island import make_island
from tests.journal.conftest import AMAL

PHOTO = b"\xff\xd8 a photo"


@pytest.fixture
def inhabited(place):
    """The small place with its people, 300 sealed acts, two that wait, and a photo."""
    with place.entered():
        with transaction.atomic():
            island = make_island()
            Person.objects.filter(pk=island.amal.pk).update(phone="+86 138 0000 0001")
            for number in range(300):
                record("case.reported", actor=AMAL, obj=f"case:{number}")
        seal_all()
        with transaction.atomic():
            record("case.rated", actor=AMAL, obj="case:1", rating=5)
            record("case.rated", actor=AMAL, obj="case:2", rating=4)
    (place.folder / "media" / "ab").mkdir(parents=True)
    (place.folder / "media" / "ab" / "photo.jpg").write_bytes(PHOTO)
    return place


@pytest.fixture
def backup(inhabited, tmp_path):
    target = tmp_path / "night.tar"
    with inhabited.entered():
        back_up(target, with_keys=True)
    return target


@contextmanager
def writers(place, count=3):
    """Threads that write acts as fast as they can, until the block ends."""
    stopping, errors = threading.Event(), []

    def write(number):
        try:
            while not stopping.is_set():
                with transaction.atomic():
                    record("case.noted", actor=AMAL, obj=f"case:{number}")
                if number == 0:
                    seal_all()
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stopping.set()
        for thread in threads:
            thread.join(30)
    assert errors == []


def test_back_up_and_restore_give_the_same_counts_files_and_root(inhabited, backup, empty_place):
    with inhabited.entered():
        before = snapshot.current()
    other = empty_place(inhabited)
    with other.entered():
        restored = restore(backup, keys=keys_path(backup))
        assert restored.differences == []
        assert restored.moment == before
        report = verify()
        assert (report.size, report.waiting, report.faults) == (300, 2, [])
        assert Person.objects.get(name="Amal").phone == "+86 138 0000 0001"
    assert (other.folder / "media" / "ab" / "photo.jpg").read_bytes() == PHOTO
    assert sorted(path.name for path in (other.folder / "keys").iterdir()) == sorted(
        path.name for path in (inhabited.folder / "keys").iterdir()
    )


def test_back_up_while_everybody_writes_is_one_moment(inhabited, empty_place, tmp_path):
    target = tmp_path / "busy.tar"
    with inhabited.entered(), writers(inhabited):
        manifest = back_up(target, with_keys=True)
        after = snapshot.current()
    assert manifest["counts"]["journal_act"] < after.counts["journal_act"]
    with empty_place(inhabited).entered():
        restored = restore(target, keys=keys_path(target))
        assert restored.differences == []
        report = verify()
        assert (report.size, report.faults) == (manifest["journal_size"], [])
        assert report.size + report.waiting == manifest["counts"]["journal_act"]


def test_commands_back_up_a_place_at_work_and_restore_it(inhabited, empty_place, tmp_path):
    target = tmp_path / "night.tar"
    with inhabited.entered(), writers(inhabited, count=2):
        made = inhabited.run("backup", str(target))
    assert (made.returncode, made.stderr) == (0, "")
    other = empty_place(inhabited)
    restored = other.run("restore", str(target), "--keys", str(keys_path(target)))
    assert (restored.returncode, restored.stderr) == (0, "")
    assert restored.stdout.splitlines() == [
        *made.stdout.splitlines()[1:3], "All is the same as in the backup."
    ]  # fmt: skip


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_back_up_writes_files_that_only_their_owner_reads(backup):
    assert backup.stat().st_mode & 0o777 == 0o600
    assert keys_path(backup).stat().st_mode & 0o777 == 0o600
    assert keys_path(backup).name == "night.keys.tar"


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_back_up_keeps_keys_out_of_the_backup_itself(backup, inhabited):
    secret = (inhabited.folder / "keys" / "lookup.key").read_bytes()
    assert secret not in backup.read_bytes()
    assert secret in keys_path(backup).read_bytes()


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_back_up_without_keys_writes_one_file(inhabited, tmp_path):
    with inhabited.entered():
        back_up(tmp_path / "plain.tar", with_keys=False)
    assert [path.name for path in tmp_path.glob("plain*")] == ["plain.tar"]


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_manifest_names_every_file_with_its_hash_and_the_versions(backup):
    with tarfile.open(backup) as tar:
        names = tar.getnames()
        manifest = json.load(tar.extractfile("manifest.json"))
    assert names == [*manifest["files"], "manifest.json"]
    assert manifest["counts"]["journal_act"] == 302
    assert manifest["journal_size"] == 300
    assert set(manifest["versions"]) == {"folkmoot", "django", "python", "database"}


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_back_up_overwrites_nothing(inhabited, backup):
    before = backup.read_bytes()
    with inhabited.entered(), pytest.raises(Refused, match="exists already"):
        back_up(backup, with_keys=True)
    assert backup.read_bytes() == before


def test_back_up_on_a_full_disk_says_so_and_leaves_nothing(sqlite_place, tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir()

    def small_files():
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    ended = sqlite_place.run("backup", str(folder / "night.tar"), preexec_fn=small_files)
    assert ended.returncode == 1
    assert ended.stderr.startswith("The database cannot be used: ")
    assert list(folder.iterdir()) == []


def test_restore_refuses_a_place_that_is_not_empty(inhabited, backup):
    with inhabited.entered():
        before = snapshot.current()
        with pytest.raises(Refused, match="is not empty"):
            restore(backup, keys=keys_path(backup))
        assert snapshot.current() == before


def test_restore_refuses_a_database_that_is_not_empty(place, backup):
    with place.entered(), pytest.raises(Refused, match="is not empty"):
        restore(backup, keys=None)


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_restore_refuses_a_changed_file_and_leaves_the_place_empty(inhabited, backup, empty_place, tmp_path):
    changed = tmp_path / "changed.tar"
    changed.write_bytes(backup.read_bytes().replace(PHOTO, PHOTO.swapcase()))
    other = empty_place(inhabited)
    with other.entered():
        with pytest.raises(Refused, match=r"ab/photo\.jpg was changed"):
            restore(changed, keys=keys_path(backup))
        assert snapshot.is_empty()
    assert list(other.folder.iterdir()) == []


@pytest.mark.parametrize("kept", [0.3, 0.9, 0.999])
def test_restore_refuses_a_backup_that_was_cut_short(sqlite_backup, tmp_path, kept):
    source, other = sqlite_backup
    short = tmp_path / "short.tar"
    data = source.read_bytes().rstrip(b"\0")
    short.write_bytes(data[: int(len(data) * kept)])
    with other.entered(), pytest.raises(Refused, match="is not a whole backup"):
        restore(short, keys=keys_path(source))
    assert list(other.folder.iterdir()) == []


@pytest.mark.parametrize("text", [b"", b"not a tar file", b"\0" * 10_240])
def test_restore_refuses_what_is_no_backup(sqlite_backup, tmp_path, text):
    source, other = sqlite_backup
    (tmp_path / "other.tar").write_bytes(text)
    with other.entered(), pytest.raises(Refused, match="is not a whole backup"):
        restore(tmp_path / "other.tar", keys=keys_path(source))


def test_restore_never_writes_outside_its_place(sqlite_backup, tmp_path):
    _, other = sqlite_backup
    evil = tmp_path / "evil.tar"
    with tarfile.open(evil, "w") as tar:
        for name, text in (
            ("../evil", b"evil"),
            ("manifest.json", json.dumps({"format": 1, "files": {"../evil": {}}}).encode()),
        ):
            about = tarfile.TarInfo(name)
            about.size = len(text)
            tar.addfile(about, io.BytesIO(text))
    with other.entered(), pytest.raises(Refused, match="is not a whole backup"):
        restore(evil, keys=None)
    assert not (other.folder.parent / "evil").exists()


def test_restore_of_another_kind_of_database_says_what_to_do(backup, inhabited, tmp_path, request):
    request.getfixturevalue("postgres_databases")
    from tests.operations.conftest import Place

    folder = tmp_path / "mixed"
    folder.mkdir()
    url = "" if inhabited.url else request.getfixturevalue("postgres_url")
    with Place(folder, url).entered(), pytest.raises(Refused, match="set DATABASE_URL to match"):
        restore(backup, keys=keys_path(backup))


def test_restore_command_asks_for_the_keys(sqlite_backup):
    source, other = sqlite_backup
    ended = other.run("restore", str(source))
    assert ended.returncode == 1
    assert "Give the keys of the backup" in ended.stderr
    assert not (other.folder / "folkmoot.sqlite3").exists()


def test_restore_without_keys_loses_what_was_sealed_and_nothing_else(sqlite_backup):
    source, other = sqlite_backup
    ended = other.run("restore", str(source), "--without-keys")
    assert ended.returncode == 1  # the signatures of the journal cannot be checked without its key
    with other.entered():
        assert Person.objects.exists()
        with connection.cursor() as cursor:
            cursor.execute("SELECT phone FROM people_person WHERE phone <> '' LIMIT 1")
            (sealed,) = cursor.fetchone()
        with pytest.raises(KeyLost):
            unseal(sealed)


@pytest.fixture
def sqlite_backup(sqlite_place, empty_place, tmp_path):
    """A backup of a small SQLite installation, and an empty place for it."""
    with sqlite_place.entered():
        with transaction.atomic():
            island = make_island()
            Person.objects.filter(pk=island.amal.pk).update(phone="+86 138 0000 0001")
            record("case.reported", actor=AMAL, obj="case:1")
        seal_all()
        back_up(tmp_path / "small.tar", with_keys=True)
    return tmp_path / "small.tar", empty_place(sqlite_place)
