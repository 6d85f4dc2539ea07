"""Surgical masks and sunglasses drawn over faces framed as in FER-2013: uint8 [N, side, side], grey."""

import cv2
import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
Draw = np.random.Generator
DRAWN_SIDE = 192  # small faces are drawn upon at about this side, then shrunk


def surgical_masks(faces: Bytes, *, seed: int) -> Bytes:
    """A pleated mask from the bridge of the nose to below the chin, with its straps."""
    draw = np.random.default_rng(seed)
    return np.stack([_shrunk(_masked(_enlarged(face), draw), face) for face in faces])


def sunglasses(faces: Bytes, *, seed: int) -> Bytes:
    """Two dark glasses with a bridge and temples over the eyes."""
    draw = np.random.default_rng(seed)
    return np.stack([_shrunk(_with_glasses(_enlarged(face), draw), face) for face in faces])


def _enlarged(face: Bytes) -> Bytes:
    side = max(1, DRAWN_SIDE // len(face)) * len(face)
    return np.asarray(cv2.resize(face, (side, side), interpolation=cv2.INTER_LINEAR), dtype=np.uint8)


def _shrunk(image: Bytes, face: Bytes) -> Bytes:
    return np.asarray(cv2.resize(image, face.shape[::-1], interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _corners(points: list[tuple[float, float]], side: int, draw: Draw) -> npt.NDArray[np.int32]:
    shaken = np.array(points) + draw.normal(0, 0.01, (len(points), 2))
    return np.asarray((shaken * side).round().astype(np.int32))


def _masked(image: Bytes, draw: Draw) -> Bytes:
    side = len(image)
    cloth = draw.uniform(120, 250)
    top, chin = draw.uniform(0.46, 0.56), draw.uniform(0.96, 1.1)
    left, right = draw.uniform(0.08, 0.2), draw.uniform(0.8, 0.92)
    outline = [
        (left, top + 0.08), (0.36, top + 0.02), (0.5, top - 0.04), (0.64, top + 0.02), (right, top + 0.08),
        (right - 0.03, 0.84), (0.68, chin), (0.32, chin), (left + 0.03, 0.84),
    ]  # fmt: skip
    cv2.fillPoly(image, [_corners(outline, side, draw)], (cloth,), cv2.LINE_AA)
    for pleat in np.linspace(top + 0.16, 0.86, draw.integers(2, 5)):
        line = _corners([(left + 0.05, pleat), (0.5, pleat + 0.03), (right - 0.05, pleat)], side, draw)
        cv2.polylines(image, [line], False, (cloth * 0.85,), 2, cv2.LINE_AA)
    for x, edge in ((left, -0.1), (right, 1.1)):
        strap = _corners([(x, top + 0.1), (edge, top - draw.uniform(0, 0.15))], side, draw)
        cv2.polylines(image, [strap], False, (cloth,), 3, cv2.LINE_AA)
    return image


def _with_glasses(image: Bytes, draw: Draw) -> Bytes:
    side = len(image)
    glass, height = draw.uniform(0, 50), draw.uniform(0.3, 0.38)
    half = (round(draw.uniform(0.14, 0.19) * side), round(draw.uniform(0.09, 0.14) * side))
    for x in (0.29, 0.71):
        cv2.ellipse(
            image, (round(x * side), round(height * side)), half, 0, 0, 360, (glass,), -1, cv2.LINE_AA
        )
    level = round((height - 0.02) * side)
    cv2.line(image, (0, level), (side, level), (glass,), max(2, side // 48), cv2.LINE_AA)
    return image
