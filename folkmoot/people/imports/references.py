"""Codes and phones by which the rows of a file mean what is here already, looked up in batches."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from folkmoot.areas.imports import Fault
from folkmoot.base.errors import Refused, Sentence
from folkmoot.people.models import Account, Person
from folkmoot.people.phones import hash_of_phone, normal_phone

BATCH = 2_000


def batches(things: Iterable[Any]) -> Iterator[list[Any]]:
    """The things in lists of at most BATCH."""
    batch: list[Any] = []
    for thing in things:
        batch.append(thing)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def is_phone(typed: str) -> bool:
    try:
        return bool(normal_phone(typed))
    except Refused:
        return False


class Codes:
    """The codes of one column: noted row by row, found together, then asked for the id behind each."""

    def __init__(self, column: str, rows: models.QuerySet[Any], missing: Sentence) -> None:
        self.column, self.missing = column, missing
        self.ids: dict[str, int] = {}
        self._rows = rows
        self._lines: dict[str, list[int]] = {}

    def note(self, line: int, code: str) -> None:
        if code:
            self._lines.setdefault(code, []).append(line)

    def find(self) -> None:
        """Looks up what was noted. One query for each batch."""
        for codes in batches(self._lines):
            self.ids |= dict(self._rows.filter(code__in=codes).order_by().values_list("code", "pk"))

    def faults(self) -> Iterator[Fault]:
        """One fault for each row whose code means nothing."""
        for code in self._lines.keys() - self.ids.keys():
            for line in self._lines[code]:
                yield Fault(line, self.column, self.missing, {"code": code})

    def __getitem__(self, code: str) -> int:
        return self.ids[code]

    def id_of(self, code: str) -> int | None:
        return self.ids.get(code)


class Persons:
    """The people whom the rows name: by phone the same person every time, without a phone somebody new."""

    def __init__(self, column: str = "phone") -> None:
        self.column = column
        self.ids: dict[str, int] = {}
        self._names: dict[str, tuple[int, str, str]] = {}

    def note(self, line: int, typed: str, name: str, name_zh: str) -> Iterator[Fault]:
        """Notes who is meant; the faults of number and name."""
        try:
            phone = normal_phone(typed)
        except Refused as refusal:
            yield Fault(line, self.column, refusal.sentence)
            return
        first, *names = self._names.setdefault(phone, (line, name, name_zh))
        if (name or name_zh) and names != [name, name_zh]:
            there = {"first": first}
            yield Fault(line, self.column, _("line %(first)d gives this number to another name"), there)

    def find(self) -> Iterator[Fault]:
        """Looks up those who are here already; an operator is a fault."""
        for phones in batches(self._names):
            hashes = {hash_of_phone(phone): phone for phone in phones}
            known = Person.objects.filter(phone_hash__in=list(hashes)).values_list("phone_hash", "pk")
            self.ids |= {hashes[str(found)]: pk for found, pk in known}
        operators = set(Account.objects.filter(is_operator=True).values_list("person", flat=True))
        for phone, pk in self.ids.items():
            if pk in operators:
                yield Fault(self._names[phone][0], self.column, _("this is the operator, who holds no post"))

    def add_all(self) -> None:
        """Saves everybody with a phone who is not here yet."""
        fresh = [phone for phone in self._names if phone not in self.ids]
        for phones in batches(fresh):
            people = [
                Person(
                    name=self._names[phone][1],
                    name_zh=self._names[phone][2],
                    phone=phone,
                    phone_hash=hash_of_phone(phone),
                )
                for phone in phones
            ]
            Person.objects.bulk_create(people)
            self.ids |= {phone: person.pk for phone, person in zip(phones, people, strict=True)}

    def __getitem__(self, typed: str) -> int:
        return self.ids[normal_phone(typed)]

    def id_of(self, typed: str) -> int | None:
        """The person with a phone of the file, once all are saved."""
        return self.ids.get(normal_phone(typed)) if typed else None
