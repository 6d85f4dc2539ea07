"""Photos for the worker: a real face, and what goes wrong with photos."""

import io
from functools import lru_cache

from PIL import Image, ImageFilter, ImageOps
from skimage import data

from tests.patients import image_files


@lru_cache(maxsize=1)
def portrait() -> Image.Image:
    """scikit-image's astronaut: NASA, public domain."""
    return Image.fromarray(data.astronaut())  # type: ignore[no-untyped-call]


@lru_cache
def selfie(format: str = "JPEG") -> bytes:
    return encoded(portrait(), format)


def encoded(image: Image.Image, format: str = "JPEG") -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format)
    return buffer.getvalue()


def empty_room() -> bytes:
    return encoded(Image.linear_gradient("L").convert("RGB").resize((640, 480)))


def two_people() -> bytes:
    pair = Image.new("RGB", (1024, 512))
    pair.paste(portrait(), (0, 0))
    pair.paste(ImageOps.mirror(portrait()), (512, 0))
    return encoded(pair)


def blurred() -> bytes:
    return encoded(portrait().filter(ImageFilter.GaussianBlur(8)))


def dark() -> bytes:
    return encoded(portrait().point(lambda value: value * 0.08))


def tilted() -> bytes:
    return encoded(portrait().crop((60, 0, 380, 320)).rotate(50, fillcolor="gray"))


def far_away() -> bytes:
    room = Image.new("RGB", (640, 480), "gray")
    room.paste(portrait().resize((170, 170)), (200, 150))
    return encoded(room)


def truncated() -> bytes:
    return selfie("PNG")[:20_000]


def corrupt() -> bytes:
    whole = bytearray(selfie("PNG"))
    whole[20_000:21_000] = bytes(1_000)
    return bytes(whole)


def lying_header() -> bytes:
    """Six thousand lines are promised and four are there."""
    return image_files.png_claiming(6000, 6000, rows=4)


def bomb() -> bytes:
    """Forty-nine megapixels, as many as the door lets in, in fifty kilobytes."""
    return image_files.png_claiming(7000, 7000)


def multi_picture() -> bytes:
    """As a phone writes it: the selfie first, another picture behind it."""
    buffer = io.BytesIO()
    portrait().save(buffer, "MPO", save_all=True, append_images=[Image.new("RGB", (64, 64))])
    return buffer.getvalue()


def polyglot() -> bytes:
    return selfie() + b"<script>alert(1)</script>"
