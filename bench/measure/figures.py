"""A figure beside its floor and its target, and the line that says so."""

import json
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Figure:
    """One measured number.

    Shapes: `floor` is what the bare machine does in the same run, in the same unit; None where nothing bare can
    be compared. `target` None: measured to be known, not claimed. `bound` says on which side the target lies,
    `of` whether it is one for the figure or for its ratio to the floor.
    """

    claim: str
    value: float
    unit: str
    target: float | None
    bound: Literal["least", "most"] = "most"
    floor: float | None = None
    of: Literal["figure", "ratio"] = "figure"

    @property
    def ratio(self) -> float | None:
        return self.value / self.floor if self.floor else None

    @property
    def holds(self) -> bool | None:
        measured = self.ratio if self.of == "ratio" else self.value
        if self.target is None or measured is None:
            return None
        return measured >= self.target if self.bound == "least" else measured <= self.target

    def line(self) -> str:
        """The figure as one line of JSON."""
        return json.dumps(
            {
                "claim": self.claim, "figure": _short(self.value), "unit": self.unit,
                "floor": _short(self.floor), "ratio": _short(self.ratio),
                "target": self.target, "holds": self.holds,
            }
        )  # fmt: skip


def _short(value: float | None) -> float | None:
    """Four digits that say something: more is noise."""
    if value is None:
        return None
    return round(value) if abs(value) >= 1000 else float(f"{value:.4g}")
