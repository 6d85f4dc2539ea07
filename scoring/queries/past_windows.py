"""The judged window of a face as it stood on days that are past, estimated anew from the readings."""

import uuid
from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import cast

from clinics.models import Clinic
from scoring.alert_rules import FaceWindow
from scoring.models import ScoreProfile
from scoring.readings import UsedReading, usable_readings
from scoring.rules import Window, WindowKind, has_enough_readings, score_shares, window_at
from scoring.services import estimates

Key = tuple[uuid.UUID, datetime]


def past_windows(
    patient_ids: Sequence[uuid.UUID], moments: Sequence[datetime], clinic: Clinic
) -> dict[uuid.UUID, dict[datetime, FaceWindow]]:
    """By patient and moment; a day that brought no reading has the window of the day before, grown old."""
    profile = ScoreProfile.objects.in_force()
    first = _window(clinic, profile, moments[0]).reach
    readings = usable_readings(patient_ids, since=first, until=moments[-1])
    groups: dict[Key, list[UsedReading]] = {}
    for pk, rows in readings.items():
        for moment in moments:
            inside = _inside(clinic, profile, moment, rows)
            if inside:
                groups[pk, moment] = inside
    return _estimated(groups, profile)


def _estimated(
    groups: dict[Key, list[UsedReading]], profile: ScoreProfile
) -> dict[uuid.UUID, dict[datetime, FaceWindow]]:
    """Each stretch of the same readings once, however many days it stood."""
    distinct: dict[tuple[int, ...], int] = {}
    of_group = {}
    for key, rows in groups.items():
        same = tuple(id(row) for row in rows)
        of_group[key] = distinct.setdefault(same, len(distinct))
    stretches: list[list[UsedReading]] = [[] for _ in distinct]
    for key, number in of_group.items():
        stretches[number] = groups[key]
    found: dict[uuid.UUID, dict[datetime, FaceWindow]] = {}
    if not stretches:
        return found
    shares = estimates.estimate_groups(stretches, str(profile.estimator))
    scores = score_shares(shares, profile.matrix)
    for (pk, moment), number in of_group.items():
        rows = stretches[number]
        score = scores.at(number)
        age = max(moment - rows[-1].captured_at, timedelta(0))
        found.setdefault(pk, {})[moment] = FaceWindow(
            shares=shares.mean[number].tolist(),
            score=score.estimate,
            warning_line=profile.warning_line,
            intervention_line=profile.intervention_line,
            readings=len(rows),
            is_current=has_enough_readings("window", len(rows), age, floor=profile.window_floor),
            over=score,
        )
    return found


def _inside(
    clinic: Clinic, profile: ScoreProfile, moment: datetime, rows: Sequence[UsedReading]
) -> list[UsedReading]:
    window = _window(clinic, profile, moment)
    end = bisect_right(rows, moment, key=lambda row: row.captured_at)
    start = bisect_right(rows, window.reach, key=lambda row: row.captured_at)
    reached = list(rows[start:end])
    count = window.newest([row.captured_at for row in reached], profile.window_floor)
    return reached[len(reached) - count :]


def _window(clinic: Clinic, profile: ScoreProfile, at: datetime) -> Window:
    return window_at(at, clinic.zone, cast("WindowKind", str(profile.window)), profile.window_days)
