"""Reads and writes message catalogues (.po) and compiles them (.mo) without the gettext programs.

    #. note for the translator
    #: file of use
    #, fuzzy
    msgctxt "date format"
    msgid "%(count)s row"
    msgid_plural "%(count)s rows"
    msgstr[0] "共 %(count)s 行"

Source: GNU gettext manual, "The Format of PO Files" and "The Format of GNU MO Files".
"""

import ast
import struct
from dataclasses import dataclass, field
from pathlib import Path

MO_MAGIC = 0x950412DE
KEYWORDS = ("msgctxt", "msgid_plural", "msgid", "msgstr")
ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"})

Key = tuple[str, str]  # context, msgid


class BadCatalogue(Exception):
    """A .po file that cannot be read; says file, line and why."""


@dataclass
class Message:
    """One message. Shapes: `texts` has one text, or one per plural form; `files` are where it is used;
    `remarks` are the translator's comments, `notes` those of the code."""

    id: str
    context: str = ""
    plural: str = ""
    texts: list[str] = field(default_factory=lambda: [""])
    files: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    is_fuzzy: bool = False

    @property
    def key(self) -> Key:
        return self.context, self.id

    @property
    def is_translated(self) -> bool:
        return bool(self.texts) and all(self.texts)


def read_catalogue(path: Path) -> dict[Key, Message]:
    """The messages of a .po file, the header under ("", ""); obsolete ones (`#~`) are left out.

    Raises BadCatalogue with the line at fault.
    """
    messages: dict[Key, Message] = {}
    for number, block in _blocks(path.read_text(encoding="utf-8")):
        message = _read_block(path, number, block)
        if message is None:
            continue
        if message.key in messages:
            raise BadCatalogue(f"{path}:{number}: {message.id!r} stands here twice")
        messages[message.key] = message
    return messages


def write_catalogue(path: Path, messages: dict[Key, Message]) -> None:
    """Writes a .po file: the header first, then by first file of use and text, so that diffs stay small."""
    ordered = sorted(
        messages.values(), key=lambda m: (m.key != ("", ""), sorted(m.files)[:1], m.id, m.context)
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n\n".join(_block_text(message) for message in ordered) + "\n", encoding="utf-8")


def compile_catalogue(path: Path) -> bytes:
    """The .mo file of a .po file. Fuzzy and empty messages are left out: English shows instead."""
    entries: dict[bytes, bytes] = {}
    for message in read_catalogue(path).values():
        if not message.is_translated or (message.is_fuzzy and message.id):
            continue
        name = f"{message.context}\x04{message.id}" if message.context else message.id
        if message.plural:
            name += f"\0{message.plural}"
        entries[name.encode()] = "\0".join(message.texts).encode()
    return _mo_bytes(entries)


def _blocks(text: str) -> list[tuple[int, list[tuple[int, str]]]]:
    """Paragraphs of lines that are not empty, each with the number of its first line."""
    blocks: list[tuple[int, list[tuple[int, str]]]] = []
    lines: list[tuple[int, str]] = []
    for number, line in enumerate([*text.splitlines(), ""], start=1):
        if line.strip():
            lines.append((number, line.strip()))
        elif lines:
            blocks.append((lines[0][0], lines))
            lines = []
    return blocks


def _read_block(path: Path, start: int, block: list[tuple[int, str]]) -> Message | None:
    message = Message(id="")
    strings: dict[str, str] = {}
    keyword = ""
    for number, line in block:
        if line.startswith("#"):
            _read_comment(message, line)
            continue
        text = line
        if not line.startswith('"'):
            keyword, _, text = line.partition(" ")
            if not keyword.startswith(KEYWORDS) or keyword in strings:
                raise BadCatalogue(f"{path}:{number}: {keyword!r} is not expected here")
        strings[keyword] = strings.get(keyword, "") + _unquoted(path, number, text)
    if not strings:
        return None
    if "msgid" not in strings:
        raise BadCatalogue(f"{path}:{start}: a message without msgid")
    message.id = strings["msgid"]
    message.context = strings.get("msgctxt", "")
    message.plural = strings.get("msgid_plural", "")
    message.texts = [text for name, text in sorted(strings.items()) if name.startswith("msgstr")]
    return message


def _read_comment(message: Message, line: str) -> None:
    if line.startswith("#:"):
        message.files.update(line[2:].split())
    elif line.startswith("#,"):
        message.is_fuzzy = "fuzzy" in line
    elif line.startswith("#."):
        message.notes.append(line[2:].strip())
    elif line.startswith("# "):
        message.remarks.append(line[2:])


def _unquoted(path: Path, number: int, text: str) -> str:
    try:
        value = ast.literal_eval(text.strip())
    except (SyntaxError, ValueError) as error:
        raise BadCatalogue(f"{path}:{number}: the text is not rightly quoted") from error
    if not isinstance(value, str):
        raise BadCatalogue(f"{path}:{number}: the text is not quoted")
    return value


def _block_text(message: Message) -> str:
    lines = [f"# {remark}" for remark in message.remarks]
    lines += [f"#. {note}" for note in message.notes]
    lines += [f"#: {name}" for name in sorted(message.files)]
    if message.is_fuzzy:
        lines.append("#, fuzzy")
    if message.context:
        lines.append(f"msgctxt {_quoted(message.context)}")
    lines.append(f"msgid {_quoted(message.id)}")
    if message.plural:
        lines.append(f"msgid_plural {_quoted(message.plural)}")
        lines += [f"msgstr[{index}] {_quoted(text)}" for index, text in enumerate(message.texts)]
    else:
        lines.append(f"msgstr {_quoted(message.texts[0] if message.texts else '')}")
    return "\n".join(lines)


def _quoted(text: str) -> str:
    """A text as the file writes it; one with several lines begins on the next line."""
    parts = text.splitlines(keepends=True)
    if len(parts) < 2:
        return f'"{text.translate(ESCAPES)}"'
    return "\n".join(['""', *(f'"{part.translate(ESCAPES)}"' for part in parts)])


def _mo_bytes(entries: dict[bytes, bytes]) -> bytes:
    """Two tables of (length, offset), sorted by name, then the texts, each ended by a zero byte."""
    names = sorted(entries)
    head_bytes, table_bytes = 28, 8 * len(names)
    texts = bytearray()
    tables: list[bytes] = []
    for values in (names, [entries[name] for name in names]):
        table = bytearray()
        for value in values:
            table += struct.pack("<2I", len(value), head_bytes + 2 * table_bytes + len(texts))
            texts += value + b"\0"
        tables.append(bytes(table))
    head = struct.pack("<7I", MO_MAGIC, 0, len(names), head_bytes, head_bytes + table_bytes, 0, 0)
    return head + b"".join(tables) + bytes(texts)
