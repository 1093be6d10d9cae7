"""A report between its steps. The draft's reference is in the address: back button and second tab are harmless."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from folkmoot.base import clock
from folkmoot.base.errors import NotFound
from folkmoot.cases.models import CaseDraft
from folkmoot.media.models import Attachment

KEPT = timedelta(days=1)


@dataclass(frozen=True)
class Draft:
    """A report between its steps, as it was read."""

    ref: UUID
    data: dict[str, Any]


def start_draft(data: dict[str, Any]) -> CaseDraft:
    return CaseDraft.objects.create(data=json.dumps(data), at=clock.now())


def read_draft(ref: UUID) -> dict[str, Any]:
    """What was told so far. Raises NotFound when the draft is older than a day."""
    found = CaseDraft.objects.filter(ref=ref).values_list("data", flat=True)
    for text in found:
        data: dict[str, Any] = json.loads(text)
        return data
    raise NotFound()


def keep_draft(draft: Draft, **more: Any) -> None:
    """Adds to what a draft has."""
    CaseDraft.objects.filter(ref=draft.ref).update(data=json.dumps(draft.data | more))


def photos_of(data: dict[str, Any]) -> QuerySet[Attachment]:
    """The photos that came with the draft and are not attached to anything yet."""
    return Attachment.objects.filter(ref__in=data.get("photos", []), is_loose=True).order_by("pk")


def sweep_drafts() -> int:
    """Forgets drafts older than a day; their photos are swept by media."""
    count, _ = CaseDraft.objects.filter(at__lt=clock.now() - KEPT).delete()
    return count
