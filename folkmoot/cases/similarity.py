"""How alike two short texts are, in any language: the overlap of their letter pairs. Pure."""

import unicodedata


def letter_pairs(text: str) -> frozenset[str]:
    """Pairs of neighbouring letters of each word; a Han character alone counts too."""
    words = "".join(
        letter if unicodedata.category(letter)[0] in "LN" else " " for letter in text.casefold()
    ).split()
    pairs = {word[i : i + 2] for word in words for i in range(len(word) - 1)}
    return frozenset(pairs | {word for word in words if len(word) == 1})


def likeness(one: str, other: str) -> float:
    """Dice's coefficient of the letter pairs: 0 nothing in common, 1 the same."""
    first, second = letter_pairs(one), letter_pairs(other)
    if not first or not second:
        return 0.0
    return 2 * len(first & second) / (len(first) + len(second))
