"""The better detector, once installed: YuNet (Wu, Peng and Yu 2023), 230 KB of ONNX, five landmarks."""

from math import atan2, degrees, hypot, sqrt
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from inference.engine.detector_file import check_detector
from inference.engine.faces import Face, Image, turned, without_doubles

SEARCH_SIDES: Final = (320, 640)  # the second only where the first found nothing
CONFIDENCE: Final = 0.7
# Medians over FER-2013, as shares of the frame's side: eyes apart, root of the box's area, eyes over centre.
EYES_APART: Final = 0.364
BOX: Final = 0.887
EYES_ABOVE_CENTRE: Final = 0.122
# The points lean towards the upright: of portraits turned by 10..40 degrees they show half the turn.
TILT_GAIN: Final = 2.0


class YuNetDetector:
    """Finds faces at nearly any tilt, down to about 10 pixels of the searched image."""

    name = "yunet_2023mar"
    sure = 0.92  # upright faces have 0.93 and more, those tilted by 60 degrees and more under 0.91

    def __init__(self, file: Path) -> None:
        """Raises `ModelPackageError` when the file is not the one we know."""
        check_detector(file)
        self._net = cv2.FaceDetectorYN.create(str(file), "", (SEARCH_SIDES[0],) * 2, CONFIDENCE)

    def find(self, image: Image, *, smallest: float = 0.0) -> list[Face]:
        for side in SEARCH_SIDES[:1] if smallest else SEARCH_SIDES:
            scale = side / max(image.shape[:2])
            found = [face.scaled(1 / scale) for face in self._search(image, scale)]
            if found := [face for face in found if face.side >= smallest]:
                return without_doubles(found)
        return []

    def _search(self, image: Image, scale: float) -> list[Face]:
        shrunk = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        self._net.setInputSize((shrunk.shape[1], shrunk.shape[0]))
        rows = self._net.detect(cv2.cvtColor(shrunk, cv2.COLOR_RGB2BGR))[1]
        return [] if rows is None else [_face(np.asarray(row, dtype=np.float64)) for row in rows]


def _face(row: NDArray[np.float64]) -> Face:
    """A row: box x, y, width, height; x, y of the left and right eye in the image, nose, mouth; score."""
    width, height, left_x, left_y, right_x, right_y = (float(value) for value in row[2:8])
    apart = hypot(right_x - left_x, right_y - left_y)
    side = sqrt(max(apart / EYES_APART, 1.0) * sqrt(max(width * height, 1.0)) / BOX)
    tilt = TILT_GAIN * degrees(atan2(right_y - left_y, right_x - left_x))
    down_x, down_y = turned((0.0, EYES_ABOVE_CENTRE * side), tilt)
    centre = ((left_x + right_x) / 2 + down_x, (left_y + right_y) / 2 + down_y)
    return Face(centre, side, tilt, float(row[14]))
