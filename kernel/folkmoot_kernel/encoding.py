"""Canonical bytes of every record, and hashes with domain separation.

A record is JSON in the form of RFC 8785, held to strings, whole numbers, lists and objects:

    >>> encode({"paper": "b1", "k": 10, "cells": ["token", "slip"]})
    b'{"cells":["token","slip"],"k":10,"paper":"b1"}'

Bytes inside a record are unpadded base64url text (`b64u`). Floats, true, false and null are left out, because
what is left has exactly one spelling in every language: two honest programs never disagree about a hash.
"""

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from folkmoot_kernel.errors import (
    MalformedBase64,
    MalformedNumber,
    MalformedTag,
    NotCanonical,
    RecordTooLong,
    UnsupportedValue,
)

Value: TypeAlias = "str | int | Sequence[Value] | Mapping[str, Value]"

MAX_RECORD_BYTES = 65_535
MAX_INTEGER = 2**53 - 1
MAX_DEPTH = 64
MAX_DECIMAL = 2**63 - 1

_TAG = re.compile(r"[a-z][a-z0-9._/-]*")
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}")


def encode(value: Value) -> bytes:
    """Write a record in its canonical form.

    Shapes: objects sorted by the UTF-16 code units of their names, no spaces, UTF-8, at most 65,535 bytes,
    at most 64 lists and objects inside one another.
    Raises: UnsupportedValue, RecordTooLong.
    Source: RFC 8785 section 3.2.
    """
    try:
        text = json.dumps(_sorted(value, MAX_DEPTH), ensure_ascii=False, separators=(",", ":"))
        data = text.encode("utf-8")
    except UnicodeEncodeError:
        raise UnsupportedValue(found="half a surrogate pair, which is no character") from None
    if len(data) > MAX_RECORD_BYTES:
        raise RecordTooLong(limit=MAX_RECORD_BYTES, length=len(data))
    return data


def decode(data: bytes) -> Value:
    """Read a record, and refuse bytes that `encode` would not have written.

    Raises: RecordTooLong, NotCanonical, UnsupportedValue.
    Source: RFC 8785.
    """
    if len(data) > MAX_RECORD_BYTES:
        raise RecordTooLong(limit=MAX_RECORD_BYTES, length=len(data))
    try:
        value: Value = json.loads(data.decode("utf-8"))
    except RecursionError:
        raise UnsupportedValue(found=_TOO_DEEP) from None
    except ValueError:  # bad UTF-8, bad JSON, and numbers of thousands of digits
        raise NotCanonical(reason="they are not JSON in UTF-8") from None
    if encode(value) != data:
        raise NotCanonical(reason="the same record has another, canonical spelling")
    return value


_TOO_DEEP = f"more than {MAX_DEPTH} lists and objects inside one another"


def _sorted(value: object, depth_left: int) -> object:
    """Refuse what a record may not hold, and put the names of objects in order."""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        if abs(value) > MAX_INTEGER:
            raise UnsupportedValue(found="a larger number")
        return value
    if not isinstance(value, (list, tuple, Mapping)):
        raise UnsupportedValue(found=f"a {type(value).__name__}")
    if depth_left == 0:
        raise UnsupportedValue(found=_TOO_DEEP)
    if not isinstance(value, Mapping):
        return [_sorted(item, depth_left - 1) for item in value]
    for name in value:
        if not isinstance(name, str):
            raise UnsupportedValue(found=f"a name that is a {type(name).__name__}")
    return {name: _sorted(value[name], depth_left - 1) for name in sorted(value, key=_utf16)}


def _utf16(name: str) -> bytes:
    return name.encode("utf-16-be")


def b64u(data: bytes) -> str:
    """Write bytes as unpadded base64url. Source: RFC 4648 section 5."""
    return binascii.b2a_base64(data, newline=False).translate(_STANDARD_TO_URL, b"=").decode("ascii")


def unb64u(text: str) -> bytes:
    """Read unpadded base64url; of several spellings of the same bytes only that of `b64u` is taken.

    Raises: MalformedBase64.
    """
    data = _lenient(text.translate(_URL_TO_STANDARD) + "=" * (-len(text) % 4))
    if data is None or b64u(data) != text:
        raise MalformedBase64(alphabet="unpadded base64url")
    return data


def read_b64u(text: bytes) -> bytes:
    """Read base64url that is known to be in its one spelling: who calls has held it against a pattern."""
    return binascii.a2b_base64(
        text.translate(_URL_TO_STANDARD_BYTES) + b"=="
    )  # padding too many does no harm


def b64(data: bytes) -> str:
    """Write bytes as padded base64, as signed notes and checkpoints do. Source: RFC 4648 section 4."""
    return base64.b64encode(data).decode("ascii")


def unb64(text: str) -> bytes:
    """Read padded base64; of several spellings of the same bytes only that of `b64` is taken.

    Raises: MalformedBase64.
    """
    data = _lenient(text)
    if data is None or b64(data) != text:
        raise MalformedBase64(alphabet="base64")
    return data


_URL_TO_STANDARD = str.maketrans("-_", "+/")
_URL_TO_STANDARD_BYTES = bytes.maketrans(b"-_", b"+/")
_STANDARD_TO_URL = bytes.maketrans(b"+/", b"-_")


def _lenient(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def parse_decimal(text: str) -> int:
    """Read a number from 0 to 2^63 - 1 in plain digits without leading zeros, as C2SP texts write them.

    Raises: MalformedNumber.
    """
    number = int(text) if _DECIMAL.fullmatch(text) else MAX_DECIMAL + 1
    if number > MAX_DECIMAL:
        raise MalformedNumber(text=text)
    return number


def tagged_hash(tag: str, *parts: bytes) -> bytes:
    """Hash parts for one purpose: no other tag and no other cut into parts gives the same bytes to hash.

    Shapes: SHA-256(tag || 0x0A || for each part: its length as 8 bytes big-endian || the part) -> 32 bytes.
    A tag begins with a letter, so what is hashed never begins like a Merkle leaf (0x00) or node (0x01).
    Raises: MalformedTag.
    """
    if not _TAG.fullmatch(tag):
        raise MalformedTag(tag=tag)
    digest = hashlib.sha256(tag.encode("ascii") + b"\n")
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.digest()
