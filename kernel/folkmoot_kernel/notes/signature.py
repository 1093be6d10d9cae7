"""Signature lines, and what text and names may hold."""

from dataclasses import dataclass
from typing import Final

from folkmoot_kernel.encoding import b64, unb64
from folkmoot_kernel.errors import MalformedBase64, MalformedNote

KEY_ID_BYTES: Final = 4
TIME_BYTES: Final = 8
_DASH = "— "


def is_key_name(name: str) -> bool:
    """Tell whether a key may have the name: some characters, none of them white space or a plus."""
    return name != "" and "+" not in name and not any(c.isspace() for c in name) and is_note_text(name)


def is_note_text(text: str) -> bool:
    """Tell whether a note may hold the text: characters of UTF-8, of the control characters only newlines."""
    return not any((c < " " and c != "\n") or "\ud800" <= c <= "\udfff" for c in text)


def require_note_text(text: str) -> None:
    if not text.endswith("\n"):
        raise MalformedNote(reason="its text does not end in a newline")
    if not is_note_text(text):
        raise MalformedNote(reason="its text holds control characters")


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: who is said to have signed, and the signature's bytes (verified or not).

    Raises: MalformedNote.
    """

    name: str
    key_id: bytes
    data: bytes

    def __post_init__(self) -> None:
        if not is_key_name(self.name) or len(self.key_id) != KEY_ID_BYTES or not self.data:
            raise MalformedNote(reason="a signature line has no name, key ID or signature")

    @classmethod
    def parse(cls, line: str) -> "Signature":
        """Read a line without its newline. Raises: MalformedNote."""
        name, _, encoded = line.removeprefix(_DASH).partition(" ")
        try:
            raw = unb64(encoded)
        except MalformedBase64:
            raw = b""
        if not line.startswith(_DASH) or not raw:
            raise MalformedNote(reason="a line after the text is not a signature")
        return cls(name, raw[:KEY_ID_BYTES], raw[KEY_ID_BYTES:])

    @property
    def line(self) -> str:
        return f"{_DASH}{self.name} {b64(self.key_id + self.data)}\n"

    @property
    def time(self) -> int:
        """Moment of a cosignature; true only once the signature is verified. Units: seconds since 1970."""
        return int.from_bytes(self.data[:TIME_BYTES], "big")
