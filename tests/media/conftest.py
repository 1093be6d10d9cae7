"""Pictures as phones and attackers send them, made on the spot."""

import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

ORIENTATION, MAKE, GPS = 0x0112, 0x010F, 0x8825
TURN_RIGHT = 6
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><home>Pier Road 1</home></x:xmpmeta>'


@pytest.fixture(autouse=True)
def media_root(settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


def exif(orientation: int = TURN_RIGHT) -> Image.Exif:
    """What a phone adds: its maker, how it was held, where it was."""
    data = Image.Exif()
    data[MAKE] = "SecretPhone"
    data[ORIENTATION] = orientation
    gps = data.get_ifd(GPS)
    gps.update({1: "N", 2: (25.0, 5.0, 12.5), 3: "E", 4: (119.0, 6.0, 3.25)})
    return data


def two_halves(width: int = 400, height: int = 200) -> Image.Image:
    """Red on the left, blue on the right: shows which way up it is."""
    image = Image.new("RGB", (width, height), "red")
    image.paste("blue", (width // 2, 0, width, height))
    return image


def photo(kind: str = "JPEG", image: Image.Image | None = None, orientation: int = TURN_RIGHT) -> bytes:
    """A photo with everything that must go: EXIF with GPS, XMP, ICC profile, comment."""
    out = io.BytesIO()
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    extra: dict[str, object] = {"icc_profile": profile, "exif": exif(orientation)}
    if kind == "JPEG":
        extra |= {"comment": b"Amal was here", "xmp": XMP, "quality": 95}
    if kind == "WEBP":
        extra |= {"xmp": XMP, "quality": 95}
    if kind == "PNG":
        notes = PngInfo()
        notes.add_itxt("XML:com.adobe.xmp", XMP.decode())
        notes.add_text("Comment", "Amal was here")
        extra["pnginfo"] = notes
    (image or two_halves()).save(out, kind, **extra)
    return out.getvalue()


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png(width: int, height: int, *further: bytes) -> bytes:
    """A PNG of one bit a pixel that says how large it is, and has one row of it."""
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    row = zlib.compress(bytes(1 + (width + 7) // 8))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        [chunk(b"IHDR", head), *further, chunk(b"IDAT", row), chunk(b"IEND", b"")]
    )


def segments(jpeg: bytes) -> list[int]:
    """The markers of a JPEG before its pixels, in order: 0xE1 is EXIF or XMP, 0xE2 ICC, 0xFE a comment."""
    found, place = [], 2
    while jpeg[place] == 0xFF and jpeg[place + 1] != 0xDA:
        found.append(jpeg[place + 1])
        place += 2 + int.from_bytes(jpeg[place + 2 : place + 4], "big")
    return found
