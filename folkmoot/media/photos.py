"""Turns what somebody sends into a clean JPEG: only the pixels survive, turned the way they are to be seen.

An unknown sender's file meets a large decoder here, so the head of the file is asked for its size before
anything is unfolded, only three formats are tried, and whatever the decoder stumbles over is a broken
picture, not a fault.
"""

import io
import threading
from dataclasses import dataclass
from typing import BinaryIO

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from folkmoot.base.errors import Refused
from folkmoot.media import limits

# A photo of 50 million pixels unfolds to 200 MB: two at a time, however many people send at once.
_unfolding = threading.BoundedSemaphore(2)


@dataclass(frozen=True)
class CleanPhoto:
    """Units: `full` and `thumb` are JPEG bytes; width and height are those of `full`, in pixels."""

    full: bytes
    thumb: bytes
    width_px: int
    height_px: int


def clean_photo(file: BinaryIO, size_bytes: int) -> CleanPhoto:
    """Re-encodes a photo without EXIF, XMP, ICC profile, comment or hidden second picture.

    Raises Refused with a sentence for a file that is empty, too big, no picture, or broken.
    """
    if size_bytes == 0:
        raise Refused(_("This file is empty. Please choose the photo again."))
    if size_bytes > limits.max_photo_bytes:
        raise Refused(
            _("This photo has %(size)s MB; %(limit)s MB is the most we can take. "
              "Please send a smaller copy, or take the photo again with a lower setting.")
            % {"size": megabytes(size_bytes), "limit": megabytes(limits.max_photo_bytes)}
        )  # fmt: skip
    try:
        check_head(file)
        with _unfolding:
            return encode(unfold(file))
    except UnidentifiedImageError:
        raise Refused(_("This file is no photo that we can read. Please send a JPEG, PNG or WebP.")) from None
    except (Refused, MemoryError):
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise too_many_pixels() from None
    except Exception as error:  # a decoder fed with anything at all raises anything at all
        raise Refused(
            _("This photo is broken: we could not read it to its end. Please send it again.")
        ) from error


def check_head(file: BinaryIO) -> None:
    """Reads size and checksums without unfolding the pixels."""
    file.seek(0)
    with Image.open(file, formats=limits.photo_formats) as image:
        if image.width * image.height > limits.max_photo_pixels:
            raise too_many_pixels()
        image.verify()


def too_many_pixels() -> Refused:
    millions = number_format(limits.max_photo_pixels // 1_000_000)
    return Refused(
        _("This photo has more than %(limit)s megapixels. Please send a smaller copy.") % {"limit": millions}
    )


def unfold(file: BinaryIO) -> Image.Image:
    """The pixels alone, upright, at most `photo_side_px` on the longer side."""
    side = (limits.photo_side_px, limits.photo_side_px)
    file.seek(0)
    with Image.open(file, formats=limits.photo_formats) as image:
        image.draft(None, side)  # a JPEG is unfolded at a half, a quarter or an eighth when that is enough
        image.load()
        image.thumbnail(side, Image.Resampling.LANCZOS)
        upright = turned(image)
        # A new image: nothing that came with the old one, seen or unseen, can follow it into the file.
        clean = Image.new("RGB", upright.size)
        clean.paste(flat(upright))
        return clean


def turned(image: Image.Image) -> Image.Image:
    """The image as its EXIF orientation wants it seen; a broken EXIF turns nothing."""
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # the pixels are whole, so the photo is
        return image


def flat(image: Image.Image) -> Image.Image:
    """The image in RGB, on white where it was transparent."""
    if image.mode.startswith("I"):  # 16 bits of grey would all turn white
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        white = Image.new("RGB", image.size, "white")
        white.paste(layer, mask=layer.getchannel("A"))
        return white
    return image.convert("RGB")


def encode(image: Image.Image) -> CleanPhoto:
    thumb = image.copy()
    thumb.thumbnail((limits.thumb_side_px, limits.thumb_side_px), Image.Resampling.LANCZOS)
    return CleanPhoto(jpeg(image), jpeg(thumb), image.width, image.height)


def jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=limits.photo_quality, optimize=True)
    return out.getvalue()


def megabytes(size_bytes: int) -> str:
    """Rounded up, so that a file just over the limit does not read like the limit itself."""
    tenths = -(-size_bytes // 100_000)
    return number_format(tenths / 10, decimal_pos=0 if tenths % 10 == 0 else 1)
