"""What a check of a poll says at the end."""

from dataclasses import dataclass

from folkmoot_kernel.fields import Words
from folkmoot_kernel.leaves import Tally
from folkmoot_kernel.verify.findings import Finding


@dataclass(frozen=True, slots=True)
class PaperReport:
    """One paper as the verifier has counted it himself.

    Shapes: `taken` papers of all channels; `accepted` different keys and hand papers; `unopened` those of them in
    cells that stay closed; `total` None before there is something to count.
    """

    id: bytes
    question: Words
    options: tuple[Words, ...]
    roll: int
    taken: int
    accepted: int
    spoiled: int
    unopened: int
    total: Tally | None


@dataclass(frozen=True, slots=True)
class Report:
    """The whole check. Shapes: `findings` in the order of the list of keys, faults first."""

    origin: str
    poll: str
    size: int
    root: bytes
    papers: tuple[PaperReport, ...]
    findings: tuple[Finding, ...]

    @property
    def is_right(self) -> bool:
        """Nothing was found that contradicts the poll. It may still be running: see `is_final`."""
        return not any(finding.is_fault for finding in self.findings)

    @property
    def is_final(self) -> bool:
        return not {"poll.running", "poll.uncounted"} & self.keys

    @property
    def keys(self) -> set[str]:
        return {finding.key for finding in self.findings}
