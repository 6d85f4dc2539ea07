"""The default detector: the Haar cascades (Viola and Jones 2001) that come with OpenCV's wheel."""

from math import atan2, degrees
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from inference.engine.faces import Face, Image, without_doubles

SEARCH_SIDE: Final = 640
NEAR_SIDE: Final = (
    96  # of SEARCH_SIDE: a selfie's face is larger, and to look for no smaller ones is 6 times faster
)
FAR_SIDE: Final = 20
# Medians over FER-2013: the cascade's box there is 0.964 of the frame and its centre that of the frame.
FRAME_PER_BOX: Final = 1 / 0.964
NEIGHBOURS: Final = 4
EYES_SIDE: Final = 120
STEEPEST_EYE_LINE: Final = 35.0

Grey = NDArray[np.uint8]


class HaarDetector:
    """Frontal faces tilted up to about 20 degrees. The tilt comes from the eyes, if found."""

    name = "haar_alt2"
    sure = 10.0  # boxes that agree: upright faces have 12 and more, false ones about 6

    def __init__(self) -> None:
        self._faces = _load("haarcascade_frontalface_alt2.xml")
        self._eyes = _load("haarcascade_eye.xml")

    def find(self, image: Image, *, smallest: float = 0.0) -> list[Face]:
        """Large faces first; then small ones only if there was none, or they could still matter."""
        scale = SEARCH_SIDE / max(image.shape[:2])
        grey = _shrunk_grey(image, scale)
        floor = smallest * scale / FRAME_PER_BOX
        found = self._search(grey, max(NEAR_SIDE, floor), step=1.15)
        largest = max((face.side for face in found), default=0.0)
        if floor < NEAR_SIDE and largest / 2 < NEAR_SIDE:
            found = self._search(grey, max(FAR_SIDE, floor, largest / 2), step=1.1)
        return [face.scaled(1 / scale) for face in without_doubles(found)]

    def _search(self, grey: Grey, smallest: float, *, step: float) -> list[Face]:
        side = round(smallest)
        boxes, neighbours = self._faces.detectMultiScale2(
            grey, scaleFactor=step, minNeighbors=NEIGHBOURS, minSize=(side, side)
        )
        return [
            Face(
                centre=(float(x + width / 2), float(y + width / 2)),
                side=float(width) * FRAME_PER_BOX,
                tilt_degrees=self._tilt(grey[y : y + width, x : x + width]),
                confidence=float(count),
            )
            for (x, y, width, _height), count in zip(boxes, neighbours, strict=True)
        ]

    def _tilt(self, face: Grey) -> float:
        """Of the line through the best-supported eye on either side of the nose; 0 where one is not seen."""
        upper = cv2.resize(face, (EYES_SIDE, EYES_SIDE), interpolation=cv2.INTER_AREA)[: EYES_SIDE * 2 // 3]
        boxes, support = self._eyes.detectMultiScale2(
            upper, scaleFactor=1.15, minNeighbors=3, minSize=(20, 20), maxSize=(48, 48)
        )
        best: dict[bool, tuple[float, float, float]] = {}
        for (x, y, width, height), count in zip(boxes, support, strict=True):
            centre = x + width / 2
            is_left = centre < EYES_SIDE / 2
            best[is_left] = max(best.get(is_left, (0.0, 0.0, 0.0)), (float(count), centre, y + height / 2))
        if len(best) < 2:
            return 0.0
        (_, left, left_y), (_, right, right_y) = best[True], best[False]
        tilt = degrees(atan2(right_y - left_y, right - left))
        is_likely = right - left > EYES_SIDE * 0.25 and abs(tilt) <= STEEPEST_EYE_LINE
        return tilt if is_likely else 0.0


def _shrunk_grey(image: Image, scale: float) -> Grey:
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=method), dtype=np.uint8)


def _load(name: str) -> cv2.CascadeClassifier:
    cascade = cv2.CascadeClassifier(str(Path(cv2.__file__).parent / "data" / name))
    if cascade.empty():
        raise FileNotFoundError(f"{name} is not in this build of OpenCV")
    return cascade
