"""Posts from a file, with those who hold them at the start.

A file fills posts that nobody has held. From then on a post changes hands by an appointment: a file is one
person's act, an appointment needs two.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from folkmoot.areas.imports import Column, Counts, Fault, Importer, Row
from folkmoot.areas.models import Area
from folkmoot.areas.queries import valid_areas
from folkmoot.base import clock
from folkmoot.people.imports.references import Codes, Persons, batches
from folkmoot.people.models import Organization, Person, Post, Role, Tenure, default_titles
from folkmoot.people.services.moving import ONE_OF_A_PLACE

Key = tuple[str, str, str, str]  # role, area, organization, title: rows alike are told apart by their order


@dataclass
class Standing:
    """A post that is here already, and who has held it last."""

    post_id: int
    was_held: bool = False
    phone_person: int | None = None
    name: str = ""


class PostImporter(Importer):
    """Posts of all roles; a row without a person is a vacant post, `since` the day since when."""

    label = _("Posts")
    columns = (
        Column("role", _("what the post is"), is_needed=True, choices=frozenset(Role.values), max_length=20),
        Column("area", _("the code of its area"), is_needed=True, max_length=40),
        Column("organization", _("the code of its organization, if it has one"), max_length=40),
        Column("title", _("what it is called in English; made from role and area if empty"), max_length=120),
        Column("title_zh", _("what it is called in Chinese"), max_length=120),
        Column("person", _("who holds it; empty while it is vacant"), max_length=80),
        Column("person_zh", _("the same name in Chinese"), max_length=80),
        Column("phone", _("the mobile phone by which that person signs in"), max_length=30),
        Column("since", _("the first day of the holder, or of the vacancy; today if empty"), kind="date"),
    )

    def __init__(self) -> None:
        self.areas = Codes("area", valid_areas(), _("there is no area “%(code)s”"))
        organizations = Organization.objects.filter(closed_on=None)
        self.organizations = Codes("organization", organizations, _("there is no organization “%(code)s”"))
        self.persons = Persons()
        self.keys: dict[int, Key] = {}
        self.holders: dict[int, tuple[str, str]] = {}  # line: phone, name
        self.standing: dict[Key, list[Standing]] = defaultdict(list)

    def meet(self, line: int, row: Row) -> None:
        self.areas.note(line, row["area"])
        self.organizations.note(line, row["organization"])
        self.keys[line] = _key(row)

    def check(self, line: int, row: Row) -> Iterator[Fault]:
        if row["since"] and date.fromisoformat(row["since"]) > clock.today():
            yield Fault(line, "since", _("is a day still to come"))
        if not row["person"] and not row["person_zh"]:
            if row["phone"]:
                yield Fault(line, "person", _("is empty, but there is a phone"))
            return
        if row["phone"]:
            yield from self.persons.note(line, row["phone"], row["person"], row["person_zh"])
        self.holders[line] = (row["phone"], row["person"] or row["person_zh"])

    def check_whole(self) -> Iterator[Fault]:
        self.areas.find()
        self.organizations.find()
        yield from self.areas.faults()
        yield from self.organizations.faults()
        yield from self.persons.find()
        self._find_standing()
        yield from self._doubled()
        for line, standing in self._standing_by_line().items():
            if line in self.holders and standing.was_held and not self._is_same(line, standing):
                reason = _("somebody has held this post; it changes hands by an appointment")
                yield Fault(line, "person", reason)

    def _find_standing(self) -> None:
        for ids in batches(self.areas.ids.values()):
            posts = Post.objects.filter(area_id__in=ids, closed_on=None)
            held = Tenure.objects.filter(post__in=posts, is_deputy=False).order_by("since")
            last = {tenure.post_id: tenure for tenure in held.select_related("person")}
            for post in posts.select_related("area", "organization").order_by("pk"):
                code = post.organization.code if post.organization else ""
                standing = Standing(post.pk)
                if post.pk in last:
                    person = last[post.pk].person
                    standing = Standing(post.pk, True, person.pk, person.name or person.name_zh)  # noqa: FBT003
                self.standing[(post.role, post.area.code, code, post.title)].append(standing)

    def _doubled(self) -> Iterator[Fault]:
        """A role that is there once in a place, twice in the file."""
        first: dict[tuple[str, str], int] = {}
        for line, (role, area, _organization, _title) in sorted(self.keys.items()):
            if role in ONE_OF_A_PLACE and first.setdefault((role, area), line) != line:
                there = {"first": first[role, area]}
                yield Fault(line, "role", _("line %(first)d has this post of the area already"), there)

    def _standing_by_line(self) -> dict[int, Standing]:
        left = {key: iter(posts) for key, posts in self.standing.items()}
        found = {}
        for line, key in sorted(self.keys.items()):
            if key in left and (standing := next(left[key], None)) is not None:
                found[line] = standing
        return found

    def _is_same(self, line: int, standing: Standing) -> bool:
        phone, name = self.holders[line]
        return self.persons.id_of(phone) == standing.phone_person if phone else name == standing.name

    def write(self, rows: Iterator[tuple[int, Row]]) -> Counts:
        self.persons.add_all()
        standing, counts = self._standing_by_line(), Counts()
        for batch in batches(rows):
            fresh = [(row, self._post(row)) for line, row in batch if line not in standing]
            Post.objects.bulk_create(post for _row, post in fresh)
            counts.added += len(fresh)
            filled = [(row, post.pk) for row, post in fresh]
            for line, row in batch:
                if line in standing and line in self.holders and not standing[line].was_held:
                    filled.append((row, standing[line].post_id))
                    counts.changed += 1
                elif line in standing:
                    counts.unchanged += 1
            self._fill(filled)
        return counts

    def _post(self, row: Row) -> Post:
        is_vacant = not row["person"] and not row["person_zh"]
        organization = self.organizations.id_of(row["organization"])
        post = Post(
            role=row["role"], area_id=self.areas[row["area"]], organization_id=organization,
            title=row["title"], title_zh=row["title_zh"],
            vacant_since=_day(row) if is_vacant else None,
        )  # fmt: skip
        if not post.title and not post.title_zh:
            place = (
                Organization.objects.get(pk=organization)
                if organization
                else Area.objects.get(pk=post.area_id)
            )
            post.title, post.title_zh = default_titles(post.role, place)
        return post

    def _fill(self, filled: Iterable[tuple[Row, int]]) -> None:
        """Gives each post to the person of its row."""
        held = [(row, post_id) for row, post_id in filled if row["person"] or row["person_zh"]]
        nameless = {
            post_id: Person(name=row["person"], name_zh=row["person_zh"])
            for row, post_id in held if not row["phone"]
        }  # fmt: skip
        Person.objects.bulk_create(nameless.values())
        Tenure.objects.bulk_create(
            Tenure(
                post_id=post_id, since=_day(row),
                person_id=nameless[post_id].pk if post_id in nameless else self.persons[row["phone"]],
            )
            for row, post_id in held
        )  # fmt: skip
        Post.objects.filter(pk__in=[post_id for _row, post_id in held]).update(vacant_since=None)


def _key(row: Row) -> Key:
    return row["role"], row["area"], row["organization"], row["title"]


def _day(row: Row) -> date:
    return date.fromisoformat(row["since"]) if row["since"] else clock.today()
