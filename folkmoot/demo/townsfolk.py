"""The invented people of the demo place: who holds which post, who lives where, who is linked to whom.

Names are words of the sea used as family names; phones are numbers of one made-up block. A phone belongs to
one person in all files, so it is the key by which a loader knows that two posts have one holder.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

Row = dict[str, str]
Words = dict[str, Any]

PHONE_BLOCK = "+861990000"
FIRST_PHONE_OF_TOWNSFOLK = 100
FIRST_PHONE_OF_ORGANIZATIONS = 9900

# Everybody took office before the year whose cases the demo tells; a vacant post fell vacant during it.
FIRST_TENURE, LAST_TENURE = date(2024, 1, 8), date(2025, 9, 30)
FIRST_VACANCY, LAST_VACANCY = date(2025, 10, 9), date(2026, 11, 2)


@dataclass(frozen=True)
class Someone:
    """An invented person."""

    name: str
    name_zh: str
    phone: str = ""


NOBODY = Someone("", "")


class Townsfolk:
    """Invents people, no two with the same name or phone, and dates."""

    def __init__(self, words: Words, chance: Random) -> None:
        self.chance = chance
        self.family = [name.split() for name in words["family_names"]]
        self.given = [name.split() for name in words["given_names"]]
        self.taken: set[str] = set()
        self.next_phone = FIRST_PHONE_OF_TOWNSFOLK
        cast = (Someone(c["name"], c["name_zh"], phone(n)) for n, c in enumerate(words["cast"], start=1))
        self.cast = {someone.name: someone for someone in cast}

    def newcomer(self, *, has_phone: bool = True) -> Someone:
        """Somebody not met before."""
        name, name_zh = self.new_name()
        number = ""
        if has_phone:
            number, self.next_phone = phone(self.next_phone), self.next_phone + 1
        return Someone(name, name_zh, number)

    def new_name(self) -> tuple[str, str]:
        """A name that is new in both languages."""
        while True:
            family_zh, family = self.chance.choice(self.family)
            given = self.chance.sample(self.given, self.chance.choice((1, 2, 2)))
            sounds = [sound for _, sound in given]
            joint = "'" if sounds[-1][0] in "aeo" else ""
            name = f"{family} {joint.join(sounds).capitalize()}"
            name_zh = family_zh + "".join(sign for sign, _ in given)
            if not {name, name_zh} & self.taken:
                self.taken |= {name, name_zh}
                return name, name_zh

    def day(self, first: date = FIRST_TENURE, last: date = LAST_TENURE) -> str:
        """A day between two days."""
        return (first + timedelta(days=self.chance.randint(0, (last - first).days))).isoformat()


def phone(number: int) -> str:
    """The made-up phone with this number in the block."""
    return f"{PHONE_BLOCK}{number:04d}"


class Posts:
    """Collects the rows of posts.csv."""

    def __init__(self, folk: Townsfolk) -> None:
        self.folk = folk
        self.rows: list[Row] = []
        self.holders: dict[tuple[str, str], list[Someone]] = {}

    def add(
        self,
        role: str,
        area: str,
        titles: tuple[str, str],
        holder: Someone,
        organization: str = "",
        *,
        since: str = "",
    ) -> None:
        """One post, held by somebody or vacant since a day: `since`, or one by chance."""
        if not since:
            since = self.folk.day() if holder is not NOBODY else self.folk.day(FIRST_VACANCY, LAST_VACANCY)
        self.holders.setdefault((role, area), []).append(holder)
        self.rows.append(
            {
                "role": role, "area": area, "organization": organization,
                "title": titles[0], "title_zh": titles[1],
                "person": holder.name, "person_zh": holder.name_zh, "phone": holder.phone, "since": since,
            }
        )  # fmt: skip

    def held(self, role: str, area: str) -> list[Someone]:
        """Who holds posts of this role in this area."""
        return [holder for holder in self.holders.get((role, area), []) if holder is not NOBODY]


def fill_posts(words: Words, areas: Sequence[Row], organizations: Sequence[Row], folk: Townsfolk) -> Posts:
    """Every post of the place, from the overseers down to the linked party members."""
    posts = Posts(folk)
    of_level = {level: [a for a in areas if a["level"] == level] for level in ("village", "grid", "unit")}
    fill_township(words, posts)
    for index, village in enumerate(of_level["village"]):
        fill_village(village, posts, both=index % 4 == 3)
    known = draw_vacant(of_level["grid"], words["vacant"]["grid_chiefs"], folk, {"pb-07": folk.cast["Guo"]})
    for grid in of_level["grid"]:
        titles = (f"Chief of {grid['name']}", f"{grid['name_zh']}网格长")
        posts.add("grid_chief", grid["code"], titles, known.get(grid["code"]) or folk.newcomer())
    fixed = {"pb-07-3": folk.cast["Hua"], "pb-07-4": NOBODY}
    known = draw_vacant(of_level["unit"], words["vacant"]["units"] - 1, folk, fixed)
    for unit in of_level["unit"]:
        titles = (f"Unit chief, {unit['name']}", f"{unit['name_zh']}单元长")
        posts.add("unit_chief", unit["code"], titles, known.get(unit["code"]) or folk.newcomer())
    for village, words_of_village in zip(of_level["village"], words["villages"], strict=True):
        fill_representatives(village, words_of_village["representatives"], posts)
    fill_party_members(of_level["grid"], of_level["unit"], organizations, posts)
    return posts


def draw_vacant(
    areas: Sequence[Row], count: int, folk: Townsfolk, fixed: dict[str, Someone]
) -> dict[str, Someone]:
    """The chiefs known beforehand: those fixed by the story, and nobody in so many other areas."""
    others = [area["code"] for area in areas if area["code"] not in fixed]
    return fixed | dict.fromkeys(folk.chance.sample(others, count), NOBODY)


def fill_township(words: Words, posts: Posts) -> None:
    """The two overseers of the district, the officers of the township and the heads of its organizations."""
    folk, district, township = posts.folk, words["district"], words["township"]
    titles = (f"Overseer of {district['name']}", f"{district['name_zh']}上级监督人")
    posts.add("overseer", district["code"], titles, folk.newcomer())
    # Whoever appoints on the level below needs a second one. His day is not by chance: the other rows stay as they are.
    posts.add("overseer", district["code"], titles, folk.cast["Kai"], since=FIRST_TENURE.isoformat())
    for holder in (folk.cast["Chen"], folk.newcomer(), folk.newcomer()):
        titles = (f"{township['name']} officer", f"{township['name_zh']}干部")
        posts.add("township_officer", township["code"], titles, holder, "lt-grid")
    for organization in words["organizations"]:
        titles = (organization["head"], organization["head_zh"])
        posts.add("department_head", township["code"], titles, folk.newcomer(), organization["code"])


def fill_village(village: Row, posts: Posts, *, both: bool) -> None:
    """The secretary and the director of a village; in some villages one person is both."""
    code = village["code"]
    secretary = posts.folk.cast["Bei"] if code == "pb" else posts.folk.newcomer()
    titles = (f"Secretary of {village['name']}", f"{village['name_zh']}党支部书记")
    posts.add("village_secretary", code, titles, secretary, f"{code}-branch")
    director = secretary if both else posts.folk.newcomer()
    titles = (f"Director of the {village['name']} committee", f"{village['name_zh']}委会主任")
    posts.add("village_director", code, titles, director, f"{code}-committee")


def fill_representatives(village: Row, count: int, posts: Posts) -> None:
    """The villagers' representatives; one in six is a unit chief too."""
    chiefs = [
        holder
        for (role, area), holders in posts.holders.items()
        if role == "unit_chief" and area.startswith(f"{village['code']}-")
        for holder in holders
        if holder is not NOBODY
    ]
    also_chiefs = posts.folk.chance.sample(chiefs, count // 6)
    titles = (f"Representative, {village['name']}", f"{village['name_zh']}村民代表")
    for seat in range(count):
        holder = also_chiefs[seat] if seat < len(also_chiefs) else posts.folk.newcomer()
        posts.add("representative", village["code"], titles, holder)


def fill_party_members(
    grids: Sequence[Row], units: Sequence[Row], organizations: Sequence[Row], posts: Posts
) -> None:
    """Two party members in every grid; two in five serve as a chief there too."""
    group_of = {o["area"]: o["code"] for o in organizations if o["kind"] == "party_group"}
    for grid in grids:
        code = grid["code"]
        chiefs = posts.held("grid_chief", code)
        for unit in units:
            chiefs += posts.held("unit_chief", unit["code"]) if unit["parent"] == code else []
        also_chiefs = iter(posts.folk.chance.sample(chiefs, 2))
        titles = (f"Party member, {grid['name']}", f"{grid['name_zh']}党员")
        for _ in range(2):
            serves = posts.folk.chance.random() < 0.4
            holder = next(also_chiefs) if serves else posts.folk.newcomer()
            posts.add("party_member", code, titles, holder, group_of.get(code, f"{grid['parent']}-branch"))


def settle_households(words: Words, areas: Sequence[Row], folk: Townsfolk) -> list[Row]:
    """Two to four households in every unit, and some on house boats that no unit counts yet."""
    village_of = {village["code"]: village for village in words["villages"]}
    rows: list[Row] = []
    for unit in (area for area in areas if area["level"] == "unit"):
        village, number = village_of[unit["code"].split("-")[0]], 0
        for index in range(folk.chance.choice((2, 3, 3, 3, 4))):
            number += 3 if not index else folk.chance.choice((1, 2, 4))
            code = f"{unit['code']}-h{index + 1}"
            representative = folk.cast["Amal"] if code == "pb-07-3-h1" else None
            address = f"{number} {unit['name']}, {village['short']}"
            address_zh = f"{village['short_zh']}村{unit['name_zh']}{number}号"
            rows.append(household(code, unit["code"], (address, address_zh), representative, folk))
    for number in range(1, words["households_without_unit"] + 1):
        village = folk.chance.choice(words["villages"])
        address = f"House boat {number}, {village['short']}"
        address_zh = f"{village['short_zh']}村{number}号船屋"
        rows.append(household(f"boat-h{number}", "", (address, address_zh), None, folk))
    return rows


def household(
    code: str, area: str, addresses: tuple[str, str], representative: Someone | None, folk: Townsfolk
) -> Row:
    """One household; one in twelve left a phone."""
    someone = representative or folk.newcomer(has_phone=folk.chance.random() < 1 / 12)
    return {
        "code": code, "area": area, "address": addresses[0], "address_zh": addresses[1],
        "representative": someone.name, "representative_zh": someone.name_zh, "phone": someone.phone,
        "members": str(folk.chance.choice((1, 2, 2, 3, 3, 4, 4, 5, 6))),
    }  # fmt: skip


def link_households(words: Words, households: Sequence[Row], posts: Posts) -> Iterator[Row]:
    """Link every party member to two or three households of the same grid, Amal's among them."""
    chance, count = posts.folk.chance, words["household_links"]
    of_grid: dict[str, list[Row]] = {}
    for home in households:
        of_grid.setdefault(home["area"].rpartition("-")[0], []).append(home)
    for homes in of_grid.values():
        chance.shuffle(homes)
        homes.sort(key=lambda home: home["representative"] == "Amal")
    members = [row for row in posts.rows if row["role"] == "party_member"]
    with_third = set(chance.sample(range(len(members)), count - 2 * len(members)))
    for index, member in enumerate(members):
        for _ in range(3 if index in with_third else 2):
            home = of_grid[member["area"]].pop()
            yield {"household": home["code"], "member_phone": member["phone"], "since": posts.folk.day()}
