"""Leaves spoiled in every way that a record can still be written: what a dishonest organiser may sign.

for where, entry in mutations(entry): ...      every member made something else, doubled, dropped, added
"""

import json
from collections.abc import Iterator, Sequence
from copy import deepcopy

from folkmoot_kernel.encoding import b64u, encode
from folkmoot_kernel.errors import KernelError
from folkmoot_kernel.merkle import leaf_hash

DEEP: list[object] = []
for _ in range(50):
    DEEP = [DEEP]

OTHERS = [
    0, 1, 2, 2**31, 2**32, 2**53 - 1, -1, "", "x", "AAAA", "A" * 9_000, "é", "\u2028", " a ", "a\nb", "\0", "🗳",
    "__proto__",
    [], [[]], {}, [0], [0, 0], [2**53 - 1], ["residents"], ["residents", "residents"], {"en": "?"}, {"zh": "?"}, {"a": {}},
    DEEP, b64u(bytes(32)), b64u(bytes(65)), b64u(b"\xff" * 32), b64u(bytes(342)),
]  # fmt: skip


def mutations(entry: bytes) -> Iterator[tuple[str, bytes]]:
    """Every change of one member of a leaf that can be written, with the name of what was changed."""
    whole = json.loads(entry)
    for path in _paths(whole):
        for name, changed in _changes(whole, path):
            try:
                yield f"{'/'.join(map(str, path))} {name}", encode(changed)
            except KernelError:
                continue


def with_entry(entries: Sequence[bytes], place: int, changed: bytes) -> list[bytes]:
    """The log with another leaf at a place. Ballots keep their signatures, which no longer fit a changed paper."""
    old, new = (b64u(leaf_hash(entry)).encode() for entry in (entries[place], changed))
    return [changed if i == place else entry.replace(old, new) for i, entry in enumerate(entries)]


def _paths(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    names = value if isinstance(value, dict) else range(min(len(value), 2)) if isinstance(value, list) else ()
    for name in names:
        yield (*path, name)
        yield from _paths(value[name], (*path, name))  # type: ignore[index]


def _changes(whole: object, path: tuple[str | int, ...]) -> Iterator[tuple[str, object]]:
    def place() -> tuple[object, object]:
        changed = deepcopy(whole)
        inside = changed
        for name in path[:-1]:
            inside = inside[name]  # type: ignore[index]
        return changed, inside

    last = path[-1]
    for other in OTHERS:
        changed, inside = place()
        inside[last] = other
        yield f"= {str(other)[:20]}", changed
    changed, inside = place()
    value = inside[last]
    del inside[last]
    yield "dropped", changed
    if isinstance(value, int):
        for other in (value + 1, value - 1, value * 2):
            changed, inside = place()
            inside[last] = other
            yield f"= {other}", changed
    if isinstance(value, list):
        for name, other in (
            ("reversed", value[::-1]),
            ("doubled", [*value, *value]),
            ("shorter", value[:-1]),
        ):
            changed, inside = place()
            inside[last] = other
            yield name, changed
    if isinstance(value, dict):
        changed, inside = place()
        inside[last]["more"] = 1
        yield "more", changed
