"""The photo of the demonstration: a real one, in the public domain (NASA, Eileen Collins, 1999)."""

import io

from PIL import Image


def astronaut() -> bytes:
    """JPEG of scikit-image's `astronaut`, a development dependency."""
    from skimage import data

    buffer = io.BytesIO()
    picture = data.astronaut()  # type: ignore[no-untyped-call]
    Image.fromarray(picture).save(buffer, "JPEG", quality=92)
    return buffer.getvalue()
