"""Seeded draws of juries, samples and audits, which anybody can do again with `sha256sum`.

An item's ticket is SHA-256 over three lines, the last without an end: what is drawn, the seed, the item. Tickets
in ascending order are the order of the draw. For a list with one item a line, this draws the first 55:

    while read -r item; do
      printf '%s %s\\n' "$(printf '%s\\n%s\\n%s' "$LABEL" "$SEED" "$item" | sha256sum | cut -c 1-64)" "$item"
    done < list.txt | LC_ALL=C sort | head -n 55 | cut -d ' ' -f 2-

The list is published first, then the seed, in a way that nobody could foresee or choose (dice thrown in the
hall by several people). Then nobody could have put a name on the list so that it is drawn, or is not.
"""

import hashlib
from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import comb
from typing import Final

from folkmoot_kernel.errors import MalformedDraw

CONFIDENCE: Final = Fraction(95, 100)


def is_line(text: str) -> bool:
    """Tell whether a text is one line without spaces around it, as `sha256sum` is given it."""
    return text == text.strip() and len(text.splitlines()) == 1 and "\0" not in text


def ticket(label: str, seed: str, item: str) -> bytes:
    """Hash one item: 32 bytes. Raises: MalformedDraw for an empty text or one with a line break."""
    for name, text in (("label", label), ("seed", seed), ("item", item)):
        if not is_line(text):
            raise MalformedDraw(reason=f"the {name} {text!r} is not one line without spaces around it")
    return hashlib.sha256(f"{label}\n{seed}\n{item}".encode()).digest()


def ranked(label: str, seed: str, items: Sequence[str]) -> tuple[str, ...]:
    """Put items in the order of their tickets; in whatever order they are given, it is the same.

    Raises: MalformedDraw, also when an item comes twice and so would have one ticket for two places.
    """
    if len(set(items)) != len(items):
        raise MalformedDraw(reason="an item is on the list twice")
    return tuple(sorted(items, key=lambda item: ticket(label, seed, item)))


def drawn(label: str, seed: str, items: Sequence[str], places: int) -> tuple[str, ...]:
    """Draw so many items, each subset of that size as likely as any other. Raises: MalformedDraw."""
    if not 0 <= places <= len(items):
        raise MalformedDraw(reason=f"there are {len(items)} items for {places} places")
    return ranked(label, seed, items)[:places]


def drawn_by_stratum(
    label: str, seed: str, strata: Mapping[str, Sequence[str]], places: Mapping[str, int]
) -> dict[str, tuple[str, ...]]:
    """Draw in each stratum by itself, under the label "<label>/<stratum>"; all have the one seed.

    Raises: MalformedDraw, also when the strata are not those for which there are places.
    """
    if set(strata) != set(places):
        raise MalformedDraw(reason="not every stratum has its number of places")
    return {
        stratum: drawn(f"{label}/{stratum}", seed, items, places[stratum])
        for stratum, items in strata.items()
    }


def chance_to_find(*, population: int, faults: int, sample: int) -> Fraction:
    """Say how likely a sample without putting back holds at least one of the faults; exactly.

    Raises: MalformedDraw.
    Source: hypergeometric distribution, 1 - C(population - faults, sample) / C(population, sample).
    """
    if not (0 <= faults <= population and 0 <= sample <= population):
        raise MalformedDraw(reason="faults and sample are parts of the population")
    return 1 - Fraction(comb(population - faults, sample), comb(population, sample))


def audit_sample_size(population: int, *, share: Fraction, confidence: Fraction = CONFIDENCE) -> int:
    """Say how many to ask so that, if at least this share is faulty, one such is found with this confidence.

    Of 400 papers 55 find 5 % phantoms with 95 %. A share that is no whole number of papers is rounded up: so
    many faults there are at least.
    Raises: MalformedDraw.
    """
    if population < 1 or not 0 < share <= 1 or not 0 < confidence <= 1:
        raise MalformedDraw(reason="population, share and confidence are more than nothing")
    faults = -(-population * share.numerator // share.denominator)
    missed, sample = Fraction(1), 0
    while 1 - missed < confidence:
        missed *= Fraction(population - faults - sample, population - sample)
        sample += 1
    return sample


def most_faults(*, population: int, sample: int, found: int, confidence: Fraction = CONFIDENCE) -> int:
    """Say how many of the population are faulty at the most, when a sample held so many; exactly.

    With one fault more, a sample would hold no more than `found` with less chance than the confidence leaves.
    Raises: MalformedDraw.
    Source: upper bound of Clopper and Pearson for the hypergeometric distribution.
    """
    if not 0 <= found <= sample <= population or not population or not 0 < confidence < 1:
        raise MalformedDraw(reason="what was found is part of the sample, and that of the population")
    all_samples, least, most = comb(population, sample), found, population - sample + found
    while least < most:  # the chance only falls with more faults
        faults = (least + most + 1) // 2
        as_few = sum(
            comb(faults, number) * comb(population - faults, sample - number) for number in range(found + 1)
        )
        if Fraction(as_few, all_samples) > 1 - confidence:
            least = faults
        else:
            most = faults - 1
    return least
