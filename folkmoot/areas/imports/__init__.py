"""Files on their way in: read, checked whole, then written whole or not at all.

An app brings rows of its own kind in by one class, registered in its `AppConfig.ready()`:

    class OrganizationImporter(Importer):
        label = _("Organizations")
        columns = (
            Column("code", _("the short name by which other rows mean it"), is_needed=True, max_length=40),
            Column("kind", _("what it is"), is_needed=True, choices=frozenset(Organization.Kind.values)),
        )

        def meet(self, line, row): ...          # every row, so that other rows may refer to it
        def check(self, line, row): ...         # one row: yields Fault(line, column, reason)
        def check_whole(self): ...              # what only the whole file shows: yields Fault
        def write(self, rows): ...              # all good rows, in bulk, inside one transaction

    importers.register("organizations", OrganizationImporter)

The file may be CSV (UTF-8), XLSX or GeoJSON. Empty, missing, unknown, too long, wrongly written dates and
numbers, broken encoding and too wide rows are found here, before the importer sees the row.
"""

from folkmoot.areas.imports.faults import Fault
from folkmoot.areas.imports.importer import Column, Counts, Importer, Row, importers

__all__ = ["Column", "Counts", "Fault", "Importer", "Row", "importers"]
