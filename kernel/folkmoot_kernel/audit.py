"""The audit of who took a paper: which places of the published lists are drawn, and what the answers prove.

Of those who took a token the log holds numbers and a root (leaf `folkmoot/issued/v1`). A place is one of a list:
its root and a number from 0, in the ascending order of the hashes. The draw names places, so that anybody does it
again who has the log and nothing else; whose name stands at a place is shown to two observers, with its proof.

    seed    the root of a signed checkpoint that covers the lists, a space, a number thrown in public after it
    label   folkmoot/audit/v1 and the poll's name, a space between
    items   root/number, for every place of every list; lists alike, as of papers taken together, stand once

Seed, label and items are those of `draw`, whose commands do it again. `python -m folkmoot_kernel.audit FILE` checks
the file that observers are given; whether its lists and its checkpoint are those of the log, they compare.
"""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from folkmoot_kernel.draw import audit_sample_size, drawn, most_faults
from folkmoot_kernel.encoding import b64, b64u, unb64u
from folkmoot_kernel.errors import MalformedDraw
from folkmoot_kernel.leaves import Issued, issued_hash
from folkmoot_kernel.merkle import hashes_in, inclusion_path, leaf_hash, verify_inclusion
from folkmoot_kernel.notes import Checkpoint, parse_note
from folkmoot_kernel.sentences import Sentence, sentence

SHARE: Final = Fraction(5, 100)
"""So many phantoms are found, with the confidence of `draw`: 55 of 400 are asked."""


@dataclass(frozen=True, slots=True)
class TokenList:
    """A list of those who took a token: the root of their hashes, and how many they are."""

    root: bytes
    size: int


@dataclass(frozen=True, slots=True)
class Place:
    """One place of a list, counted from 0 in the ascending order of its hashes."""

    root: bytes
    index: int

    @property
    def item(self) -> str:
        return f"{b64u(self.root)}/{self.index}"


def lists_of(issued: Iterable[Issued]) -> tuple[TokenList, ...]:
    """Every list of a poll on which somebody stands, once, in the order of the log."""
    found = {part.root: TokenList(part.root, part.tokens) for leaf in issued for part in leaf.parts}
    return tuple(each for each in found.values() if each.size)


def seed_of(checkpoint_root: bytes, number: str) -> str:
    return f"{b64(checkpoint_root)} {number}"


def label_of(poll: str) -> str:
    return f"folkmoot/audit/v1 {poll}"


def draw_places(poll: str, lists: Sequence[TokenList], seed: str) -> tuple[Place, ...]:
    """Draw so many places that `SHARE` phantoms are found, in the order of the draw. Raises: MalformedDraw."""
    places = {
        place.item: place
        for each in lists
        for place in (Place(each.root, number) for number in range(each.size))
    }
    size = audit_sample_size(len(places), share=SHARE)
    return tuple(places[item] for item in drawn(label_of(poll), seed, [*places], size))


def prove_place(hashes: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """The path from a place to the root of its list. Shapes: `hashes` of the whole list, ascending."""
    leaves = [leaf_hash(each) for each in hashes]
    return tuple(inclusion_path(index, len(leaves), hashes_in(leaves)))


def verify_place(place: Place, size: int, *, salt: bytes, person: str, path: Sequence[bytes]) -> None:
    """Check that a person stands at a place of a list of so many. Raises: what `verify_inclusion` raises."""
    leaf = leaf_hash(issued_hash(salt=salt, person=person))
    verify_inclusion(leaf=leaf, index=place.index, size=size, path=path, root=place.root)


def check_sample(sample: Mapping[str, Any]) -> tuple[TokenList, ...]:
    """Check what observers are given: the draw once more, and the proof of each place. Gives the lists to compare.

    Shapes: `poll`, `checkpoint`, `number`, `lists` sizes by root, `drawn` in the order of the draw:
    [{root, index, person, salt, path}].
    Raises: MalformedDraw, and what `verify_inclusion` raises.
    """
    lists = tuple(TokenList(unb64u(root), size) for root, size in sample["lists"].items())
    sizes = {each.root: each.size for each in lists}
    root = Checkpoint.parse(parse_note(sample["checkpoint"].encode()).text).root
    given = [(Place(unb64u(each["root"]), each["index"]), each) for each in sample["drawn"]]
    if tuple(place for place, _ in given) != draw_places(
        sample["poll"], lists, seed_of(root, sample["number"])
    ):
        raise MalformedDraw(reason="checkpoint and number draw other places")
    for place, each in given:
        path = [*map(unb64u, each["path"])]
        verify_place(
            place, sizes[place.root], salt=unb64u(each["salt"]), person=each["person"], path=path
        )  # fmt: skip
    return lists


def outcome(*, population: int, yes: int, no: int, unreached: int) -> Sentence:
    """Say what the answers prove; whoever was not reached is counted as if the answer were no.

    Units: places of the lists. Raises: MalformedDraw.
    """
    sample = yes + no + unreached
    most = most_faults(population=population, sample=sample, found=no + unreached)
    facts = {
        "population": population, "drawn": sample, "counted": yes, "most": most,
        "percent": -(-100 * most // population),
    }  # fmt: skip
    if no or unreached:
        return sentence("audit.doubts", **facts, no=no, unreached=unreached)
    return sentence("audit.clear", **facts)


if __name__ == "__main__":
    for found in check_sample(json.loads(Path(sys.argv[1]).read_text("utf-8"))):
        sys.stdout.write(f"{b64u(found.root)} {found.size}\n")
