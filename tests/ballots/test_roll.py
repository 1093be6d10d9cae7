"""The roll: from the people app by area and post, and from a file with every bad row named."""

from collections.abc import Callable
from pathlib import Path

import pytest

from folkmoot.areas.services import Result
from folkmoot.ballots import queries, services
from folkmoot.ballots.models import RollEntry
from folkmoot.base.actors import Actor
from folkmoot.base.errors import NotFound, Refused
from folkmoot.people.models import Role
from folkmoot.people.phones import hash_of_phone
from tests.factories.ballots import Voting, person_on_roll
from tests.factories.island import Island
from tests.factories.people import HouseholdFactory, HouseholdMemberFactory, PersonFactory

PHONE = "+8613800138009"


@pytest.fixture
def draft(voting: Callable[..., Voting]) -> Voting:
    return voting({"members": 0, "residents": 0})


def import_file(draft: Voting, folder: Path, *lines: str, **said: bool) -> Result:
    path = folder / "roll.csv"
    path.write_text("\n".join(("stratum,name,name_zh,phone", *lines)), encoding="utf-8")
    return draft.import_roll(path=path, **said)


def names(draft: Voting, code: str) -> list[str]:
    return sorted(str(entry) for entry in draft.entries(code))


def test_fill_roll_takes_residents_and_holders_of_posts(draft: Voting, island: Island) -> None:
    household = HouseholdFactory.create(area=island["U112"])
    HouseholdMemberFactory.create(household=household, person=island.mei)
    HouseholdMemberFactory.create(household=household, person=island.dou, is_confirmed=False)
    far = HouseholdFactory.create(area=island["U211"])
    HouseholdMemberFactory.create(household=far, person=PersonFactory.create())
    chiefs = [Role.UNIT_CHIEF, Role.GRID_CHIEF]
    area = island["V1"]
    assert draft.fill_roll(stratum=draft.stratum("members"), area=area, roles=chiefs) == 4
    assert draft.fill_roll(stratum=draft.stratum("residents"), area=area, with_residents=True) == 1
    assert names(draft, "members") == ["Guo", "Hua", "Mei", "Nan"]
    assert names(draft, "residents") == ["Amal"]  # Mei stays where she was put first


def test_fill_roll_again_adds_nobody_twice(draft: Voting, island: Island) -> None:
    for added in (4, 0):
        assert draft.fill_roll(
            stratum=draft.stratum("members"), area=island["V1"], roles=[Role.UNIT_CHIEF, Role.GRID_CHIEF]
        ) == added  # fmt: skip


def test_import_roll_ties_known_phones_and_keeps_no_other(draft: Voting, tmp_path: Path) -> None:
    known = PersonFactory.create(name="Wren", phone=PHONE, phone_hash=hash_of_phone(PHONE))
    result = import_file(draft, tmp_path, f"members,,,{PHONE}", "residents,Iris,鸢尾,+8613800138010")
    assert (result.rows, result.fault_count, result.counts.added) == (2, 0, 2)
    entry = RollEntry.objects.get(poll=draft.poll, stratum__code="members")
    assert (entry.person, entry.name) == (known, "")
    other = RollEntry.objects.get(poll=draft.poll, stratum__code="residents")
    assert (other.person, other.name, other.name_zh) == (None, "Iris", "鸢尾")


def test_import_roll_names_every_bad_row_and_imports_nothing(
    draft: Voting, tmp_path: Path, island: Island
) -> None:
    island.amal.phone, island.amal.phone_hash = PHONE, hash_of_phone(PHONE)
    island.amal.save()
    person_on_roll(draft, island.amal)
    result = import_file(
        draft, tmp_path, "residents,Iris,,", "nowhere,Ash,,", "residents,,,", "residents,Iris,,",
        f"members,,,{PHONE}", "members,Oak,,12", ",Elm,,",
    )  # fmt: skip
    faults = [(fault.line, fault.column, fault.sentence) for fault in result.faults]
    assert faults == [
        (3, "stratum", "there is no group “nowhere”; known are: members, residents"),
        (4, "name", "nobody here has this phone, so a name is needed"),
        (5, "name", "this name is on the roll already; add what tells the two apart"),
        (6, "phone", "this person is on the roll already"),
        (7, "phone", faults[4][2]),
        (8, "stratum", "is empty"),
    ]
    assert result.counts is None
    assert RollEntry.objects.filter(poll=draft.poll).count() == 1


def test_import_roll_takes_good_rows_on_request_and_none_in_a_dry_run(draft: Voting, tmp_path: Path) -> None:
    rows = ("residents,Iris,,", "nowhere,Ash,,")
    assert import_file(draft, tmp_path, *rows, is_dry_run=True).counts is None
    assert import_file(draft, tmp_path, *rows, takes_good_rows=True).counts.added == 1
    assert names(draft, "residents") == ["Iris"]


def test_roll_is_frozen_once_slips_are_printed(voting, printed, island: Island) -> None:
    made = voting({"residents": 20}, channels={"has_slips": True})
    made.print_slips(printed, {"residents": 20})
    entry = made.entries("residents")[0]
    for act, said in (
        (services.remove_entry, {"entry": entry}),
        (services.fill_roll, {"stratum": entry.stratum, "area": island["V1"], "with_residents": True}),
        (services.add_stratum, {"code": "new", "label": "New"}),
        (services.remove_paper, {"paper": made.paper}),
    ):
        with pytest.raises(Refused, match="Drop the slips first"):
            act(actor=made.chair, poll=made.reload(), **said)
    made.drop_slips()
    made.remove_entry(entry=entry)
    assert len(made.entries("residents")) == 19


def test_get_roll_is_for_desk_and_organiser(draft: Voting, acting: Callable[..., Actor]) -> None:
    assert list(queries.get_roll(draft.chair, draft.poll)) == []
    for actor in (acting("amal"), acting("guo", "grid_chief"), acting("oya", "other_secretary")):
        with pytest.raises(NotFound):
            queries.get_roll(actor, draft.poll)
