"""What the door may ask of an image: its magic bytes and its header, never its pixels. Pure, and never warns.

Pillow is not used here on purpose: opening a WebP allocates its canvas, and its bomb warning is process-wide.
Layouts: PNG (ISO/IEC 15948), JPEG (ITU-T T.81 B.1), WebP (RFC 9649), HEIF brands (ISO/IEC 23008-12).
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 50_000_000

Format = Literal["JPEG", "PNG", "WEBP"]
RefusalCode = Literal[
    "empty", "too_large", "not_an_image", "unsupported_format", "heic", "animated", "too_many_pixels"
]

_PNG = b"\x89PNG\r\n\x1a\n"
_OTHER_IMAGES = (
    b"GIF87a", b"GIF89a", b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+", b"BM", b"8BPS", b"\x00\x00\x01\x00",
    b"\x00\x00\x00\x0cjP  ", b"\xff\x4f\xff\x51", b"\xff\x0a", b"\x00\x00\x00\x0cJXL ", b"#?RADIANCE",
)  # fmt: skip
_HEIF_BRANDS = frozenset(
    {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis"}
)


class ImageRefused(Exception):
    """The image is refused before anything is stored; `code` says why."""

    def __init__(self, code: RefusalCode) -> None:
        super().__init__(code)
        self.code: RefusalCode = code


@dataclass(frozen=True)
class ImageHeader:
    """What the header claims: format and stored size in pixels, before any EXIF orientation."""

    format: Format
    width: int
    height: int


def check_header(data: bytes) -> ImageHeader:
    """Read the header of a still JPEG (multi-picture too), PNG or WebP; all else raises `ImageRefused`."""
    if not data:
        raise ImageRefused("empty")
    if len(data) > MAX_BYTES:
        raise ImageRefused("too_large")
    header = _read(data)
    if not header.width or not header.height:
        raise ImageRefused("not_an_image")
    if header.width * header.height > MAX_PIXELS:
        raise ImageRefused("too_many_pixels")
    return header


def _read(data: bytes) -> ImageHeader:
    try:
        if data.startswith(b"\xff\xd8\xff"):
            return _read_jpeg(data)
        if data.startswith(_PNG):
            return _read_png(data)
        if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
            return _read_webp(data)
    except (struct.error, IndexError):
        raise ImageRefused("not_an_image") from None
    raise ImageRefused(_why_foreign(data))


def _why_foreign(data: bytes) -> RefusalCode:
    if data[4:8] == b"ftyp":
        brands = {data[8:12]} | {data[i : i + 4] for i in range(16, min(len(data), 64), 4)}
        return "heic" if brands & _HEIF_BRANDS else "unsupported_format"
    if data.startswith(_OTHER_IMAGES) or b"<svg" in data[:4096].lower():
        return "unsupported_format"
    return "not_an_image"


def _read_jpeg(data: bytes) -> ImageHeader:
    """Walk the marker segments to the frame header (SOF); a scan (SOS) before it has no size."""
    at = 2
    while True:
        if data[at] != 0xFF:
            raise ImageRefused("not_an_image")
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker == 0x01 or 0xD0 <= marker <= 0xD7:
            at += 2
        elif 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", data, at + 5)
            return ImageHeader("JPEG", width, height)
        elif marker in (0x00, 0xD8, 0xD9, 0xDA):
            raise ImageRefused("not_an_image")
        else:
            at += 2 + max(2, struct.unpack_from(">H", data, at + 2)[0])


def _read_png(data: bytes) -> ImageHeader:
    if data[12:16] != b"IHDR":
        raise ImageRefused("not_an_image")
    width, height = struct.unpack_from(">II", data, 16)
    for name, _body in _chunks(data, len(_PNG), ">I4s", tail=4):
        if name == b"acTL":
            raise ImageRefused("animated")
        if name == b"IDAT":
            break
    return ImageHeader("PNG", width, height)


def _read_webp(data: bytes) -> ImageHeader:
    name, body = data[12:16], 20
    if name == b"VP8 ":
        if data[body + 3 : body + 6] != b"\x9d\x01\x2a":
            raise ImageRefused("not_an_image")
        width, height = struct.unpack_from("<HH", data, body + 6)
        return ImageHeader("WEBP", width & 0x3FFF, height & 0x3FFF)
    if name == b"VP8L":
        if data[body] != 0x2F:
            raise ImageRefused("not_an_image")
        bits = struct.unpack_from("<I", data, body + 1)[0]
        return ImageHeader("WEBP", (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    if name == b"VP8X":
        if data[body] & 0x02 or any(chunk == b"ANIM" for chunk, _ in _chunks(data, 12, "<4sI", tail=0)):
            raise ImageRefused("animated")
        width = int.from_bytes(data[body + 4 : body + 7], "little") + 1
        height = int.from_bytes(data[body + 7 : body + 10], "little") + 1
        return ImageHeader("WEBP", width, height)
    raise ImageRefused("not_an_image")


def _chunks(data: bytes, at: int, layout: str, *, tail: int) -> Iterator[tuple[bytes, int]]:
    """Each chunk's name and where its body begins; PNG adds a CRC as tail, RIFF pads to even."""
    while at + 8 <= len(data):
        first, second = struct.unpack_from(layout, data, at)
        name, length = (first, second) if isinstance(first, bytes) else (second, first)
        yield name, at + 8
        at += 8 + length + (tail or length % 2)
