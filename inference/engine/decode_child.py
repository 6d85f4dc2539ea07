"""The limited process that decodes images from outside: `python -m inference.engine.decode_child`.

Requests on stdin: `>BHI` (operation, longest side in pixels, length) and the image. Replies on stdout:
`>BIIIII` (status, width and height as sent, those of the original after EXIF orientation, length) and the
payload. A fault ends the process: the parent starts another one.
"""

import io
import resource
import struct
import sys
import time
import warnings
from typing import BinaryIO

from PIL import Image, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

from inference.engine.integrity import check_jpeg, check_png
from patients.image_header import MAX_PIXELS

REQUEST = struct.Struct(">BHI")
REPLY = struct.Struct(">BIIIII")
OP_RGB, OP_JPEG = 1, 2
OK, UNREADABLE = 0, 1

MEMORY_BYTES = 1 << 30  # address space: 50 megapixels of WebP need 0.85 GiB
CPU_SECONDS = 10  # for one image
FORMATS = [  # registered by their import, and no other; a JPEG becomes a multi-picture file (MPO) by itself
    plugin.format
    for plugin in (
        JpegImagePlugin.JpegImageFile,
        PngImagePlugin.PngImageFile,
        WebPImagePlugin.WebPImageFile,
    )
]
JPEG_QUALITY = 92
ORIENTATION_TAG = 0x0112
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
SIDEWAYS = {TURNS[5], TURNS[6], TURNS[7], TURNS[8]}


def limit_process() -> None:
    """Bound the address space; no core dumps, no files written."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    warnings.simplefilter("ignore")
    warnings.simplefilter("error", Image.DecompressionBombWarning)


def grant_cpu_time() -> None:
    """Move the soft limit ahead: RLIMIT_CPU counts from the start of the process, and this one lives long."""
    soft = int(time.process_time()) + 1 + CPU_SECONDS
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(
        resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard)
    )


def decode(data: bytes, longest_side: int) -> tuple[Image.Image, tuple[int, int]]:
    """First frame, upright, RGB, at most `longest_side`; and the original's size, upright."""
    with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
        width, height = opened.size
        if width * height > MAX_PIXELS:
            raise ValueError("more pixels than the header said")
        _check_whole(opened, data)
        turn = _turn(opened)
        opened.draft(
            "RGB", (longest_side, longest_side)
        )  # JPEG: decode at 1/2, 1/4 or 1/8 where that is enough
        image = _to_rgb(opened)
    image.thumbnail((longest_side, longest_side), Image.Resampling.BOX, reducing_gap=None)
    if turn is None:
        return image, (width, height)
    return image.transpose(turn), ((height, width) if turn in SIDEWAYS else (width, height))


def _check_whole(opened: Image.Image, data: bytes) -> None:
    if opened.format == "PNG":
        check_png(data)
    elif isinstance(opened, JpegImagePlugin.JpegImageFile):
        check_jpeg(data, *opened.size, is_progressive="progressive" in opened.info)


def _turn(opened: Image.Image) -> Image.Transpose | None:
    try:
        return TURNS.get(opened.getexif().get(ORIENTATION_TAG, 1))
    except Exception:  # a broken EXIF block is no reason to lose the photo
        return None


def _to_rgb(opened: Image.Image) -> Image.Image:
    if opened.mode.startswith("I"):  # 16-bit grey: convert() would clip it to white
        grey = opened.convert("I").point(lambda value: value / 257)
        return grey.convert("L").convert("RGB")
    return opened.convert("RGB")


def answer(operation: int, longest_side: int, data: bytes) -> bytes:
    try:
        image, original = decode(data, longest_side)
        if operation == OP_JPEG:
            buffer = io.BytesIO()
            image.info.clear()
            image.save(buffer, "JPEG", quality=JPEG_QUALITY)
            payload = buffer.getvalue()
        else:
            payload = image.tobytes()
    except Exception:  # whatever a hostile image makes a decoder raise, MemoryError too, is the same answer
        return REPLY.pack(UNREADABLE, 0, 0, 0, 0, 0)
    return REPLY.pack(OK, *image.size, *original, len(payload)) + payload


def serve(requests: BinaryIO, replies: BinaryIO) -> None:
    while len(head := requests.read(REQUEST.size)) == REQUEST.size:
        operation, longest_side, length = REQUEST.unpack(head)
        data = requests.read(length)
        grant_cpu_time()
        replies.write(answer(operation, longest_side, data))
        replies.flush()


if __name__ == "__main__":
    limit_process()
    serve(sys.stdin.buffer, sys.stdout.buffer)
