"""Finding the face of a check-in: upright first, then in turned copies, and only faces that matter count."""

from typing import Final

import cv2
import numpy as np

from inference.engine.faces import Detector, Face, Image, turned

TURNS: Final = (-40.0, 40.0, -80.0, 80.0)
TURNED_SIDE: Final = 400
SMALLEST_TURNED: Final = 0.15  # of the longest side: turned copies are searched for a selfie's face only
BYSTANDER: Final = 0.5  # a face under half the side of the largest is somebody behind, not a second sitter


def find_faces(detector: Detector, image: Image) -> list[Face]:
    """The faces that count, largest first, in pixels of the image; none where the image shows no face."""
    faces = detector.find(image) or _find_turned(detector, image)
    return [face for face in faces if face.side >= BYSTANDER * faces[0].side]


def _find_turned(detector: Detector, image: Image) -> list[Face]:
    """The most confident face of the turned copies, so that a tilted head is told so rather than not seen."""
    scale = min(1.0, TURNED_SIDE / max(image.shape[:2]))
    shrunk = np.asarray(
        cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), dtype=np.uint8
    )
    smallest = SMALLEST_TURNED * max(shrunk.shape[:2])
    found: list[Face] = []
    for degrees in TURNS:
        found += [
            _turned_back(face, shrunk, degrees).scaled(1 / scale)
            for face in detector.find(_turn(shrunk, degrees), smallest=smallest)
        ]
    return [max(found, key=lambda face: face.confidence)] if found else []


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
    return Face((x + width / 2, y + height / 2), face.side, face.tilt_degrees - degrees, face.confidence)


def _canvas_side(image: Image) -> int:
    return int(np.ceil(np.hypot(*image.shape[:2])))
