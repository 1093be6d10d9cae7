"""An area gets another name."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from folkmoot.areas.models import Area, AreaChange
from folkmoot.areas.services.changing import check_change, check_day, tell
from folkmoot.areas.upkeep import forget_words, write_words
from folkmoot.base.actors import Actor
from folkmoot.base.errors import Refused, StaleState
from folkmoot.base.permissions import require
from folkmoot.journal import services as journal


def rename_area(
    *, actor: Actor, area: Area, name: str, name_zh: str, on: date, reason: str, note: str = ""
) -> AreaChange:
    """Gives an area new names from a day on; the former ones stay in its history.

    Raises: Refused, StaleState. Effects: journal `area.renamed`, the entries of `area_changes`. Source: S3.2.
    """
    require(actor, "areas.rename_area", area)
    check_day(actor, on)
    check_rename(area, name, name_zh, on=on, reason=reason)
    former = {"name": area.name, "name_zh": area.name_zh}
    with transaction.atomic():
        forget_words([area])
        if Area.objects.filter(pk=area.pk, valid_to=None, **former).update(name=name, name_zh=name_zh) != 1:
            raise StaleState()
        area.name, area.name_zh = name, name_zh
        write_words([area])
        change = AreaChange.objects.create(
            kind=AreaChange.Kind.RENAME, on=on, reason=reason, note=note, area=area, former=former
        )
        journal.record("area.renamed", actor=actor, obj=f"area:{area.pk}", on=on.isoformat(), reason=reason)

        def choose(_point: Any, _household: Any = None) -> Area:
            return area

        tell(actor=actor, kind="rename", old=[area], new=[area], choose=choose)
    return change


def check_rename(area: Area, name: str, name_zh: str, *, on: date, reason: str) -> None:
    """Raises Refused or StaleState if the area cannot be named so."""
    check_change([area], on, reason)
    if not name:
        raise Refused(_("Every area needs a name."))
    if (area.name, area.name_zh) == (name, name_zh):
        raise Refused(_("This is the name already."))
