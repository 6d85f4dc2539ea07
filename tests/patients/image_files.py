"""Small image files of every kind that comes to the door, and forged ones."""

import io
import struct
import zlib
from typing import Any

import numpy as np
from PIL import Image


def picture(width: int = 64, height: int = 48) -> Image.Image:
    pixels = np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(pixels)


def encoded(image: Image.Image, file_format: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, file_format, **options)
    return buffer.getvalue()


def still(file_format: str, **options: Any) -> bytes:
    return encoded(picture(), file_format, **options)


def animated(file_format: str) -> bytes:
    """Two frames (with JPEG and MPO: a phone's multi-picture file)."""
    return encoded(picture(), file_format, save_all=True, append_images=[picture().rotate(90)])


def heic(brand: bytes = b"heic", other: bytes = b"mif1") -> bytes:
    return struct.pack(">I", 24) + b"ftyp" + brand + b"\0\0\0\0" + other + other + b"\0" * 64


def png_claiming(width: int, height: int, *, rows: int | None = None) -> bytes:
    """A grey PNG whose header claims a size; it holds `rows` lines of zeros (all of them when None)."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = zlib.compress(b"\0" * (width + 1) * (height if rows is None else rows), 9)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def jpeg_claiming(width: int, height: int) -> bytes:
    """A true JPEG whose frame header was overwritten with another size."""
    data = bytearray(still("JPEG"))
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def interlaced_png(width: int, height: int) -> bytes:
    """Black, in the seven passes of Adam7, which Pillow reads but does not write."""
    passes = (
        (0, 0, 8, 8),
        (4, 0, 8, 8),
        (0, 4, 4, 8),
        (2, 0, 4, 4),
        (0, 2, 2, 4),
        (1, 0, 2, 2),
        (0, 1, 1, 2),
    )
    lines = b""
    for left, top, step_x, step_y in passes:
        columns = len(range(left, width, step_x))
        lines += (b"\0" * (columns + 1) if columns else b"") * len(range(top, height, step_y))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 1)
    body = zlib.compress(lines)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")
