import pytest
from django.db import IntegrityError, connection, transaction

from folkmoot.base.actors import CLOCK
from folkmoot.journal.leaves import body_digest, leaf_bytes
from folkmoot.journal.models import FORGOTTEN, Act
from folkmoot.journal.services import forget, record
from tests.journal.conftest import AMAL, BEI

pytestmark = pytest.mark.django_db


def test_record_keeps_actor_post_object_and_details(at):
    moment = at("2026-11-20 09:00")
    act = Act.objects.get(pk=record("case.escalated", actor=BEI, obj="case:4", rung=20, note=None).pk)
    assert act.body == {"actor": "b77e", "post": 7, "object": "case:4", "rung": 20}
    assert (act.kind, act.at, act.object_ref, act.actor_ref) == ("case.escalated", moment, "case:4", "b77e")
    assert bytes(act.digest) == body_digest(bytes(act.salt), act.body)
    assert act.position is None


def test_record_salts_equal_acts_differently(at):
    at("2026-11-20 09:00")
    first, second = (record("case.reported", actor=AMAL, obj="case:1") for _ in range(2))
    assert bytes(first.digest) != bytes(second.digest)


@pytest.mark.django_db(transaction=True)
def test_record_outside_a_transaction_raises():
    with pytest.raises(RuntimeError, match=r"case\.reported is recorded outside the transaction of its act"):
        record("case.reported", actor=AMAL)
    assert Act.objects.count() == 0


def test_record_refuses_details_that_are_no_record():
    from folkmoot_kernel.errors import UnsupportedValue

    with pytest.raises(UnsupportedValue):
        record("case.rated", actor=AMAL, rating=4.5)  # type: ignore[arg-type]
    assert Act.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_record_failing_takes_the_whole_act_with_it(island, no_journal):
    unit = island["U111"]
    former = unit.name

    @transaction.atomic
    def rename():
        type(unit).objects.filter(pk=unit.pk).update(name="Renamed")
        record("area.renamed", actor=BEI, obj=f"area:{unit.pk}")

    with pytest.raises(IntegrityError, match="the journal is closed"):
        rename()
    unit.refresh_from_db()
    assert unit.name == former


@pytest.fixture
def no_journal(transactional_db):
    """A database that takes no more acts: a real failure of the journal's writer."""
    if connection.vendor == "sqlite":
        make = (
            "CREATE TRIGGER closed BEFORE INSERT ON journal_act "
            "BEGIN SELECT RAISE(ABORT, 'the journal is closed'); END"
        )
        drop = "DROP TRIGGER closed"
    else:
        make = (
            "CREATE FUNCTION closed() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE unique_violation USING MESSAGE = 'the journal is closed'; END $$; "
            "CREATE TRIGGER closed BEFORE INSERT ON journal_act FOR EACH ROW EXECUTE FUNCTION closed()"
        )
        drop = "DROP FUNCTION closed() CASCADE"
    with connection.cursor() as cursor:
        cursor.execute(make)
    yield
    with connection.cursor() as cursor:
        cursor.execute(drop)


def test_forget_clears_the_acts_of_one_actor_and_says_how_many(write):
    write(5)
    assert forget("a3f1") == 3
    cleared = Act.objects.filter(kind="case.reported")
    assert {(act.body, act.salt, act.actor_ref) for act in cleared} == {(None, None, "")}
    assert {act.actor_ref for act in Act.objects.filter(kind="case.escalated")} == {"b77e"}
    note = Act.objects.get(kind=FORGOTTEN)
    assert (note.body, note.actor_ref) == ({"actor": CLOCK.ref, "object": "", "count": 3}, "clock")


def test_forget_of_an_actor_without_acts_writes_nothing(write):
    write(2)
    assert forget("nobody") == 0
    assert Act.objects.count() == 2


def test_forget_refuses_the_empty_reference(write):
    with pytest.raises(ValueError, match="without a reference"):
        forget("")


def test_leaf_names_nobody(at):
    moment = at("2026-11-20 13:30")
    act = record("case.escalated", actor=BEI, obj="case:4")
    leaf = leaf_bytes(act.id, act.kind, moment, bytes(32))
    assert leaf == (
        b'{"at":"2026-11-20T05:30:00Z","digest":"' + b"A" * 43 + b'","id":'
        + str(act.id).encode() + b',"kind":"case.escalated","v":1}'
    )  # fmt: skip
