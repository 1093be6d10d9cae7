"""Writes the acts of the house. Sealing them into the log is in sealing.py."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from folkmoot.base import clock
from folkmoot.base.actors import CLOCK, Actor
from folkmoot.base.insertion import insert
from folkmoot.journal.leaves import body_digest
from folkmoot.journal.models import FORGOTTEN, Act

Detail = str | int | None


def record(kind: str, *, actor: Actor, obj: str = "", **details: Detail) -> Act:
    """Records an act inside the caller's transaction: if this fails, the act fails whole.

    Shapes: `kind` is `case.escalated`; `obj` an opaque reference such as `case:41`; `details` strings and
    integers, never names, phones or texts. Raises RuntimeError outside a transaction.
    """
    return record_all([(kind, details)], actor=actor, obj=obj)[0]


def record_all(
    kinds: Sequence[tuple[str, Mapping[str, Detail]]], *, actor: Actor, obj: str = ""
) -> list[Act]:
    """Records several acts of one actor on one thing in their order, by one statement. See record."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError(f"{kinds[0][0]} is recorded outside the transaction of its act")
    acts = [_act(kind, actor, obj, details) for kind, details in kinds]
    insert(acts)
    return acts


def _act(kind: str, actor: Actor, obj: str, details: Mapping[str, Detail]) -> Act:
    body: dict[str, Any] = {"actor": actor.ref, "object": obj}
    if actor.post is not None:
        body["post"] = actor.post.id
    body |= {name: value for name, value in details.items() if value is not None}
    salt = secrets.token_bytes(16)
    return Act(
        kind=kind, at=clock.now(), body=body, salt=salt, digest=body_digest(salt, body),
        object_ref=obj, actor_ref=actor.ref,
    )  # fmt: skip


def forget(actor_ref: str) -> int:
    """Unlinks all acts of one actor from them, for ever: body, salt and reference go, digest and leaf stay.

    Call it inside the transaction of the erasure, after its last act is recorded. Returns how many acts
    were cleared. Effects: one act `journal.forgotten` with their number, so that nobody hides acts this way.
    """
    if not actor_ref:
        raise ValueError("an actor without a reference has no acts to forget")
    count = Act.objects.filter(actor_ref=actor_ref).update(body=None, salt=None, actor_ref="")
    if count:
        record(FORGOTTEN, actor=CLOCK, count=count)
    return count
