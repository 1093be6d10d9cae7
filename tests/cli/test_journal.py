import pytest
from django.db import transaction

from folkmoot.cli import main
from folkmoot.journal.models import Act, Checkpoint
from folkmoot.journal.sealing import seal_all
from folkmoot.journal.services import forget, record
from tests.journal.conftest import AMAL, BEI


@pytest.fixture
def acted(sqlite_place):
    """A place where case 41 was reported and escalated."""
    with sqlite_place.entered():
        with transaction.atomic():
            record("case.reported", actor=AMAL, obj="case:41", category="water")
            record("case.escalated", actor=BEI, obj="case:41", rung=20)
        seal_all()
        yield sqlite_place


@pytest.fixture
def journal(acted, capsys):
    """Runs `folkmoot journal ...`; gives its exit code, what it said, and its errors."""

    def run(*arguments):
        code = main(["journal", *arguments])
        return code, *capsys.readouterr()

    return run


def test_verify_as_a_process_of_its_own(acted):
    ended = acted.run("journal", "verify")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.endswith("The journal is whole.\n")


def test_seal_seals_what_waits(journal):
    with transaction.atomic():
        record("case.noted", actor=BEI, obj="case:41")
    assert journal("seal") == (0, "1 acts sealed.\n", "")


def test_verify_ends_with_0_and_says_how_much_and_which_root(journal):
    code, said, _ = journal("verify")
    assert code == 0
    assert said.startswith("2 acts sealed, 1 checkpoints, root ")
    assert said.endswith("The journal is whole.\n")


def test_verify_names_each_fault_and_ends_with_1(journal):
    act = Act.objects.get(position=1)
    Act.objects.filter(pk=act.pk).delete()
    code, said, _ = journal("verify")
    assert code == 1
    assert said.splitlines()[0].startswith(f"FAULT  Act {act.id} (case.escalated, ")
    assert said.splitlines()[0].endswith(" at position 1 was removed.")
    assert said.endswith("The journal is NOT whole.\n")


def test_verify_against_a_kept_checkpoint(journal, tmp_path):
    kept = tmp_path / "kept"
    kept.write_text(Checkpoint.objects.get().note)
    assert journal("verify", "--against", str(kept))[0] == 0
    kept.write_text("something else")
    code, said, _ = journal("verify", "--against", str(kept))
    assert code == 1
    assert said.splitlines()[0].startswith("FAULT  The checkpoint you gave is not good: ")


def test_verify_against_a_file_that_is_not_there(journal, tmp_path):
    code, said, errors = journal("verify", "--against", str(tmp_path / "none"))
    assert (code, said) == (1, "")
    assert errors.startswith("A file cannot be used: ")


def shown(journal):
    return [line.split()[2:] for line in journal("show", "case:41")[1].splitlines()]


def test_show_lists_the_acts_of_one_thing(journal):
    assert shown(journal) == [
        ["0", "case.reported", "a3f1", "category=water"],
        ["1", "case.escalated", "b77e", "post=7", "rung=20"],
    ]


def test_show_says_nothing_of_whom_was_forgotten(journal):
    with transaction.atomic():
        forget("a3f1")
    assert shown(journal)[0] == ["0", "case.reported", "-"]


def test_show_of_something_unknown_says_so(journal):
    assert journal("show", "case:42") == (1, "Nothing is recorded of case:42.\n", "")
