from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patients.image_header import MAX_BYTES, ImageHeader, ImageRefused, check_header
from tests.patients import image_files

SVG = b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>'


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP"])
def test_a_still_image_passes(file_format: str) -> None:
    header = check_header(image_files.still(file_format))
    assert header == ImageHeader(file_format, 64, 48)  # type: ignore[arg-type]


@pytest.mark.parametrize("options", [{"progressive": True}, {"exif": b"Exif\0\0" + b"\xff" * 200}])
def test_other_jpegs_pass(options: dict[str, object]) -> None:
    assert check_header(image_files.still("JPEG", **options)).width == 64


def test_lossless_and_transparent_webp_pass() -> None:
    lossless = image_files.still("WEBP", lossless=True)
    transparent = image_files.encoded(image_files.picture().convert("RGBA").rotate(9), "WEBP")
    assert check_header(lossless) == check_header(transparent) == ImageHeader("WEBP", 64, 48)


def test_a_phones_multi_picture_jpeg_passes() -> None:
    assert check_header(image_files.animated("MPO")) == ImageHeader("JPEG", 64, 48)


def test_a_polyglot_passes() -> None:
    assert check_header(image_files.still("JPEG") + b"PK\x03\x04<script>").format == "JPEG"


@pytest.mark.parametrize(
    ("code", "data"),
    [
        ("empty", b""),
        ("too_large", image_files.still("JPEG") + b"\0" * MAX_BYTES),
        ("not_an_image", b"hello"),
        ("not_an_image", b"%PDF-1.7"),
        ("not_an_image", b"\xff\xd8\xff"),
        ("not_an_image", image_files.still("PNG")[:20]),
        ("not_an_image", image_files.jpeg_claiming(0, 10)),
        ("not_an_image", b"RIFF\0\0\0\0WEBPVP8 "),
        ("unsupported_format", image_files.still("TIFF")),
        ("unsupported_format", image_files.still("GIF")),
        ("unsupported_format", image_files.still("BMP")),
        ("unsupported_format", image_files.still("JPEG2000")),
        ("unsupported_format", SVG),
        ("unsupported_format", image_files.heic(b"isom", b"mp41")),
        ("heic", image_files.heic()),
        ("heic", image_files.heic(b"mif1", b"heix")),
        ("heic", image_files.heic(b"avif", b"avif")),
        ("heic", image_files.heic(b"isom", b"heic")),
        ("animated", image_files.animated("PNG")),
        ("animated", image_files.animated("WEBP")),
        ("too_many_pixels", image_files.png_claiming(10_001, 5_000, rows=1)),
        ("too_many_pixels", image_files.png_claiming(2**31 - 1, 2**31 - 1, rows=0)),
        ("too_many_pixels", image_files.jpeg_claiming(65_000, 65_000)),
    ],
)
def test_all_else_is_refused_with_a_code(code: str, data: bytes) -> None:
    with pytest.raises(ImageRefused) as refused:
        check_header(data)
    assert refused.value.code == code


def test_fifty_megapixels_pass() -> None:
    assert check_header(image_files.png_claiming(10_000, 5_000, rows=1)).width == 10_000


MAGIC = st.sampled_from(
    [b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR", b"RIFF\0\0\0\0WEBP", b"\0\0\0\x18ftyp", b"BM"]
)
WEBP_KIND = st.sampled_from([b"", b"VP8 ", b"VP8L", b"VP8X"])


@given(MAGIC, WEBP_KIND, st.binary(max_size=400))
def test_random_bytes_are_read_or_refused(magic: bytes, kind: bytes, rest: bytes) -> None:
    _read_or_refused(magic + kind + rest)


@given(
    st.sampled_from(["JPEG", "PNG", "WEBP"]), st.integers(0, 400), st.binary(max_size=8), st.integers(0, 4000)
)
def test_damaged_images_are_read_or_refused(file_format: str, at: int, damage: bytes, length: int) -> None:
    data = image_files.still(file_format)
    _read_or_refused((data[:at] + damage + data[at + len(damage) :])[:length])


def _read_or_refused(data: bytes) -> None:
    """Whatever is raised but a refusal fails the test."""
    with suppress(ImageRefused):
        assert check_header(data).width > 0
