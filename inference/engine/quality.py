"""Whether a face can be read: sharp, lit, large and upright enough."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from inference.engine.faces import Face, Image

SMALLEST_FACE_PX: Final = 48
STEEPEST_TILT_DEGREES: Final = 35.0
DARKEST: Final = 30.0  # FER-2013: one face in 200 is under 45
BRIGHTEST: Final = 225.0  # and one in 200 over 210
BLURRIEST: Final = 0.08  # FER-2013: one face in 200 is under 0.17


@dataclass(frozen=True)
class Quality:
    """`blur`: variance of the Laplacian of the 48 x 48 face at unit contrast, lower is blurrier; `light`:
    mean grey of that face, 0..255; `size_px`: side of the face in pixels of the decoded image;
    `tilt_degrees`: of the eyes' line, clockwise positive.
    """

    blur: float
    light: float
    size_px: int
    tilt_degrees: float


def judge(face: Face, crop: Image) -> Quality:
    """Measure one face and its aligned crop, uint8 [48, 48]."""
    return Quality(
        blur=round(sharpness(crop), 4),
        light=round(float(crop.mean()), 1),
        size_px=round(face.side),
        tilt_degrees=round(face.tilt_degrees, 1),
    )


def sharpness(crop: Image) -> float:
    """Variance of the Laplacian (Pech-Pacheco et al. 2000) at unit contrast; 0 for a flat crop."""
    pixels = crop.astype(np.float32)
    contrast = float(pixels.std())
    if contrast < 1.0:
        return 0.0
    return float(cv2.Laplacian(pixels / contrast, cv2.CV_32F).var())


def refusal(quality: Quality) -> str | None:
    """The first reason for which the face is not read, or None."""
    checks = (
        (abs(quality.tilt_degrees) > STEEPEST_TILT_DEGREES, "tilted"),
        (quality.size_px < SMALLEST_FACE_PX, "face_too_small"),
        (quality.light < DARKEST, "too_dark"),
        (quality.light > BRIGHTEST, "too_bright"),
        (quality.blur < BLURRIEST, "blurred"),
    )
    return next((reason for is_bad, reason in checks if is_bad), None)


def refusal_without_face(image: Image) -> str:
    """Why no face was found in an RGB image: the light of the whole of it, or there is none."""
    light = float(image[::4, ::4].mean())
    if light < DARKEST:
        return "too_dark"
    return "too_bright" if light > BRIGHTEST + 15 else "no_face"
