"""What cameras and rooms do to faces, in steps: uint8 [N, 48, 48] in and out."""

from collections.abc import Callable
from functools import partial

import cv2
import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
Disturb = Callable[[Bytes, float], Bytes]


def _each(faces: Bytes, change: Callable[[Bytes], npt.NDArray[np.generic]]) -> Bytes:
    return np.stack([np.asarray(change(face), dtype=np.uint8) for face in faces])


def brighten(faces: Bytes, levels: float) -> Bytes:
    """Add grey levels of 0..255; what passes an end is cut."""
    return np.asarray((faces.astype(np.float32) + levels).clip(0, 255).astype(np.uint8))


def blur(faces: Bytes, sigma: float) -> Bytes:
    """Gaussian blur, sigma in pixels of the 48."""
    return _each(faces, lambda face: cv2.GaussianBlur(face, (0, 0), sigma))


def compress(faces: Bytes, quality: float) -> Bytes:
    """JPEG of the 48 x 48 face itself: far harder than of a whole photo."""

    def through_jpeg(face: Bytes) -> Bytes:
        _, packed = cv2.imencode(".jpg", face, [cv2.IMWRITE_JPEG_QUALITY, int(quality)])
        return np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), dtype=np.uint8)

    return _each(faces, through_jpeg)


def shrink(faces: Bytes, side: float) -> Bytes:
    """Down to `side` pixels and up again."""

    def there_and_back(face: Bytes) -> npt.NDArray[np.generic]:
        small = cv2.resize(face, (int(side), int(side)), interpolation=cv2.INTER_AREA)
        return np.asarray(cv2.resize(small, face.shape[::-1], interpolation=cv2.INTER_LINEAR))

    return _each(faces, there_and_back)


def rotate(faces: Bytes, degrees: float) -> Bytes:
    """Every other face clockwise, the rest the other way; the border repeated."""
    side = faces.shape[1]
    signs = np.where(np.arange(len(faces)) % 2, 1, -1)
    turned = [
        cv2.warpAffine(
            face,
            cv2.getRotationMatrix2D(((side - 1) / 2, (side - 1) / 2), float(sign) * degrees, 1),
            (side, side),
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        for face, sign in zip(faces, signs, strict=True)
    ]
    return np.asarray(np.stack(turned), dtype=np.uint8)


def occlude(faces: Bytes, share: float, *, seed: int = 0) -> Bytes:
    """A square of `share` of the side in one grey, somewhere in each face."""
    draw = np.random.default_rng(seed)
    side = faces.shape[1]
    edge = round(share * side)
    covered = faces.copy()
    for face in covered:
        row, column = draw.integers(0, side - edge + 1, 2)
        face[row : row + edge, column : column + edge] = draw.integers(0, 256)
    return covered


DISTURBANCES: dict[str, tuple[Disturb, tuple[float, ...]]] = {
    "brightness": (brighten, (-80, -40, 40, 80)),
    "blur_sigma": (blur, (0.5, 1.0, 1.5, 2.0)),
    "jpeg_quality": (compress, (70, 50, 30, 15)),
    "down_scaled_to": (shrink, (36, 24, 18, 12)),
    "rotation_degrees": (rotate, (5, 10, 15, 20)),
    "occluded_share_of_side": (partial(occlude, seed=0), (0.2, 0.3, 0.4, 0.5)),
}
