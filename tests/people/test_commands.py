"""The first start: the operator's commands."""

from argparse import ArgumentParser
from types import ModuleType

import pytest

from folkmoot.base.errors import Refused
from folkmoot.cli import operator, overseer
from folkmoot.people.models import Account, Tenure
from tests.factories.island import Island


def run(command: ModuleType, *arguments: str) -> int:
    parser = ArgumentParser()
    command.add(parser)
    return int(command.run(parser.parse_args(arguments)))


def test_operator_makes_an_account_that_signs_in_by_code(
    db: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(operator, "100 0000 0042", "Op") == 0
    account = Account.objects.get()
    assert (account.is_operator, account.person.phone) == (True, "+8610000000042")
    assert capsys.readouterr().out == "Op is an operator. She signs in with a code to 100 0000 0042.\n"


def test_overseer_takes_the_top_of_the_place(island: Island, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(overseer, "100 0000 0042", "Ren") == 0
    assert Tenure.objects.get(person__name="Ren").post.area == island["D"]
    assert capsys.readouterr().out == "Ren is now: Overseer, Seven Capes.\n"


def test_overseer_needs_a_place(db: None) -> None:
    with pytest.raises(Refused, match="bring in its areas first"):
        run(overseer, "100 0000 0042", "Ren")


def test_commands_explain_a_number_that_is_none(db: None) -> None:
    with pytest.raises(Refused, match="not a whole phone number"):
        run(operator, "12", "Op")
