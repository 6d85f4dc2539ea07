"""The face as a classifier knows faces: eyes level, cut square, of its size and colour."""

import cv2
import numpy as np

from inference.engine.faces import Face, Image
from inference.engine.formats import InputFormat

MAX_OVERSAMPLING = 8


def align(image: Image, face: Face, wanted: InputFormat) -> Image:
    """Cut one face out of an RGB image, turned by its tilt and widened by the format's margin on each side.

    uint8 [side, side] for a grey format, else [side, side, 3] RGB. Sampled on a grid as fine as the image and
    then averaged, so that large faces do not alias.
    """
    side = face.side * (1 + 2 * wanted.crop_margin)
    factor = int(np.clip(round(side / wanted.side), 1, MAX_OVERSAMPLING))
    target = wanted.side * factor
    matrix = cv2.getRotationMatrix2D(face.centre, face.tilt_degrees, target / side)
    matrix[:, 2] += np.subtract(target / 2, face.centre)
    crop = cv2.warpAffine(
        image, matrix, (target, target), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    if wanted.colour == "grey":
        crop = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY)
    small = cv2.resize(crop, (wanted.side, wanted.side), interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.uint8)
