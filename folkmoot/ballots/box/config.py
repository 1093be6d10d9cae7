"""What the box is told by whoever starts it: environment and keys."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from folkmoot_kernel.notes import ED25519, SigningKey, parse_witnesses

SEED_BYTES = 32


@dataclass(frozen=True)
class Config:
    """Shapes: `database_url` empty for SQLite in `folder`; `seed` 32 bytes, of which every log's key is made;
    `witnesses` the lines of C2SP tlog-policy that name the witnesses of polls to come, empty for none."""

    folder: Path
    origin: str
    database_url: str
    seed: bytes = field(repr=False)
    control_secret: str = field(repr=False)
    witnesses: str = ""

    @classmethod
    def of(cls, environment: Mapping[str, str] = os.environ) -> "Config":
        """Raises FileNotFoundError before `folkmoot keys` has made the keys; MalformedPolicy."""
        folder = Path(environment.get("DATA_DIR", "data")).resolve()
        keys = folder / "keys"
        return cls(
            folder=folder,
            origin=environment["BOX_ORIGIN"].rstrip("/"),
            database_url=environment.get("BALLOT_DATABASE_URL", ""),
            seed=bytes.fromhex((keys / "box.key").read_text(encoding="ascii")),
            control_secret=(keys / "control.key").read_text(encoding="ascii").strip(),
            witnesses=read_witnesses(Path(environment.get("FOLKMOOT_WITNESSES") or folder / "witnesses")),
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


def read_witnesses(path: Path) -> str:
    """The lines of the file, held to their form; empty where there is none."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    parse_witnesses(text)
    return text.rstrip("\n") + "\n"
