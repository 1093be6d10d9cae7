"""Organizations, posts, households and links from files."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest

from folkmoot.areas.services import import_file
from folkmoot.areas.services.import_file import Result
from folkmoot.base.actors import Actor
from folkmoot.base.errors import NotAllowed
from folkmoot.people.actors import actor_for
from folkmoot.people.models import (
    Household,
    HouseholdLink,
    HouseholdMember,
    Organization,
    Person,
    Post,
    Role,
    Tenure,
)
from folkmoot.people.phones import hash_of_phone
from tests.factories.island import Island
from tests.factories.people import PersonFactory
from tests.people.conftest import give_phone

POSTS = "role,area,organization,title,title_zh,person,person_zh,phone,since\n"
HOUSEHOLDS = "code,area,address,address_zh,representative,representative_zh,phone,members\n"
ORGANIZATIONS = "code,kind,area,parent,name,name_zh,phone_public\n"
LINKS = "household,member_phone,since\n"


@pytest.fixture
def bring(island: Island, tmp_path: Path) -> Callable[..., Result]:
    """Imports a text as a file of some kind, as the operator."""

    def run(kind: str, text: str, actor: Actor | None = None, **options: bool) -> Result:
        path = tmp_path / f"{kind}.csv"
        path.write_text(text, encoding="utf-8")
        return import_file(actor=actor or actor_for(island.operator.account), kind=kind, path=path, **options)

    return run


def faults(result: Result) -> list[tuple[int, str, str]]:
    return [(fault.line, fault.column, fault.sentence) for fault in result.faults]


def counts(result: Result) -> tuple[int, int, int]:
    assert faults(result) == []
    assert result.counts is not None
    return result.counts.added, result.counts.changed, result.counts.unchanged


def test_import_organizations_takes_upper_ones_from_the_same_file(bring: Callable, island: Island) -> None:
    rows = "low,party_group,G11,up,Group,小组,\nup,party,V1,,Branch,支部,0100\n"
    assert counts(bring("organizations", ORGANIZATIONS + rows)) == (2, 0, 0)
    low = Organization.objects.get(code="low")
    assert (low.parent.code, low.area, low.kind, low.name_zh) == ("up", island["G11"], "party_group", "小组")
    assert counts(bring("organizations", ORGANIZATIONS + rows.replace("0100", "0101"))) == (0, 1, 1)
    assert Organization.objects.get(code="up").phone_public == "0101"


def test_import_organizations_names_its_faults(bring: Callable) -> None:
    text = (
        "a,party,V1,b,A,,\nb,party,V1,a,B,,\nc,club,V1,,C,,\nd,party,nowhere,,D,,\ne,party,V1,zz,E,,\n"
        "e,party,V1,,E,,\n"
    )
    kinds = "committee, department, enterprise, government, other, party, party_group, school"
    assert faults(bring("organizations", ORGANIZATIONS + text)) == [
        (2, "parent", "stands above and below itself"),
        (3, "parent", "stands above and below itself"),
        (4, "kind", f"“club” is none of: {kinds}"),
        (5, "area", "there is no area “nowhere”"),
        (6, "parent", "there is no organization “zz”"),
        (7, "code", "“e” is already on line 6"),
    ]  # fmt: skip
    assert Organization.objects.count() == 1


def test_import_posts_fills_and_leaves_vacant(
    bring: Callable, island: Island, at: Callable[[str], datetime]
) -> None:
    at("2026-11-20 09:00")
    rows = (
        "department_head,T,WATER,Second head,副站长,Ren,仁,100 0000 0042,2026-01-05\n"
        "party_member,V1,,,,,,,2026-03-01\n"
    )
    assert counts(bring("posts", POSTS + rows)) == (2, 0, 0)
    head = Post.objects.get(title="Second head")
    assert (head.organization, head.vacant_since, head.title_zh) == (island.water, None, "副站长")
    tenure = head.tenures.get()
    assert (tenure.person.name, tenure.person.phone, tenure.since) == (
        "Ren",
        "+8610000000042",
        date(2026, 1, 5),
    )
    vacant = Post.objects.get(role=Role.PARTY_MEMBER)
    assert (vacant.vacant_since, vacant.title) == (date(2026, 3, 1), "Linked party member, North Cove")


def test_import_posts_fills_a_post_that_nobody_has_held(bring: Callable, island: Island) -> None:
    row = f"grid_chief,G12,,{island.vacant_G12.title},,Ren,仁,,\n"
    assert counts(
        bring(
            "posts",
            POSTS + f"{row.replace(island.vacant_G12.title, chr(34) + island.vacant_G12.title + chr(34))}",
        )
    ) == (0, 1, 0)
    island.vacant_G12.refresh_from_db()
    assert island.vacant_G12.vacant_since is None
    assert island.vacant_G12.tenures.get().person.name == "Ren"


def test_import_posts_gives_one_person_several_posts(bring: Callable, island: Island) -> None:
    give_phone(island.bei, "+8610000000042")
    rows = (
        "party_member,V1,,First,,Bei,贝,+8610000000042,2026-01-05\n"
        "party_member,V1,,Second,,Bei,贝,10000000042,2026-01-05\n"
    )
    assert counts(bring("posts", POSTS + rows)) == (2, 0, 0)
    assert Tenure.objects.filter(person=island.bei).count() == 3
    assert Person.objects.filter(phone_hash=hash_of_phone("+8610000000042")).get() == island.bei


def test_import_posts_never_replaces_a_holder(bring: Callable, island: Island) -> None:
    title = island.secretary.title
    same, other = (f'village_secretary,V1,,"{title}",,{name},,,\n' for name in ("Bei", "Ren"))
    assert counts(bring("posts", POSTS + same)) == (0, 0, 1)
    assert faults(bring("posts", POSTS + other)) == [
        (2, "person", "somebody has held this post; it changes hands by an appointment")
    ]
    assert island.secretary.tenures.get().person == island.bei


def test_import_posts_names_its_faults(
    bring: Callable, island: Island, at: Callable[[str], datetime]
) -> None:
    at("2026-11-20 09:00")
    give_phone(island.operator, "+8610000000077")
    rows = (
        "king,V1,,,,,,,\n"
        "party_member,nowhere,,,,,,,\n"
        "party_member,V1,nothing,,,,,,\n"
        "party_member,V1,,a,,Ren,,12,\n"
        "party_member,V1,,b,,Ren,,10000000055,\n"
        "party_member,V1,,c,,Wu,,10000000055,\n"
        "party_member,V1,,d,,,,10000000056,\n"
        "party_member,V1,,e,,Op,,10000000077,\n"
        "party_member,V1,,f,,Ren,,,2026-11-21\n"
        "unit_chief,U121,,g,,,,,\n"
        "unit_chief,U121,,h,,,,,\n"
    )
    found = faults(bring("posts", POSTS + rows))
    roles = (
        "department_head, grid_chief, overseer, party_member, representative, township_officer, unit_chief, "
        "village_director, village_secretary"
    )
    assert found == [
        (2, "role", f"“king” is none of: {roles}"),
        (3, "area", "there is no area “nowhere”"),
        (4, "organization", "there is no organization “nothing”"),
        (5, "phone", "This is not a whole phone number. Please check each digit."),
        (7, "phone", "line 6 gives this number to another name"),
        (8, "person", "is empty, but there is a phone"),
        (9, "phone", "this is the operator, who holds no post"),
        (10, "since", "is a day still to come"),
        (12, "role", "line 11 has this post of the area already"),
    ]
    assert Post.objects.filter(role=Role.PARTY_MEMBER).count() == 0


def test_import_households_takes_those_without_a_unit(bring: Callable, island: Island) -> None:
    rows = (
        'h1,U111,"3 Net Lane",渔网巷3号,Ada,阿达,100 0000 0001,4\n'
        "boat,,House boat,船屋,Ula,乌拉,,2\n"
    )  # fmt: skip
    assert counts(bring("households", HOUSEHOLDS + rows)) == (2, 0, 0)
    first, boat = (Household.objects.get(code=code) for code in ("h1", "boat"))
    assert (first.area, first.key, first.members, first.representative.name) == (
        island["U111"], "3netlane", 4, "Ada",
    )  # fmt: skip
    assert (boat.area, boat.representative.name_zh, boat.representative.phone) == (None, "乌拉", "")
    home = HouseholdMember.objects.get(household=first)
    assert (home.person, home.is_confirmed) == (first.representative, True)
    people = Person.objects.count()
    assert counts(bring("households", HOUSEHOLDS + rows)) == (0, 0, 2)
    assert counts(bring("households", HOUSEHOLDS + rows.replace(",4", ",5"))) == (0, 1, 1)
    assert Person.objects.count() == people


def test_import_households_names_its_faults(bring: Callable) -> None:
    rows = "h1,nowhere,Net Lane,,,,,\nh2,U111,,,,,,\nh3,U111,A,,,,10000000001,x\nh3,U111,A,,Ada,,1,1001\n"
    assert faults(bring("households", HOUSEHOLDS + rows)) == [
        (2, "area", "there is no area “nowhere”"),
        (3, "address", "is empty"),
        (4, "members", "“x” is no whole number"),
        (5, "code", "“h3” is already on line 4"),
        (5, "members", "is more than 1000"),
        (5, "phone", "This is not a whole phone number. Please check each digit."),
    ]
    assert Household.objects.count() == 1


def test_import_links_leaves_an_ended_link_ended(bring: Callable, island: Island) -> None:
    give_phone(island.mei, "+8610000000042")
    row = f"{island.household.code},10000000042,2026-02-01\n"
    assert counts(bring("household_links", LINKS + row)) == (1, 0, 0)
    link = HouseholdLink.objects.get()
    assert (link.household, link.member, link.since) == (island.household, island.mei, date(2026, 2, 1))
    HouseholdLink.objects.update(until=date(2026, 3, 1), ended_by_household=True)
    assert counts(bring("household_links", LINKS + row)) == (0, 0, 1)
    assert HouseholdLink.objects.get().until == date(2026, 3, 1)


def test_import_links_names_its_faults(bring: Callable, island: Island) -> None:
    give_phone(island.mei, "+8610000000042")
    row = f"{island.household.code},10000000042,\n"
    rows = f"nothing,10000000042,\n{island.household.code},10000000043,\n{row}{row}"
    assert faults(bring("household_links", LINKS + rows)) == [
        (2, "household", "there is no household “nothing”"),
        (3, "member_phone", "nobody here has this number"),
        (5, "household", "line 4 has this link already"),
    ]
    assert HouseholdLink.objects.count() == 0


def test_import_is_the_operators(bring: Callable, island: Island) -> None:
    for person in (island.bei, island.chen, island.amal):
        with pytest.raises(NotAllowed):
            bring("posts", POSTS, actor=actor_for(person.account))


def test_import_of_a_thousand_rows_asks_a_fixed_number_of_queries(
    bring: Callable, island: Island, django_assert_max_num_queries: Callable
) -> None:
    PersonFactory.create()
    rows = "".join(f"h{n},U111,{n} Net Lane,,R{n},,+86100000{n:05d},3\n" for n in range(1000))
    with django_assert_max_num_queries(60):
        assert counts(bring("households", HOUSEHOLDS + rows)) == (1000, 0, 0)
