"""What people, broken browsers and attackers put into forms."""

from collections.abc import Callable
from io import BytesIO
from urllib.parse import quote_plus

from PIL import Image

from tests.fuzz.pages import Field, Form

# Texts that can be typed: what was typed must stand in the form again.
TYPED = {
    "plain": "Plain words",
    "huge": "long " * 20_000,
    "right to left": "\u202eمرحبا\u202c بكم",
    "emoji": "👩‍👩‍👧‍👦" * 9,
    "markup": '</textarea><script>alert(1)</script>"\'{{ 7*7 }}{% now "Y" %}%s%(x)s',
    "negative": "-1",
    "out of range": "9" * 40,
    "not a number": "NaN",
    "infinite": "1e999",
    "other digits": "٣٤",
    "no such day": "2026-02-31",
    "first day": "0001-01-01",
    "last day": "9999-12-31",
}
# Bytes that nobody can type.
BROKEN = {
    "nothing": "",
    "spaces": " \t\u3000",
    "control": "a\x01\x08\x1b\x7f\x85b",
    "NUL": "a\x00b",
    "half a character": "a\ud800b",
    "line breaks": "\r\n\n\r\u2028",
}
TEXTS = TYPED | BROKEN


def picture(width: int, height: int, kind: str = "JPEG") -> bytes:
    out = BytesIO()
    Image.new("RGB", (width, height), "navy").save(out, kind)
    return out.getvalue()


FILES: dict[str, Callable[[], tuple[str, str, bytes]]] = {
    "a picture": lambda: ("a.jpg", "image/jpeg", picture(40, 30)),
    "empty": lambda: ("a.jpg", "image/jpeg", b""),
    "no picture": lambda: ("a.jpg", "image/jpeg", b"MZ this is a programme"),
    "half a picture": lambda: ("a.jpg", "image/jpeg", picture(400, 300)[:900]),
    "a line of a picture": lambda: ("a.jpg", "image/jpeg", picture(5000, 1)),
    "a dot": lambda: ("a.jpg", "image/jpeg", picture(1, 1)),
    "wrong name": lambda: ("../../a.exe\x00.jpg", "text/html", picture(40, 30, "PNG")),
    "other kind": lambda: ("a.gif", "image/gif", picture(40, 30, "GIF")),
    "markup": lambda: ("a.svg", "image/svg+xml", b"<svg onload='alert(1)'/>"),
}

Pairs = list[tuple[str, str]]


def plausible(control: Field) -> str:
    """What a person might leave in a control."""
    if control.kind in {"select", "radio", "checkbox"}:
        return control.value or next((option for option in control.options if option), "")
    if control.kind in {"hidden", "submit"}:
        return control.value
    return control.value or TYPED["plain"]


def plausible_pairs(form: Form) -> Pairs:
    return [
        (name, plausible(control))
        for name, control in form.fields.items()
        if control.kind not in {"file", "submit"}
    ]


def urlencoded(pairs: Pairs) -> bytes:
    """As a browser sends it; half a character goes out as its three bytes."""
    return "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in pairs).encode()


def _quoted(text: str) -> str:
    return quote_plus(text.encode("utf-8", "surrogatepass"))


BOUNDARY = "form-boundary"


def multipart(pairs: Pairs, files: list[tuple[str, tuple[str, str, bytes]]]) -> bytes:
    """multipart/form-data. Source: RFC 7578."""
    parts = []
    for name, value in pairs:
        head = f'Content-Disposition: form-data; name="{name}"'.encode("utf-8", "surrogatepass")
        parts.append(head + b"\r\n\r\n" + value.encode("utf-8", "surrogatepass"))
    for name, (file_name, kind, content) in files:
        head = (
            f'Content-Disposition: form-data; name="{name}"; filename="{file_name}"\r\nContent-Type: {kind}'
        )
        parts.append(head.encode() + b"\r\n\r\n" + content)
    edge = f"--{BOUNDARY}".encode()
    return b"".join(edge + b"\r\n" + part + b"\r\n" for part in parts) + edge + b"--\r\n"
