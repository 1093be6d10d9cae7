"""A file as rows, read in a stream: CSV, XLSX or GeoJSON, told apart by their first bytes."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from django.utils.translation import gettext_lazy as _

from folkmoot.areas.imports.faults import Unreadable
from folkmoot.areas.imports.features import FeatureTable
from folkmoot.areas.imports.importer import MAX_VALUE_CHARACTERS, Row
from folkmoot.areas.imports.sheets import SheetTable

SURPLUS = ""  # under this name a row keeps how many values it has beyond the header


class Table(Protocol):
    """Rows under names. `names` is None where each row brings its own (GeoJSON)."""

    names: list[str] | None

    def rows(self) -> Iterator[tuple[int, Row]]: ...

    def about_rows(self) -> int:
        """How many rows there are, roughly: for the progress bar."""
        ...


def open_table(path: Path) -> Table:
    """The table in a file. Raises Unreadable."""
    with path.open("rb") as file:
        head = file.read(1024)
    if not head.strip():
        raise Unreadable(1, _("the file is empty"))
    if head.startswith(b"PK\x03\x04"):
        return SheetTable(path)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unreadable(1, _("the file is written in UTF-16; save it as “CSV UTF-8”"))
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable(1, _("this is an old Excel file; save it as XLSX or as “CSV UTF-8”"))
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return FeatureTable(path)
    return CsvTable(path)


class CsvTable:
    """Comma, semicolon or tab between values, quotes where needed (RFC 4180), the names in line 1."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._open() as file:
            first = file.readline()
        self.separator = max(",;\t", key=first.count)
        values = next(csv.reader([first], delimiter=self.separator), [])
        self.names: list[str] | None = [value.strip().lower() for value in values]

    def _open(self) -> io.TextIOWrapper:
        # A byte that is no UTF-8 becomes a lone surrogate, so that its row and column can be named.
        return self.path.open(encoding="utf-8-sig", errors="surrogateescape", newline="")

    def about_rows(self) -> int:
        with self.path.open("rb") as file:
            return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b"")) - 1

    def rows(self) -> Iterator[tuple[int, Row]]:
        csv.field_size_limit(MAX_VALUE_CHARACTERS)
        names = self.names or []
        with self._open() as file:
            reader = csv.reader(file, delimiter=self.separator, strict=True)
            end = 0
            try:
                for values in reader:
                    line, end = end + 1, reader.line_num
                    if line > 1 and values:
                        row: Row = dict(zip(names, [value.strip() for value in values], strict=False))
                        if len(values) > len(names):
                            row[SURPLUS] = len(values) - len(names)
                        yield line, row
            except csv.Error as error:
                raise Unreadable(
                    end + 1, _("the quotes do not fit: %(detail)s"), detail=str(error)
                ) from error
