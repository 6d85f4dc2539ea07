"""Whether an image holds as much as its header claims: decoders silently fill what is missing."""

import struct
import zlib
from collections.abc import Iterator

_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
_STEP_BYTES = 1 << 20


def check_png(data: bytes) -> None:
    """Raises ValueError or zlib.error unless the pixel stream is intact and long enough."""
    unpacker, expected, count = zlib.decompressobj(), _png_stream_bytes(data), 0
    for piece in _pixel_data(data):
        rest = piece
        while rest and not unpacker.eof:
            count += len(unpacker.decompress(rest, _STEP_BYTES))
            rest = unpacker.unconsumed_tail
            if count > expected:
                return
    if count < expected or not unpacker.eof:
        raise ValueError("fewer pixels than the header said")


def check_jpeg(data: bytes, width: int, height: int, *, is_progressive: bool) -> None:
    """Raises ValueError where a sequential JPEG is too short: each 8 x 8 block takes two codes."""
    if not is_progressive and len(data) * 8 < 2 * (width * height // 64):
        raise ValueError("fewer blocks than the header said")


def _png_stream_bytes(data: bytes) -> int:
    """Unpacked length: each line of each pass has one filter byte (ISO/IEC 15948, 8 and 9)."""
    width, height, depth, colour, _, _, is_interlaced = struct.unpack_from(">IIBBBBB", data, 16)
    bits = depth * _CHANNELS[colour]
    total = 0
    for left, top, step_x, step_y in _ADAM7 if is_interlaced else ((0, 0, 1, 1),):
        columns, lines = -((left - width) // step_x), -((top - height) // step_y)
        if columns > 0 and lines > 0:
            total += lines * (1 + (columns * bits + 7) // 8)
    return total


def _pixel_data(data: bytes) -> Iterator[bytes]:
    at = 8
    while at + 8 <= len(data):
        length, name = struct.unpack_from(">I4s", data, at)
        if name == b"IDAT":
            yield data[at + 8 : at + 8 + length]
        at += 12 + length
