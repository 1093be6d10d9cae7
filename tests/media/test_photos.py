"""What is left of a photo, and what is refused."""

import contextlib
import io
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from folkmoot.base.errors import Refused
from folkmoot.media import limits
from folkmoot.media.photos import CleanPhoto, clean_photo, megabytes
from tests.media.conftest import chunk, exif, photo, png, segments, two_halves

JFIF, TABLES, FRAME, HUFFMAN = 0xE0, 0xDB, 0xC0, 0xC4


def cleaned(content: bytes) -> CleanPhoto:
    return clean_photo(io.BytesIO(content), len(content))


def refusal(content: bytes) -> str:
    with pytest.raises(Refused) as caught:
        cleaned(content)
    return str(caught.value)


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_clean_photo_drops_everything_but_pixels(kind: str) -> None:
    sent = photo(kind)
    assert b"SecretPhone" in sent
    assert opened(sent).getexif().get_ifd(0x8825)[1] == "N"
    clean = cleaned(sent)
    for rendition in (clean.full, clean.thumb):
        assert set(segments(rendition)) == {JFIF, TABLES, FRAME, HUFFMAN}
        assert dict(opened(rendition).getexif()) == {}
        assert set(opened(rendition).info) == {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        for trace in (b"SecretPhone", b"Exif", b"adobe", b"ICC_PROFILE", b"Amal", b"Pier"):
            assert trace not in rendition


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_clean_photo_turns_upright(kind: str) -> None:
    clean = cleaned(photo(kind))
    assert (clean.width_px, clean.height_px) == (200, 400)
    upright = opened(clean.full)
    assert [max(range(3), key=upright.getpixel((100, y)).__getitem__) for y in (50, 350)] == [0, 2]


def test_clean_photo_is_at_most_2048_wide() -> None:
    clean = cleaned(photo(image=two_halves(5000, 2500), orientation=1))
    assert (clean.width_px, clean.height_px) == (2048, 1024)
    assert opened(clean.full).size == (2048, 1024)
    assert opened(clean.thumb).size == (480, 240)


def test_clean_photo_never_enlarges() -> None:
    clean = cleaned(photo(image=two_halves(40, 20), orientation=1))
    assert opened(clean.full).size == opened(clean.thumb).size == (40, 20)


def test_clean_photo_keeps_a_long_strip() -> None:
    assert opened(cleaned(photo("PNG", two_halves(9000, 1), 1)).full).size == (2048, 1)


def pixel_of(image: Image.Image) -> tuple[int, int, int]:
    out = io.BytesIO()
    image.save(out, "PNG")
    return opened(cleaned(out.getvalue()).full).getpixel((2, 2))


def test_clean_photo_is_white_where_it_was_transparent() -> None:
    assert pixel_of(Image.new("RGBA", (8, 8), (255, 0, 0, 0))) == (255, 255, 255)


def test_clean_photo_keeps_16_bit_greys() -> None:
    assert pixel_of(Image.new("I;16", (8, 8), 100 * 256)) == (100, 100, 100)


def test_clean_photo_reads_palettes() -> None:
    assert pixel_of(Image.new("RGB", (8, 8), (255, 255, 255)).convert("P")) == (255, 255, 255)


def test_clean_photo_reads_cmyk() -> None:
    out = io.BytesIO()
    Image.new("CMYK", (8, 8), (0, 0, 0, 0)).save(out, "JPEG")
    assert opened(cleaned(out.getvalue()).full).getpixel((2, 2)) == (255, 255, 255)


def test_clean_photo_takes_the_first_picture_of_several() -> None:
    out = io.BytesIO()
    second = Image.new("RGB", (8, 8), "blue")
    Image.new("RGB", (8, 8), "white").save(out, "MPO", save_all=True, append_images=[second])
    assert opened(cleaned(out.getvalue()).full).getpixel((2, 2)) == (255, 255, 255)


@pytest.mark.filterwarnings("ignore:Truncated File Read")  # outside of tests Pillow only warns
def test_clean_photo_survives_broken_exif() -> None:
    out = io.BytesIO()
    two_halves().save(out, "JPEG", exif=b"Exif\0\0MM\0\x2a\0\0\0\x08\xff\xff" + b"\x01\x12\0\x09" * 40)
    clean = cleaned(out.getvalue())
    assert (clean.width_px, clean.height_px) == (400, 200)


def test_empty_file_is_refused() -> None:
    assert refusal(b"") == "This file is empty. Please choose the photo again."


def test_30_megabytes_are_refused_with_size_and_limit() -> None:
    assert refusal(photo() + bytes(30_000_000 - len(photo()))) == (
        "This photo has 30 MB; 12 MB is the most we can take. "
        "Please send a smaller copy, or take the photo again with a lower setting."
    )


@pytest.mark.parametrize(
    "content",
    [
        b"Dear secretary, the lamp is out.",
        b"%PDF-1.7\n",
        b"GIF89a" + bytes(40),
        b"<svg></svg>",
        b"\xff\xd8\xff",
    ],
)
def test_what_is_no_photo_is_refused(content: bytes) -> None:
    assert refusal(content) == "This file is no photo that we can read. Please send a JPEG, PNG or WebP."


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("share", [0.5, 0.9])
def test_half_a_photo_is_refused(kind: str, share: float) -> None:
    noise = Image.effect_noise((300, 300), 80).convert("RGB")
    whole = photo(kind, noise)
    assert refusal(whole[: int(len(whole) * share)]) == (
        "This photo is broken: we could not read it to its end. Please send it again."
    )


@pytest.mark.parametrize("side", [7072, 10_000, 14_000, 60_000, 2_000_000])
def test_pixel_bomb_is_refused_by_its_head(side: int) -> None:
    assert refusal(png(side, side)) == "This photo has more than 50 megapixels. Please send a smaller copy."


WHOLE = {kind: photo(kind, two_halves(40, 20)) for kind in ("JPEG", "PNG", "WEBP")}


@pytest.mark.filterwarnings("ignore")  # outside of tests Pillow only warns
@settings(max_examples=100, deadline=None)
@given(st.sampled_from(sorted(WHOLE)), st.integers(0, 400), st.binary(min_size=1, max_size=8))
def test_damaged_photo_is_refused_or_cleaned(kind: str, place: int, damage: bytes) -> None:
    content = WHOLE[kind][:place] + damage + WHOLE[kind][place + len(damage) :]
    with contextlib.suppress(Refused):
        assert segments(cleaned(content).full)[0] == JFIF


def test_text_bomb_is_refused() -> None:
    bomb = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(100_000_000)))
    assert len(bomb) < 200_000
    assert refusal(png(8, 8, bomb)).startswith("This photo is broken")


def test_largest_photo_is_taken() -> None:
    out = io.BytesIO()
    Image.new("L", (7000, 7000), 200).save(out, "JPEG", exif=exif(1))
    assert limits.max_photo_pixels == 50_000_000
    assert cleaned(out.getvalue()).width_px == 2048


def test_megabytes_round_up() -> None:
    assert [megabytes(n) for n in (12_000_000, 12_000_001, 999, 30_050_000)] == ["12", "12.1", "0.1", "30.1"]
