from django.db import connection, transaction

from folkmoot.cli import main
from folkmoot.journal.sealing import seal_all
from folkmoot.journal.services import record
from folkmoot.journal.verifying import verify
from folkmoot.people.models import Person
from tests.factories.people import PersonFactory
from tests.journal.conftest import AMAL


def ciphertexts():
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM people_person ORDER BY id")
        return [phone for (phone,) in cursor.fetchall()]


def test_rotate_seals_every_value_again_while_a_server_runs(place):
    """This process has read the old key, as a running server has; it takes up the new one by itself."""
    phones = [f"+86138000{number:05}" for number in range(3)] + [""]
    with place.entered():
        people = [PersonFactory.create(phone=phone) for phone in phones]
        before = ciphertexts()
        ended = place.run("keys", "--rotate")
        assert (ended.returncode, ended.stderr) == (0, "")
        assert "people.Person: 4 sealed again" in ended.stdout
        after = ciphertexts()
        assert [old == new for old, new in zip(before, after, strict=True)] == [False, False, False, True]
        assert list(Person.objects.order_by("id").values_list("phone", flat=True)) == phones
        assert len(people) == 4
    keys = (place.folder / "keys" / "field.keys").read_text().split()
    assert len(keys) == 2
    newest = place.folder / "keys" / "field.keys"
    newest.write_text(keys[0] + "\n")  # nothing needs the old key any more
    with place.entered():
        assert list(Person.objects.order_by("id").values_list("phone", flat=True)) == phones


def test_new_journal_key_goes_on_where_the_lost_one_ended(sqlite_place, capsys):
    with sqlite_place.entered():
        with transaction.atomic():
            record("case.reported", actor=AMAL, obj="case:1")
        seal_all()
    path = sqlite_place.folder / "keys" / "journal.key"
    with sqlite_place.entered():
        assert main(["keys", "--new-journal-key"]) == 1
        assert capsys.readouterr().err == "journal.key is there; nothing was changed.\n"
        path.unlink()
        assert main(["keys", "--new-journal-key"]) == 0
        said = capsys.readouterr().out
        assert said.startswith("The journal goes on under a new key: 127.0.0.1/journal+")
        with transaction.atomic():
            record("case.reported", actor=AMAL, obj="case:2")
        seal_all()
        report = verify()
    assert (report.size, report.checkpoints, report.faults) == (2, 2, [])
