"""Checks a file whole: its header, each row by its columns, then the importer's own rules."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from folkmoot.areas.imports.faults import Fault, Faults, Unreadable
from folkmoot.areas.imports.importer import Column, Importer, Row
from folkmoot.areas.imports.tables import SURPLUS, Table, open_table

Progress = Callable[[str, int, int], None]  # phase ("check" or "write"), rows done, rows in all
ROWS_PER_STEP = 2_000


@dataclass
class Checked:
    """What the check of a file found."""

    rows: int
    faults: Faults
    is_read_whole: bool  # without that there are no good rows to speak of


def check_file(importer: Importer, path: Path, progress: Progress) -> Checked:
    """Checks every row of a file and the file as a whole; changes nothing."""
    faults, rows = Faults(), 0
    try:
        table = open_table(path)
        if faults.add(_header_faults(table.names, importer.columns)):
            return Checked(0, faults, is_read_whole=False)
        columns = RowChecker(importer.columns)
        for line, row in counted(_rows(table, importer.columns), "check", table.about_rows(), progress):
            rows += 1
            is_sound = columns.fit(row)
            row_faults = [] if is_sound else list(columns.faults_of(line, row))
            importer.meet(line, row)
            faults.add(row_faults or importer.check(line, row))
    except Unreadable as stop:
        faults.add([stop.fault])
        return Checked(rows, faults, is_read_whole=False)
    if not rows:
        faults.add([Fault(1, "", _("the file has no rows"))])
    faults.add(importer.check_whole())
    return Checked(rows, faults, is_read_whole=bool(rows))


def good_rows(importer: Importer, path: Path, bad_lines: set[int]) -> Iterator[tuple[int, Row]]:
    """The rows of a checked file, without those on `bad_lines`."""
    for line, row in _rows(open_table(path), importer.columns):
        if line not in bad_lines:
            yield line, row


def counted(
    rows: Iterator[tuple[int, Row]], phase: str, total: int, progress: Progress
) -> Iterator[tuple[int, Row]]:
    """The rows, telling `progress` every now and then how many have passed."""
    done = 0
    for done, row in enumerate(rows, start=1):
        yield row
        if done % ROWS_PER_STEP == 0:
            progress(phase, done, max(total, done))
    progress(phase, done, done)


def _rows(table: Table, columns: tuple[Column, ...]) -> Iterator[tuple[int, Row]]:
    """The rows with every column of the importer."""
    empty: Row = {column.name: "" for column in columns}
    for line, row in table.rows():
        yield line, empty | row


def _header_faults(names: list[str] | None, columns: tuple[Column, ...]) -> Iterator[Fault]:
    if names is None:
        return
    known = [column.name for column in columns]
    for name in dict.fromkeys(names):
        if name not in known:
            yield _unknown_column(1, name, known)
        elif names.count(name) > 1:
            yield Fault(1, name, _("this column is there twice"))
    for column in columns:
        if column.is_needed and column.name not in names:
            yield Fault(1, column.name, _("this column is missing"))


def _unknown_column(line: int, name: str, known: list[str]) -> Fault:
    near = get_close_matches(name, known, n=1)
    if near:
        return Fault(line, name, _("there is no such column; is “%(near)s” meant?"), {"near": near[0]})
    return Fault(line, name, _("there is no such column; known are: %(known)s"), {"known": ", ".join(known)})


class RowChecker:
    """Looks whether the values of a row fit their columns; nearly all do, so that is told first and fast."""

    def __init__(self, columns: tuple[Column, ...]) -> None:
        self.columns = {column.name: column for column in columns}
        self._plain = [(c.name, c.is_needed, c.max_length) for c in columns if c.is_plain]
        self._others = [(c.name, c) for c in columns if not c.is_plain]

    def fit(self, row: Row) -> bool:
        """Whether every value of the row fits its column."""
        if len(row) > len(self.columns):
            return False
        for name, is_needed, max_length in self._plain:
            value = row[name]
            if (is_needed and not value) or len(value) > max_length:
                return False
        for name, column in self._others:
            if column.fault_in(row[name]):
                return False
        return _is_readable("".join([value for value in row.values() if value.__class__ is str]))

    def faults_of(self, line: int, row: Row) -> Iterator[Fault]:
        """The faults of a row that does not fit; what cannot be read is made readable."""
        for name in [name for name in row if name not in self.columns]:
            value = row.pop(name)
            if name == SURPLUS:
                yield Fault(line, "", _("values beyond the header: %(more)d"), {"more": value})
            else:
                yield _unknown_column(line, name, list(self.columns))
        yield from _unreadable_values(line, row)
        for name, column in self.columns.items():
            if isinstance(row[name], str) and (fault := column.fault_in(row[name])):
                yield Fault(line, name, *fault)


def _is_readable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text


def _unreadable_values(line: int, row: Row) -> Iterator[Fault]:
    for name, value in row.items():
        if not isinstance(value, str) or _is_readable(value):
            continue
        place = next(i for i, letter in enumerate(value) if letter == "\0" or "\udc80" <= letter <= "\udcff")
        byte = f"0x{ord(value[place]) & 0xFF:02X}"
        where = {"byte": byte, "place": place + 1}
        yield Fault(line, name, _("is not written in UTF-8: byte %(byte)s at character %(place)d"), where)
        row[name] = value.encode("utf-8", "replace").decode().replace("\0", "?")
