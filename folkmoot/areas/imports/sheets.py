"""The first sheet of an XLSX file as rows."""

import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from django.utils.translation import gettext_lazy as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from folkmoot.areas.imports.faults import Unreadable
from folkmoot.areas.imports.importer import Row

MAX_SHEET_ROWS = 100_000
MAX_UNPACKED_BYTES = 400_000_000  # a sheet that unpacks to more is no list of rows but an attack


class SheetTable:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.names: list[str] | None = [str(value).strip().lower() for value in self._header()]

    def about_rows(self) -> int:
        book = self._open()
        try:
            return int(book.worksheets[0].max_row or MAX_SHEET_ROWS) - 1
        finally:
            book.close()

    def rows(self) -> Iterator[tuple[int, Row]]:
        names = self.names or []
        for line, cells in self._lines():
            if line == 1 or not any(cell not in {None, ""} for cell in cells):
                continue
            if line > MAX_SHEET_ROWS + 1:
                most = MAX_SHEET_ROWS
                raise Unreadable(line, _("a sheet may have %(most)d rows; save it as “CSV UTF-8”"), most=most)
            row: Row = dict(zip(names, map(_as_text, cells), strict=False))
            surplus = [cell for cell in cells[len(names) :] if cell not in {None, ""}]
            if surplus:
                row[""] = len(surplus)
            yield line, row

    def _header(self) -> list[Any]:
        cells = list(next(self._lines(), (1, ()))[1])
        while cells and cells[-1] is None:
            cells.pop()
        return ["" if cell is None else cell for cell in cells]

    def _lines(self) -> Iterator[tuple[int, tuple[Any, ...]]]:
        book = self._open()
        try:
            yield from enumerate(book.worksheets[0].iter_rows(values_only=True), start=1)
        except (ParseError, KeyError, ValueError, zipfile.BadZipFile) as error:
            raise Unreadable(1, _("this XLSX file is damaged")) from error
        finally:
            book.close()

    def _open(self) -> Any:
        try:
            with zipfile.ZipFile(self.path) as parts:
                if sum(part.file_size for part in parts.infolist()) > MAX_UNPACKED_BYTES:
                    raise Unreadable(1, _("this XLSX file is too large; save it as “CSV UTF-8”"))
            book = load_workbook(self.path, read_only=True, data_only=True, keep_links=False)
            if not book.worksheets:
                raise Unreadable(1, _("this XLSX file has no sheet"))
            return book
        except (
            ParseError, KeyError, ValueError, TypeError, OSError, zipfile.BadZipFile, InvalidFileException,
        ) as error:  # fmt: skip
            raise Unreadable(1, _("this XLSX file is damaged")) from error


def _as_text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
