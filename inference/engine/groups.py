"""Does a classifier fail one group of people more often than the others? Rates, their difference, and whether
the difference is beyond chance. A group of fewer than ten patients is in no figure, and cannot be told from
the figures of the others.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from math import sqrt

from inference.engine.watch import SMALLEST_GROUP, Answer

ENOUGH_READINGS = 100
MARGIN = 0.03
QUANTILE = 2.262
"""95 %, two-sided, of Student's t with 9 degrees of freedom: the fewest patients of a group, less one."""

Counts = tuple[int, int]
"""Of one patient: what was counted, out of how many photos."""


@dataclass(frozen=True)
class Rate:
    """`events` of `readings` photos of `patients` people; `variance` of the rate, patients sampled."""

    patients: int
    readings: int
    events: int
    variance: float

    @property
    def value(self) -> float:
        return self.events / self.readings


@dataclass(frozen=True)
class Comparison:
    """One group beside all other shown groups of the same question. `low`, `high`: a 95 % interval of the
    difference of the rates, which lies in it; all in -1..1."""

    group: Rate
    others: Rate
    difference: float
    low: float
    high: float

    @property
    def is_enough(self) -> bool:
        return min(self.group.readings, self.others.readings) >= ENOUGH_READINGS

    @property
    def is_large(self) -> bool:
        """More than three points, which may still be chance."""
        return abs(self.difference) > MARGIN

    @property
    def is_beyond_chance(self) -> bool:
        """Enough data, more than three points, and an interval that does not hold "no difference"."""
        return self.is_enough and self.is_large and (self.low > 0 or self.high < 0)


def counts_not_scored(answers: Iterable[Answer]) -> dict[Hashable, Counts]:
    """By patient: photos that gave nothing, of those a program looked at."""
    return _counts((row.patient, not row.is_scored) for row in answers if row.is_tried)


def counts_contested(answers: Iterable[Answer]) -> dict[Hashable, Counts]:
    """By patient: contested photos, of those that were scored."""
    return _counts((row.patient, row.is_contested) for row in answers if row.is_scored)


def compare_groups(
    counts: Mapping[Hashable, Counts], group_of: Mapping[Hashable, str]
) -> dict[str, Comparison]:
    """Each group that may be shown beside the others that may be shown; empty where fewer than two may.

    `counts`: of everybody with a photo, whether they answered or not. `group_of`: of those who answered.
    """
    members: dict[str, list[Hashable]] = {}
    for patient in counts:
        if patient in group_of:
            members.setdefault(group_of[patient], []).append(patient)
    shown = _shown({name: len(patients) for name, patients in members.items()}, len(counts))
    if len(shown) < 2:
        return {}
    return {
        name: compare(
            rate_of(counts[patient] for patient in members[name]),
            rate_of(counts[patient] for other in shown if other != name for patient in members[other]),
        )
        for name in sorted(shown)
    }


def rate_of(counts: Iterable[Counts]) -> Rate:
    """Patients are the sample, not photos: ten photos of one face in one light are hardly ten observations.

    The variance is that of a ratio estimated from clusters (Cochran, Sampling Techniques, 1977), and never
    below that of independent photos with one event and one other added, so that 0 of 100 is not certain.
    Raises ValueError without photos.
    """
    rows = [(events, readings) for events, readings in counts if readings > 0]
    events, readings = sum(row[0] for row in rows), sum(row[1] for row in rows)
    if not rows or any(not 0 <= row[0] <= row[1] for row in rows):
        raise ValueError("a rate needs photos, and no more events than photos")
    rate, patients = events / readings, len(rows)
    spread = sum((row[0] - rate * row[1]) ** 2 for row in rows) / readings**2
    clustered = spread * patients / (patients - 1) if patients > 1 else 1.0
    softened = (events + 1) / (readings + 2)
    return Rate(patients, readings, events, max(clustered, softened * (1 - softened) / readings))


def compare(group: Rate, others: Rate) -> Comparison:
    difference = group.value - others.value
    reach = QUANTILE * sqrt(group.variance + others.variance)
    return Comparison(group, others, difference, max(-1.0, difference - reach), min(1.0, difference + reach))


def _shown(sizes: Mapping[str, int], everybody: int) -> set[str]:
    """Groups large enough, so many that whoever is in none of them is nobody, or ten patients at least.

    Otherwise what is known of everybody, less the shown groups, would show a small group after all.
    """
    shown = {name for name, size in sizes.items() if size >= SMALLEST_GROUP}
    while shown and 0 < everybody - sum(sizes[name] for name in shown) < SMALLEST_GROUP:
        shown.remove(min(shown, key=lambda name: (sizes[name], name)))
    return shown


def _counts(pairs: Iterable[tuple[Hashable, bool]]) -> dict[Hashable, Counts]:
    counts: dict[Hashable, Counts] = {}
    for patient, is_event in pairs:
        events, readings = counts.get(patient, (0, 0))
        counts[patient] = (events + is_event, readings + 1)
    return counts
