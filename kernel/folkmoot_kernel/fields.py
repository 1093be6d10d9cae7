"""One object of a record, read name by name: what is missing, left over or of another kind is refused.

fields = Fields(decode(data), "folkmoot/void/v1")
paper, hashes = fields.hash("paper"), fields.hashes("hashes")
fields.end()
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final, Protocol, TypeAlias, TypeVar

from folkmoot_kernel.encoding import MAX_RECORD_BYTES, Value, decode, unb64u
from folkmoot_kernel.errors import MalformedBase64, MalformedLeaf, RecordTooLong
from folkmoot_kernel.merkle import HASH_BYTES

Words: TypeAlias = Mapping[str, str]  # language tag (BCP 47) -> what people read in that language

MAX_COUNT: Final = 10**9  # no poll has more people, and in every language sums of so many are exact

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


class Encodable(Protocol):
    def encode(self) -> bytes: ...


T = TypeVar("T", bound=Encodable)


def read_exactly(read: "Callable[[Fields], T]", data: bytes, kind: str) -> T:
    """Read a leaf whose `encode` is quick, and compare instead of canonising: many times as fast as `decode`.

    Raises: NotCanonical, RecordTooLong, MalformedLeaf.
    """
    if len(data) > MAX_RECORD_BYTES:
        raise RecordTooLong(limit=MAX_RECORD_BYTES, length=len(data))
    try:
        leaf = read(Fields(json.loads(data), kind))
    except (ValueError, RecursionError):
        raise MalformedLeaf(kind=kind, reason="it is not JSON") from None
    if leaf.encode() != data:
        decode(data)  # says what is not canonical
        raise MalformedLeaf(kind=kind, reason="it has another spelling")
    return leaf


class Fields:
    """Reads one object. Raises: MalformedLeaf, from every method."""

    def __init__(self, value: Value, kind: str) -> None:
        self.kind = kind
        if not isinstance(value, Mapping):
            raise self.refused("it is not an object")
        self._left = dict(value)
        self._present = frozenset(value)

    def __contains__(self, name: str) -> bool:
        return name in self._present

    def end(self) -> None:
        """Refuse names that nobody has asked for."""
        if self._left:
            raise self.refused(f"it holds {min(self._left)!r}")

    def text(self, name: str) -> str:
        value = self._take(name)
        if not isinstance(value, str):
            raise self.refused(f"{name!r} is not text")
        return value

    def name(self, name: str) -> str:
        """Read an identifier: 1 to 64 of a-z, 0-9 and inner hyphens."""
        value = self.text(name)
        if not _NAME.fullmatch(value):
            raise self.refused(f"{name!r} is not an identifier of a-z, 0-9 and hyphens")
        return value

    def whole(self, name: str, *, least: int = 0, most: int | None = None) -> int:
        value = self._take(name)
        if not isinstance(value, int) or value < least or (most is not None and value > most):
            raise self.refused(f"{name!r} is not a whole number in its range")
        return value

    def count(self, name: str, *, least: int = 0) -> int:
        """Read how many people or papers, or which place."""
        return self.whole(name, least=least, most=MAX_COUNT)

    def flag(self, name: str) -> bool:
        """Read 1 or 0: records know no true and false."""
        return self.whole(name, most=1) == 1

    def octets(self, name: str, *lengths: int) -> bytes:
        """Read bytes, of one of these lengths if any is given."""
        return self._octets(self._take(name), name, lengths)

    def hash(self, name: str) -> bytes:
        return self.octets(name, HASH_BYTES)

    def hashes(self, name: str) -> tuple[bytes, ...]:
        return self.octet_list(name, HASH_BYTES)

    def octet_list(self, name: str, *lengths: int) -> tuple[bytes, ...]:
        return tuple(self._octets(item, name, lengths) for item in self._list(name))

    def names(self, name: str) -> tuple[str, ...]:
        names = self.texts(name)
        if not all(map(_NAME.fullmatch, names)):
            raise self.refused(f"{name!r} is not a list of identifiers")
        return names

    def texts(self, name: str) -> tuple[str, ...]:
        items = self._list(name)
        texts = tuple(item for item in items if isinstance(item, str))
        if len(texts) != len(items):
            raise self.refused(f"{name!r} is not a list of texts")
        return texts

    def counts(self, name: str) -> tuple[int, ...]:
        items = self._list(name)
        numbers = tuple(item for item in items if isinstance(item, int) and 0 <= item <= MAX_COUNT)
        if len(numbers) != len(items):
            raise self.refused(f"{name!r} is not a list of whole numbers in their range")
        return numbers

    def words(self, name: str) -> Words:
        return self._words(self._take(name), name)

    def word_list(self, name: str) -> tuple[Words, ...]:
        return tuple(self._words(item, name) for item in self._list(name))

    def part(self, name: str) -> "Fields":
        return Fields(self._take(name), self.kind)

    def parts(self, name: str) -> Iterator["Fields"]:
        return iter([Fields(item, self.kind) for item in self._list(name)])

    def refused(self, reason: str) -> MalformedLeaf:
        return MalformedLeaf(kind=self.kind, reason=reason)

    def _take(self, name: str) -> Value:
        if name not in self._left:
            raise self.refused(f"{name!r} is missing")
        return self._left.pop(name)

    def _list(self, name: str) -> list[Value]:
        value = self._take(name)
        if not isinstance(value, (list, tuple)):
            raise self.refused(f"{name!r} is not a list")
        return list(value)

    def _octets(self, value: Value, name: str, lengths: tuple[int, ...]) -> bytes:
        try:
            data = unb64u(value) if isinstance(value, str) else None
        except MalformedBase64:
            data = None
        if data is None or (lengths and len(data) not in lengths):
            raise self.refused(f"{name!r} does not hold bytes of the right length in base64url")
        return data

    def _words(self, value: Value, name: str) -> Words:
        if not isinstance(value, Mapping) or not value:
            raise self.refused(f"{name!r} has no words in any language")
        words = {tag: word for tag, word in value.items() if isinstance(word, str) and word.strip()}
        if len(words) != len(value) or not all(map(_LANGUAGE.fullmatch, words)):
            raise self.refused(f"{name!r} is not words by language")
        return words
