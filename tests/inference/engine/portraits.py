"""Real portraits made worse, each in one way."""

import io

from PIL import Image, ImageFilter

from tests.patients.image_files import encoded
from tests.shared_data import london_face


def portrait(name: str = "happy/001.jpg") -> Image.Image:
    return Image.open(io.BytesIO(london_face(name))).convert("RGB")


def jpeg(image: Image.Image) -> bytes:
    return encoded(image, "JPEG", quality=92)


def beside_another() -> Image.Image:
    both = Image.new("RGB", (1920, 960))
    both.paste(portrait("neutral/003.jpg"), (0, 0))
    both.paste(portrait("happy/001.jpg"), (960, 0))
    return both


def blurred() -> Image.Image:
    return portrait().filter(ImageFilter.GaussianBlur(24))


def at_brightness(share: float) -> Image.Image:
    return portrait().point(lambda value: value * share)


def overexposed() -> Image.Image:
    return portrait().point(lambda value: 255 - (255 - value) * 0.1)


def tilted(degrees: float) -> Image.Image:
    """Turned clockwise on its own background."""
    image = portrait()
    return image.rotate(-degrees, fillcolor=image.getpixel((5, 5)), resample=Image.Resampling.BILINEAR)


def far_away(face_px: int) -> Image.Image:
    """A face of about so many pixels in a large room: the portraits' faces take 0.42 of their side."""
    room = Image.new("RGB", (900, 700), (120, 130, 140))
    side = round(face_px / 0.42)
    room.paste(portrait().resize((side, side)), (300, 200))
    return room


def with_bystander() -> Image.Image:
    """Somebody small behind the sitter."""
    image = portrait()
    image.paste(portrait("neutral/003.jpg").resize((250, 250)), (0, 0))
    return image
