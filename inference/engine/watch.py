"""A classifier counted: how often it gave nothing and why, how sure it was, whether its shares drifted, and
how often patients said that it was wrong. Numbers in, numbers out."""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

UNTRIED = frozenset(
    {"consent_missing", "not_allowed", "notice_missing", "face_off", "closed", "too_old", "restricted"}
)
"""Reasons for which no program looked at a photo: no failure of the program, and in no rate of it."""

SMALLEST_GROUP = 10
"""Patients. Of a smaller group nothing is shown."""

PSI_FLOOR = 1e-4
PSI_NEEDS = 100
"""Scored photos. Below, chance alone moves the index by about (classes - 1) / photos."""

QUANTILES = (0.1, 0.5, 0.9)


@dataclass(frozen=True)
class Answer:
    """What became of one photo.

    `patient`: anything that tells patients apart. `shares`: seven probabilities, sum 1, in the order of
    EMOTIONS, given exactly when `reason` is empty.
    """

    patient: Hashable
    reason: str = ""
    shares: tuple[float, ...] | None = None
    is_contested: bool = False

    @property
    def is_tried(self) -> bool:
        return self.reason not in UNTRIED

    @property
    def is_scored(self) -> bool:
        return self.shares is not None


@dataclass(frozen=True)
class Figures:
    """Counts of photos, and of the patients they are of.

    `confidence`: of the top probability, 0..1, its mean and QUANTILES; `shares`: mean probabilities [7];
    both empty without a scored photo. `psi` is None where it would say nothing.
    """

    patients: int = 0
    tried: int = 0
    scored: int = 0
    contested: int = 0
    not_scored: dict[str, int] = field(default_factory=dict)
    untried: dict[str, int] = field(default_factory=dict)
    confidence: dict[str, float] = field(default_factory=dict)
    shares: list[float] = field(default_factory=list)
    psi: float | None = None

    @property
    def not_scored_rate(self) -> float | None:
        """Of the photos a program looked at; None where there were none."""
        return 1 - self.scored / self.tried if self.tried else None

    @property
    def contested_rate(self) -> float | None:
        """Of the scored photos; None where there were none."""
        return self.contested / self.scored if self.scored else None


def figures_of(answers: Iterable[Answer], reference: Sequence[float] | None = None) -> Figures:
    """`reference`: the shares [7] that the model's calibration assumes, sum 1; None where nobody knows them.

    The order of the answers does not matter.
    """
    rows = list(answers)
    tried = [row for row in rows if row.is_tried]
    scored = [row.shares for row in tried if row.shares is not None]
    shares = np.asarray(sorted(scored), dtype=np.float64).mean(axis=0) if scored else np.zeros(0)
    patients = len({row.patient for row in tried})
    is_enough = len(scored) >= PSI_NEEDS and patients >= SMALLEST_GROUP
    return Figures(
        patients=patients,
        tried=len(tried),
        scored=len(scored),
        contested=sum(row.is_contested for row in tried if row.is_scored),
        not_scored=dict(sorted(Counter(row.reason for row in tried if not row.is_scored).items())),
        untried=dict(sorted(Counter(row.reason for row in rows if not row.is_tried).items())),
        confidence=_confidence(scored),
        shares=[round(float(share), 6) for share in shares],
        psi=round(population_stability(shares.tolist(), reference), 4) if is_enough and reference else None,
    )


def population_stability(shares: Sequence[float], reference: Sequence[float]) -> float:
    """The population stability index: sum of (p - q) ln(p / q), 0 where both are alike, never negative.

    Both [K], not negative, with a sum above 0; they are brought to the sum 1, and a share below 0.0001 counts
    as that much, so that one empty class does not make it infinite. Raises ValueError for other input.
    Source: Siddiqi, Credit Risk Scorecards (2006); it is the symmetrised Kullback-Leibler divergence.
    """
    p, q = _floored(shares), _floored(reference)
    if p.shape != q.shape:
        raise ValueError(f"{p.size} shares cannot be compared with {q.size}")
    return float(np.sum((p - q) * np.log(p / q)))


def _floored(shares: Sequence[float]) -> np.typing.NDArray[np.float64]:
    values = np.asarray(shares, dtype=np.float64)
    if values.ndim != 1 or not values.size or not np.isfinite(values).all() or (values < 0).any():
        raise ValueError("shares must be a list of numbers that are not negative")
    if not values.sum() > 0:
        raise ValueError("shares must not all be 0")
    floored = np.maximum(values / values.sum(), PSI_FLOOR)
    return np.asarray(floored / floored.sum())


def _confidence(scored: list[tuple[float, ...]]) -> dict[str, float]:
    if not scored:
        return {}
    top = np.asarray(sorted(max(shares) for shares in scored))
    points = np.quantile(top, QUANTILES)
    named = {f"p{round(at * 100)}": float(value) for at, value in zip(QUANTILES, points, strict=True)}
    return {name: round(value, 6) for name, value in {"mean": float(top.mean()), **named}.items()}
