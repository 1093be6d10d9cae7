"""Model fields that more than one app needs."""

from typing import Any

from django.db import models
from django.db.models import Lookup

from folkmoot.base.keys import seal, unseal


class SealedField(models.TextField):  # type: ignore[type-arg]
    """Text that is encrypted in the database. It cannot be filtered by; keep a lookup hash beside it."""

    def from_db_value(self, value: str | None, *_: Any) -> str | None:
        return unseal(value) if value else value

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return seal(value) if value else value


class BytewiseField(models.CharField):  # type: ignore[type-arg]
    """Text in the order of its bytes on both databases, so that a prefix is a range of a plain index."""

    def db_parameters(self, connection: Any) -> Any:
        parameters = super().db_parameters(connection)
        if connection.vendor == "postgresql":
            parameters["collation"] = "C"
        return parameters


class PathField(BytewiseField):
    """A materialised path of row ids, each ended by a slash: `1/12/340/`. Sorted, it is the tree in order.

    `path__under="1/12/"` finds the node and everything below it by an index range on both databases.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 120)
        super().__init__(*args, **kwargs)


@BytewiseField.register_lookup
class Under(Lookup):  # type: ignore[type-arg]
    """Prefix search as an index range."""

    lookup_name = "under"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        column, column_params = self.process_lhs(compiler, connection)
        prefix = str(self.rhs)
        # The last character of Unicode: what begins with the prefix sorts before prefix and it.
        return f"({column} >= %s AND {column} < %s)", [
            *column_params, prefix, *column_params, prefix + "\U0010ffff",
        ]  # fmt: skip


@BytewiseField.register_lookup
class Within(Lookup):  # type: ignore[type-arg]
    """The same question asked of each row, for a list that another index leads through in its order."""

    lookup_name = "within"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        column, column_params = self.process_lhs(compiler, connection)
        prefix = str(self.rhs)
        return f"(SUBSTR({column}, 1, %s) = %s)", [*column_params, len(prefix), prefix]
