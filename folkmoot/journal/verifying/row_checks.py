"""The rows: each act against the leaf that was sealed at its position."""

from datetime import UTC
from typing import Any

from django.utils.translation import gettext as _
from folkmoot_kernel.encoding import decode
from folkmoot_kernel.errors import KernelError
from folkmoot_kernel.merkle import leaf_hash

from folkmoot.journal.leaves import body_digest, leaf_bytes
from folkmoot.journal.models import Act
from folkmoot.journal.verifying.report import Report


def check_row(report: Report, position: int, act: Act | None, sealed: bytes, entry: bytes | None) -> None:
    """Compares one row with what was sealed at its position."""
    if act is None:
        report.add(
            _("%(act)s at position %(position)d was removed.") % {"act": named(entry), "position": position}
        )
        return
    found = {"act": act.id, "kind": act.kind, "position": position}
    if leaf_hash(leaf_of(act)) != sealed:
        report.add(difference(act, found, entry))
    if act.body is None and act.salt is None:
        report.erased += 1
    elif body_hash(act) != bytes(act.digest):
        report.add(
            _(
                "Act %(act)d (%(kind)s) at position %(position)d was changed: its body does not fit its digest."
            )
            % found
        )
    elif not is_filed_right(act):
        report.add(
            _(
                "Act %(act)d (%(kind)s) at position %(position)d was changed: it is filed under another object or "
                "actor than its body names."
            )
            % found
        )


def difference(act: Act, found: dict[str, Any], entry: bytes | None) -> str:
    """Says how a row differs from the leaf that was sealed."""
    if entry is None:
        sentence = _(
            "Act %(act)d (%(kind)s) at position %(position)d does not fit the hash that was sealed: the row or the "
            "tile was changed."
        )
        return sentence % found
    sealed, now = leaf_values(entry), leaf_values(leaf_of(act))
    if sealed["id"] != act.id:
        sentence = _(
            "Act %(act)d (%(kind)s) stands at position %(position)d, where act %(other)d (%(other_kind)s, %(at)s) "
            "was sealed: the order was changed."
        )
        return sentence % (found | {"other": sealed["id"], "other_kind": sealed["kind"], "at": sealed["at"]})
    changed = ", ".join(name for name in ("kind", "at", "digest") if sealed[name] != now[name])
    sentence = _(
        "Act %(act)d (%(kind)s) at position %(position)d was changed: it was sealed with another %(fields)s."
    )
    return sentence % (found | {"fields": changed})


def named(entry: bytes | None) -> str:
    """The act of a kept leaf in words."""
    if entry is None:
        return _("An act")
    return _("Act %(id)d (%(kind)s, %(at)s)") % leaf_values(entry)


def leaf_values(entry: bytes) -> dict[str, Any]:
    values = decode(entry)
    assert isinstance(values, dict)
    return values


def leaf_of(act: Act) -> bytes:
    return leaf_bytes(act.id, act.kind, act.at.astimezone(UTC), bytes(act.digest))


def body_hash(act: Act) -> bytes:
    """The digest that belongs to the row's salt and body; nothing where one of them is gone or no record."""
    try:
        return body_digest(bytes(act.salt or b""), act.body or {})
    except KernelError:
        return b""


def is_filed_right(act: Act) -> bool:
    """Whether the row is found under the object and the actor that its body names."""
    body = act.body if isinstance(act.body, dict) else {}
    return (body.get("object"), body.get("actor")) == (act.object_ref, act.actor_ref)
