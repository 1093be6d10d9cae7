"""What the box is told by whoever starts it: environment and keys."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from folkmoot_kernel.notes import ED25519, SigningKey

SEED_BYTES = 32


@dataclass(frozen=True)
class Config:
    """Shapes: `database_url` empty for SQLite in `folder`; `seed` 32 bytes, of which every log's key is made."""

    folder: Path
    origin: str
    database_url: str
    seed: bytes = field(repr=False)
    control_secret: str = field(repr=False)

    @classmethod
    def of(cls, environment: Mapping[str, str] = os.environ) -> "Config":
        """Raises FileNotFoundError before `folkmoot keys` has made the keys."""
        folder = Path(environment.get("DATA_DIR", "data")).resolve()
        keys = folder / "keys"
        return cls(
            folder=folder,
            origin=environment["BOX_ORIGIN"].rstrip("/"),
            database_url=environment.get("BALLOT_DATABASE_URL", ""),
            seed=bytes.fromhex((keys / "box.key").read_text(encoding="ascii")),
            control_secret=(keys / "control.key").read_text(encoding="ascii").strip(),
        )

    @property
    def host(self) -> str:
        """Host, and port if the address has one: what tokens and logs know the box by."""
        return urlsplit(self.origin).netloc

    @property
    def sqlite_path(self) -> Path:
        return self.folder / "box.sqlite3"

    @property
    def logs(self) -> Path:
        """The folder of the published logs, one folder each."""
        return self.folder / "box"

    def key_of(self, poll: str) -> SigningKey:
        """The key that signs checkpoints and promises of a poll's log."""
        return SigningKey(f"{self.host}/{poll}", ED25519, self.seed)
