"""The bytes of a leaf, by example:

    {"at":"2026-11-20T05:30:00Z","digest":"mK3...","id":417,"kind":"case.escalated","v":1}

canonical JSON (RFC 8785). `digest` is SHA-256 over tag, salt and the canonical body; who acted and on what is
in the body alone, so that the published log names nobody, and erasing the salt unlinks the row for ever. `id`
is the row's own number: it lets the log say which row was changed, removed or moved.
"""

from datetime import UTC, datetime
from typing import Any

from folkmoot_kernel.encoding import b64u, encode, tagged_hash

TAG = "folkmoot/journal/v1"


def body_digest(salt: bytes, body: dict[str, Any]) -> bytes:
    """The salted digest of an act's body: 32 bytes."""
    return tagged_hash(TAG, salt, encode(body))


def leaf_bytes(act_id: int, kind: str, at: datetime, digest: bytes) -> bytes:
    """The canonical bytes of one leaf. Units: `at` is cut to the second, in UTC."""
    moment = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return encode({"at": moment, "digest": b64u(digest), "id": act_id, "kind": kind, "v": 1})
