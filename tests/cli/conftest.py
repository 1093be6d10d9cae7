"""The commands need whole installations, as the operations do."""

from tests.operations.conftest import (  # noqa: F401 - fixtures
    empty_place,
    migrated_file,
    place,
    postgresql_place,
    sqlite_place,
)
