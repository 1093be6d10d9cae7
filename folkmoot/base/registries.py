"""What must point upward registers here, in `AppConfig.ready()` and nowhere else.

| registry | a lower app asks | an upper app answers |
|---|---|---|
| `deliver` | send this code to this phone; tell these people | channels |
| `panels` | a section for the page of a place or post | cases, later apps |
| `origins` | title and address of (kind, reference) | the app that owns the kind |
| `personal_data` | what do you hold of this person; erase it | every app with personal rows |
| `due_work` | the clock has moved: do what is due | cases, channels, journal |
| `slow_work` | as `due_work`, where others' machines are asked and may keep us waiting | ballots, journal |
| `area_changes` | this area has become that one | people, cases |
| `area_contents` | what stands on these areas: name and number | people, cases |
| `inbound` | a message came in: whose is it? | cases, later apps |
| `notices` | subject and body of a kind of message | every app that sends one; channels reads them |
| `error_forms` | an address under this path failed: say so in its own form | cases (Open311) |
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from django.http import HttpResponse

from folkmoot.base.errors import Sentence

Entry = TypeVar("Entry")


class Registry(Generic[Entry]):
    """Named entries in the order of registration. Raises ValueError on a name taken twice."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._entries: dict[str, Entry] = {}

    def register(self, name: str, entry: Entry) -> None:
        if name in self._entries:
            raise ValueError(f"{self.name} {name!r} is registered twice")
        self._entries[name] = entry

    def __getitem__(self, name: str) -> Entry:
        return self._entries[name]

    def __iter__(self) -> Iterator[tuple[str, Entry]]:
        return iter(self._entries.items())

    def __contains__(self, name: str) -> bool:
        return name in self._entries


@dataclass(frozen=True)
class Fate:
    """What becomes of one table when a person is erased: a row of docs/reference/erasure.md, which a test tries.

    Shapes: `table` is the label of a model; `fields` those that are meant, none for the whole row. Untied: the row
    stays without leading to her.
    """

    table: str
    fields: tuple[str, ...]
    becomes: Literal["erased", "untied", "kept"]
    why: str = ""


class PersonalData:
    """What one app holds of a person. `export` gives JSON-ready rows by heading; `erase` clears them and
    returns one line per heading for her table of what is erased, kept or aggregated; `fates` is that table in general."""

    def __init__(
        self,
        export: Callable[[int], dict[str, Any]],
        erase: Callable[[int], list[tuple[str, str, int]]],
        fates: Sequence[Fate] = (),
    ) -> None:
        self.export = export
        self.erase = erase
        self.fates = fates


deliver: Registry[Callable[..., object]] = Registry("deliver")
panels: Registry[Callable[..., str]] = Registry("panel")
origins: Registry[Callable[[str], tuple[str, str] | None]] = Registry("origin")
personal_data: Registry[PersonalData] = Registry("personal data")
due_work: Registry[Callable[[], int]] = Registry("due work")
slow_work: Registry[Callable[[], int]] = Registry("slow work")
area_changes: Registry[Callable[..., None]] = Registry("area change")
area_contents: Registry[Callable[[Sequence[int]], tuple[Sentence, int]]] = Registry("area content")
inbound: Registry[Callable[..., bool]] = Registry("inbound handler")
notices: Registry[tuple[Sentence, Sentence]] = Registry("notice")
error_forms: Registry[Callable[..., HttpResponse]] = Registry("error form")
