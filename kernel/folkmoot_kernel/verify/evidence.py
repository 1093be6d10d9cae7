"""What a check is given: the log, whom to trust, and what others have seen or were promised."""

import struct
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from folkmoot_kernel.errors import MissingFile, UnusableFile
from folkmoot_kernel.notes import Policy
from folkmoot_kernel.tiles import MAX_ENTRY_BYTES, TILE_WIDTH, Fetch

CHECKPOINT: Final = "checkpoint"
POLICY: Final = "policy"
SEEN: Final = "checkpoints/"
PROMISES: Final = "promises/"
MAX_FILE_BYTES: Final = TILE_WIDTH * (MAX_ENTRY_BYTES + 2)  # the largest file of a log is a bundle of entries
MAX_KEPT_FILES: Final = 10_000
MAX_KEPT_BYTES: Final = 65_535  # of one promise or checkpoint: all of them are held
DAMAGED: Final = (
    OSError,
    RuntimeError,
    ValueError,
    OverflowError,
    EOFError,
    struct.error,
    zlib.error,
    zipfile.BadZipFile,
)


def slips_path(root: str) -> str:
    """Where the list of printed slips with this root, in base64url, lies."""
    return f"slips/{root}"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that a check looks at.

    Shapes: `fetch` gives the file of a path below the log and raises MissingFile. `policy` is whom to trust.
    `seen` other checkpoints of the log, `promises` those of voters, each under a name for the report. `now`
    tells promises broken from promises whose time has not come; 0: every promise has to be kept by now.
    """

    fetch: Fetch
    policy: Policy
    has_own_policy: bool = True
    seen: dict[str, bytes] = field(default_factory=dict)
    promises: dict[str, bytes] = field(default_factory=dict)
    now: int = 0


class Bundle:
    """A poll in one .zip file. Raises: UnusableFile, when the file is none."""

    def __init__(self, path: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
        except DAMAGED:
            raise UnusableFile(path=path.name, reason="it is not a .zip file that can be read") from None

    def fetch(self, path: str) -> bytes:
        """Read one file. Raises: MissingFile, UnusableFile."""
        return self._read(path, MAX_FILE_BYTES)

    def _read(self, path: str, most: int) -> bytes:
        try:
            # Only the two usual ways of packing: the others take memory before they give a byte.
            if self._zip.getinfo(path).compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise zipfile.BadZipFile
            with self._zip.open(path) as file:
                data = file.read(most + 1)
        except KeyError:
            raise MissingFile(path=path) from None
        except DAMAGED:
            raise UnusableFile(path=path, reason="it is damaged") from None
        if len(data) > most:  # a few bytes can unpack to the size of a disk
            raise UnusableFile(path=path, reason=f"it has more than {most} bytes")
        return data

    def kept(self, folder: str) -> dict[str, bytes]:
        """All files of a folder by their names. Raises: UnusableFile."""
        names = [name for name in self._zip.namelist() if name.startswith(folder) and not name.endswith("/")]
        return {name: self._read(name, MAX_KEPT_BYTES) for name in sorted(names)[:MAX_KEPT_FILES]}

    def close(self) -> None:
        self._zip.close()


def read_policy(data: bytes) -> Policy:
    """Read a policy file. Raises: MalformedPolicy."""
    return Policy.parse(data.decode("utf-8", "surrogateescape"))
