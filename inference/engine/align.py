"""The face as the classifier knows faces: eyes level, 48 x 48, grey."""

import cv2
import numpy as np

from inference.engine.faces import Face, Image
from inference.engine.package import INPUT_SIDE

MAX_OVERSAMPLING = 8


def align(image: Image, face: Face, margin: float) -> Image:
    """Cut one face out of an RGB image: uint8 [48, 48], turned by its tilt, widened by `margin` on each side.

    Sampled on a grid as fine as the image and then averaged, so that large faces do not alias.
    """
    side = face.side * (1 + 2 * margin)
    factor = int(np.clip(round(side / INPUT_SIDE), 1, MAX_OVERSAMPLING))
    target = INPUT_SIDE * factor
    matrix = cv2.getRotationMatrix2D(face.centre, face.tilt_degrees, target / side)
    matrix[:, 2] += np.subtract(target / 2, face.centre)
    crop = cv2.warpAffine(
        image, matrix, (target, target), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    grey = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY)
    small = cv2.resize(grey, (INPUT_SIDE, INPUT_SIDE), interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.uint8)
