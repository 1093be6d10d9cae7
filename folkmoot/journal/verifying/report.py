"""What verifying found."""

from dataclasses import dataclass, field

MAX_SENTENCES = 1_000  # faults beyond these are only counted


@dataclass
class Report:
    """What verifying found. `faults` are sentences, each naming one row, tile or checkpoint."""

    size: int
    waiting: int = 0
    erased: int = 0
    checkpoints: int = 0
    root: bytes = b""
    faults: list[str] = field(default_factory=list)
    fault_count: int = 0

    @property
    def is_sound(self) -> bool:
        return self.fault_count == 0

    def add(self, sentence: str) -> None:
        self.fault_count += 1
        if len(self.faults) < MAX_SENTENCES:
            self.faults.append(sentence)
