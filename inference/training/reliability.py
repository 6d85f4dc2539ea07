"""How far probabilities can be believed: calibration per emotion, and what abstaining would buy."""

from typing import TypedDict

import numpy as np

from inference.emotions import EMOTIONS
from inference.training.dataset import Codes
from inference.training.metrics import ECE_BINS, Floats

COVERAGES = (1.0, 0.95, 0.9, 0.85, 0.8, 0.7, 0.6, 0.5)
JUDGED_COVERAGE = 0.9


class Bin(TypedDict):
    """Readings of about one top probability: how many, their mean probability, the share that was right."""

    n: int
    confidence: float
    accuracy: float


class Coverage(TypedDict):
    """What is kept when readings under `threshold` are withheld, and how often that is right."""

    coverage: float
    accuracy: float
    threshold: float


class Reliability(TypedDict):
    bins: list[Bin]
    class_ece: dict[str, float]
    named_ece: dict[str, float | None]
    risk_coverage: list[Coverage]
    gain_at_90: float


def reliability(probabilities: Floats, truth: Codes) -> Reliability:
    """All figures of one head's probabilities [N, 7] against the truth [N], rounded to four digits.

    `class_ece`: the distance of an emotion's probability and its share, over all readings (class-wise ECE,
    Kull et al. 2019, arXiv:1910.12656). `named_ece`: of the top probability and the share that was right,
    over the readings that name this emotion; with few of them mostly chance. `gain_at_90`: accuracy won by
    withholding the tenth of readings that is least sure.
    """
    curve = risk_coverage(probabilities, truth)
    kept = next(point for point in curve if point["coverage"] == JUDGED_COVERAGE)
    return {
        "bins": reliability_bins(probabilities, truth),
        "class_ece": class_calibration_errors(probabilities, truth),
        "named_ece": named_calibration_errors(probabilities, truth),
        "risk_coverage": curve,
        "gain_at_90": round(kept["accuracy"] - curve[0]["accuracy"], 4),
    }


def reliability_bins(probabilities: Floats, truth: Codes, bins: int = ECE_BINS) -> list[Bin]:
    """Bins of equal width of the top probability; empty ones are left out."""
    confidence = probabilities.max(1)
    hits = probabilities.argmax(1) == truth
    places = _places(confidence, bins)
    counts = np.bincount(places, minlength=bins)
    confident, right = (np.bincount(places, values, bins) for values in (confidence, hits))
    return [
        {
            "n": int(counts[place]),
            "confidence": round(float(confident[place] / counts[place]), 4),
            "accuracy": round(float(right[place] / counts[place]), 4),
        }
        for place in np.flatnonzero(counts)
    ]


def class_calibration_errors(probabilities: Floats, truth: Codes) -> dict[str, float]:
    return {name: _gap(probabilities[:, place], truth == place) for place, name in enumerate(EMOTIONS)}


def named_calibration_errors(probabilities: Floats, truth: Codes) -> dict[str, float | None]:
    """None for an emotion that no reading names."""
    named, confidence = probabilities.argmax(1), probabilities.max(1)
    hits = named == truth
    return {
        name: _gap(confidence[named == place], hits[named == place]) if (named == place).any() else None
        for place, name in enumerate(EMOTIONS)
    }


def _gap(confidence: Floats, hits: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> float:
    gaps = np.bincount(_places(confidence, ECE_BINS), confidence - hits, ECE_BINS)
    return round(float(np.abs(gaps).sum() / len(confidence)), 4)


def _places(confidence: Floats, bins: int) -> Codes:
    return np.asarray(np.minimum((confidence * bins).astype(np.int64), bins - 1))


def risk_coverage(probabilities: Floats, truth: Codes) -> list[Coverage]:
    """The most confident share of the readings and how often it is right, for each of COVERAGES."""
    confidence = probabilities.max(1)
    order = np.argsort(-confidence, kind="stable")
    right = np.cumsum((probabilities.argmax(1) == truth)[order])
    points: list[Coverage] = []
    for coverage in COVERAGES:
        kept = max(1, round(coverage * len(order)))
        points.append(
            {
                "coverage": coverage,
                "accuracy": round(float(right[kept - 1] / kept), 4),
                "threshold": round(float(confidence[order[kept - 1]]), 4),
            }
        )
    return points
