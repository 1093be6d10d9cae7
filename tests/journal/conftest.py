"""What the journal's tests share: acts to seal."""

from collections.abc import Callable

import pytest
from django.db import transaction

from folkmoot.base.actors import Actor, HeldPost
from folkmoot.journal.models import Act
from folkmoot.journal.services import record
from tests.operations.conftest import (  # noqa: F401 - fixtures
    migrated_file,
    place,
    postgresql_place,
    sqlite_place,
)

AMAL = Actor(person_id=1, ref="a3f1")
BEI = Actor(
    person_id=2, ref="b77e", post=HeldPost(7, "village_secretary", area_id=3, area_path="1/3/", level_rank=30)
)


@pytest.fixture
def write() -> Callable[[int], list[Act]]:
    """Writes so many acts: cases reported by Amal, each escalated by Bei."""

    def write_acts(count: int) -> list[Act]:
        with transaction.atomic():
            return [
                record("case.reported", actor=AMAL, obj=f"case:{number}", category="water")
                if number % 2 == 0
                else record("case.escalated", actor=BEI, obj=f"case:{number - 1}", rung=20)
                for number in range(count)
            ]

    return write_acts
