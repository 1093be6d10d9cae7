"""A scale: what can be answered on a paper, and the one way in which each answer is written.

scale = Scale(RATING, ({"en": "Good"}, {"en": "Fairly good"}, {"en": "Average"}, {"en": "Poor"}))
scale.answer([1])          b'[1]': the second option, in the only spelling there is
scale.choices(b'[1]')      (1,)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from folkmoot_kernel.encoding import Value, decode, encode
from folkmoot_kernel.errors import KernelError, MalformedAnswer, MalformedPaper
from folkmoot_kernel.fields import Fields, Words

RATING, PLURALITY, APPROVAL, YES_NO = "rating", "plurality", "approval", "yes-no"
SCHULZE, STV = "schulze", "stv"
RANKED = (SCHULZE, STV)
YES, NO, ABSTAIN = 0, 1, 2  # the options of every yes-no scale, in this order

MAX_OPTIONS: Final = 100
MAX_RANKED_OPTIONS: Final = 5

Answer: TypeAlias = tuple[int, ...]  # positions in `Scale.options`


@dataclass(frozen=True, slots=True)
class Scale:
    """What can be answered.

    Shapes: `options` in the order in which they are shown, grades from best to worst. `places` is the number of
    seats. Raises: MalformedPaper.
    """

    kind: str
    options: tuple[Words, ...]
    places: int = 1

    def __post_init__(self) -> None:
        count = len(self.options)
        if self.kind not in (RATING, PLURALITY, APPROVAL, YES_NO, *RANKED):
            raise MalformedPaper(reason=f"there is no scale {self.kind!r}")
        most = MAX_RANKED_OPTIONS if self.kind in RANKED else MAX_OPTIONS
        if not 2 <= count <= most or (self.kind == YES_NO and count != 3):
            raise MalformedPaper(reason="its scale has too few or too many options")
        if not 1 <= self.places <= count:
            raise MalformedPaper(reason="it has more places than options, or none")

    @property
    def value(self) -> Value:
        return {"kind": self.kind, "options": self.options, "places": self.places}

    @classmethod
    def read(cls, fields: Fields) -> "Scale":
        scale = cls(fields.text("kind"), fields.word_list("options"), fields.whole("places", least=1))
        fields.end()
        return scale

    def answer(self, choices: Sequence[int]) -> bytes:
        """Write an answer in its only form. Raises: MalformedAnswer.

        Shapes: one position; for approval any number of them, which are put in order; for ranked scales at least
        one, the best first.
        """
        chosen = tuple(sorted(choices)) if self.kind == APPROVAL else tuple(choices)
        self._require(chosen)
        return encode(chosen)

    def choices(self, answer: bytes) -> Answer:
        """Read an answer, and refuse any other spelling of it. Raises: MalformedAnswer."""
        try:
            value = decode(answer)
        except KernelError:
            raise MalformedAnswer(reason="it is not a record in its canonical form") from None
        if not isinstance(value, list):
            raise MalformedAnswer(reason="it is not a list")
        chosen = tuple(item for item in value if isinstance(item, int))
        if len(chosen) != len(value):
            raise MalformedAnswer(reason="it holds something else than positions of options")
        self._require(chosen)
        return chosen

    @property
    def longest_answer_bytes(self) -> int:
        """The length to which every answer is padded before it is sealed, so that none shows by its length."""
        places = range(len(self.options))
        many = self.kind == APPROVAL or self.kind in RANKED
        return len(encode(list(places) if many else [places[-1]]))

    def _require(self, chosen: Answer) -> None:
        if any(not 0 <= place < len(self.options) for place in chosen):
            raise MalformedAnswer(reason="it names an option that the paper does not have")
        if len(set(chosen)) != len(chosen) or (self.kind == APPROVAL and list(chosen) != sorted(chosen)):
            raise MalformedAnswer(reason="it names an option twice or out of order")
        if self.kind in RANKED and not chosen:
            raise MalformedAnswer(reason="it ranks nothing")
        if self.kind not in (APPROVAL, *RANKED) and len(chosen) != 1:
            raise MalformedAnswer(reason="it does not name exactly one option")
