"""Finding the face of a check-in: upright first, then in turned copies, and only faces that matter count."""

from typing import Final

import cv2
import numpy as np

from inference.engine.faces import Detector, Face, Image, turned

TURNS: Final = (-25.0, 25.0, -50.0, 50.0, -90.0, 90.0, 180.0)
TURNED_SIDE: Final = 400
SMALLEST_TURNED: Final = 0.15  # of the longest side: turned copies are searched for a selfie's face only
BYSTANDER_SIDE: Final = (
    0.5  # a face under half the side of the largest is somebody behind, not a second sitter
)
BYSTANDER_CONFIDENCE: Final = 0.2  # and one so much less certain is no face at all


def find_faces(detector: Detector, image: Image) -> list[Face]:
    """The faces that count, largest first, in pixels of the image; none where the image shows no face."""
    faces = detector.find(image)
    if not faces or faces[0].confidence < detector.sure:
        faces = max(faces, _find_turned(detector, image), key=_confidence)
    return [
        face
        for face in faces
        if face.side >= BYSTANDER_SIDE * faces[0].side
        and face.confidence >= BYSTANDER_CONFIDENCE * faces[0].confidence
    ]


def _find_turned(detector: Detector, image: Image) -> list[Face]:
    """The faces of the turned copy with the surest one: a tilted head is told so rather than not seen."""
    scale = min(1.0, TURNED_SIDE / max(image.shape[:2]))
    shrunk = np.asarray(
        cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), dtype=np.uint8
    )
    smallest = SMALLEST_TURNED * max(shrunk.shape[:2])
    return max((_find_in_copy(detector, shrunk, turn, smallest, scale) for turn in TURNS), key=_confidence)


def _find_in_copy(
    detector: Detector, shrunk: Image, degrees: float, smallest: float, scale: float
) -> list[Face]:
    found = detector.find(_turn(shrunk, degrees), smallest=smallest)
    return [_turned_back(face, shrunk, degrees).scaled(1 / scale) for face in found]


def _confidence(faces: list[Face]) -> float:
    return max((face.confidence for face in faces), default=0.0)


def _turn(image: Image, degrees: float) -> Image:
    """The image turned clockwise about its centre on a canvas that holds all of it."""
    height, width = image.shape[:2]
    side = _canvas_side(image)
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1.0)
    matrix[:, 2] += ((side - width) / 2, (side - height) / 2)
    return np.asarray(cv2.warpAffine(image, matrix, (side, side)), dtype=np.uint8)


def _turned_back(face: Face, image: Image, degrees: float) -> Face:
    height, width = image.shape[:2]
    half = _canvas_side(image) / 2
    x, y = turned((face.centre[0] - half, face.centre[1] - half), -degrees)
    return Face(
        (x + width / 2, y + height / 2), face.side, _wrapped(face.tilt_degrees - degrees), face.confidence
    )


def _canvas_side(image: Image) -> int:
    return int(np.ceil(np.hypot(*image.shape[:2])))


def _wrapped(degrees: float) -> float:
    return (degrees + 180) % 360 - 180
