"""From stored readings to stored shares and scores: the only place that turns one into the other."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Literal, cast, get_args

import numpy as np
from django.db import connection

from clinics.models import Clinic
from scoring.models import PeriodScore, ScoreProfile
from scoring.models.scores import EstimatedShares
from scoring.readings import UsedReading
from scoring.rules import (
    ESTIMATORS,
    Confusion,
    Readings,
    Score,
    Scores,
    Shares,
    mean_from_sums,
    period_of,
    score_one,
    score_shares,
    together,
)

StoredKind = Literal["week", "month", "quarter"]
KINDS: tuple[StoredKind, ...] = get_args(StoredKind)
RESCORED_AT_ONCE = 2000
POSTERIOR = "mixture"
"""The estimator whose shares are stored of every period; the plain mean is had from the stored sums."""

PeriodKey = tuple[uuid.UUID, StoredKind, date, str]
"""Patient, kind, first local day, model version: what makes a stored score one row."""

Floats = list[float]
StoredRow = tuple[uuid.UUID, str, int, Floats, Floats, Floats]
"""Primary key, kind, readings, share means, covariance and sums of one period."""


def estimate_groups(groups: Sequence[Sequence[UsedReading]], estimator: str = POSTERIOR) -> Shares:
    """Shares of many stretches of readings at once; each reading is judged by its own model's confusion."""
    longest = max((len(group) for group in groups), default=0)
    probabilities = np.ones((len(groups), longest, 7))
    used = np.zeros((len(groups), longest), dtype=np.bool_)
    model = np.zeros((len(groups), longest), dtype=np.int64)
    confusions: dict[Confusion, int] = {}
    for row, group in enumerate(groups):
        used[row, : len(group)] = True
        for column, reading in enumerate(group):
            probabilities[row, column] = reading.probabilities
            model[row, column] = confusions.setdefault(reading.confusion, len(confusions))
    return ESTIMATORS[estimator](Readings(probabilities, used, tuple(confusions), model))


def write_shares(row: EstimatedShares, shares: Shares, index: int) -> None:
    """Puts one result of a batch into its row."""
    row.readings = int(shares.readings[index])
    row.share_means = shares.mean[index].tolist()
    row.share_covariance = shares.covariance[index].ravel().tolist()


def write_score(row: EstimatedShares, scores: Scores, index: int, profile: ScoreProfile) -> None:
    """The same for a score; `is_enough` is the caller's to say."""
    row.score = float(scores.estimate[index])
    row.low = float(scores.low[index])
    row.high = float(scores.high[index])
    row.profile_version = profile.version


def stored_shares(means: Sequence[Floats], covariances: Sequence[Floats], readings: Sequence[int]) -> Shares:
    return Shares(
        np.array(means, dtype=np.float64).reshape(-1, 7),
        np.array(covariances, dtype=np.float64).reshape(-1, 7, 7),
        np.array(readings, dtype=np.int64),
    )


def chosen_shares(posterior: Shares, sums: Sequence[Floats], profile: ScoreProfile) -> Shares:
    """What the clinic scores: the stored posterior, or the plain mean of the same readings."""
    if profile.estimator != ScoreProfile.Estimators.MEAN:
        return posterior
    return mean_from_sums(np.array(sums, dtype=np.float64).reshape(-1, 7), posterior.readings)


def score_together(rows: Sequence[PeriodScore], profile: ScoreProfile) -> Score:
    """One period that several model versions read, from what is stored of each: no reading is needed."""
    parts = stored_shares(
        [row.share_means for row in rows],
        [row.share_covariance for row in rows],
        [row.readings for row in rows],
    )
    whole = together(parts)
    if profile.estimator == ScoreProfile.Estimators.MEAN:
        whole = mean_from_sums(np.sum([row.share_sums for row in rows], axis=0), whole.readings)
    return score_one(whole, profile.matrix)


def group_by_period(
    clinic: Clinic, readings: Mapping[uuid.UUID, Sequence[UsedReading]]
) -> dict[PeriodKey, list[UsedReading]]:
    groups: dict[PeriodKey, list[UsedReading]] = defaultdict(list)
    for patient_id, taken in readings.items():
        for reading in taken:
            for kind in KINDS:
                start = period_of(reading.captured_at, kind, clinic.zone).first_day
                groups[patient_id, kind, start, reading.model_version].append(reading)
    return groups


def touched_periods(
    clinic: Clinic, touched: Mapping[uuid.UUID, Iterable[datetime]]
) -> set[tuple[uuid.UUID, StoredKind, date]]:
    return {
        (patient_id, kind, period_of(moment, kind, clinic.zone).first_day)
        for patient_id, moments in touched.items()
        for moment in moments
        for kind in KINDS
    }


def store_periods(
    *,
    clinic: Clinic,
    profile: ScoreProfile,
    groups: Mapping[PeriodKey, Sequence[UsedReading]],
) -> None:
    """Estimates and writes the scores of these periods, kind by kind so that padding stays small."""
    for kind in KINDS:
        keys = [key for key in groups if key[1] == kind]
        if not keys:
            continue
        shares = estimate_groups([groups[key] for key in keys])
        sums = [np.sum([r.probabilities for r in groups[key]], axis=0).tolist() for key in keys]
        scores = score_shares(chosen_shares(shares, sums, profile), profile.matrix)
        rows = []
        for index, (patient_id, _, start, model_version) in enumerate(keys):
            row = PeriodScore(
                clinic=clinic, patient_id=patient_id, kind=kind, start=start, model_version=model_version
            )
            write_shares(row, shares, index)
            write_score(row, scores, index, profile)
            row.share_sums = sums[index]
            row.is_enough = row.readings >= profile.floor(kind)
            rows.append(row)
        PeriodScore.objects.bulk_create(
            rows,
            batch_size=1000,
            update_conflicts=True,
            unique_fields=["clinic", "patient", "kind", "start", "model_version"],
            update_fields=[
                "readings",
                "share_means",
                "share_covariance",
                "share_sums",
                "score",
                "low",
                "high",
                "is_enough",
                "profile_version",
            ],
        )


def rescore_periods(*, profile: ScoreProfile) -> None:
    """Every stored period under another matrix: arithmetic on stored shares, no reading again."""
    unrestricted = PeriodScore.objects.filter(patient__restricted_at=None)
    rows = unrestricted.values_list("pk", "kind", "readings", "share_means", "share_covariance", "share_sums")
    batch: list[StoredRow] = []
    for row in rows.iterator(RESCORED_AT_ONCE):
        batch.append(row)
        if len(batch) == RESCORED_AT_ONCE:
            _rescore(batch, profile)
            batch = []
    if batch:
        _rescore(batch, profile)


def _rescore(batch: list[StoredRow], profile: ScoreProfile) -> None:
    ids, kinds, readings, means, covariances, sums = (list(column) for column in zip(*batch, strict=True))
    posterior = stored_shares(means, covariances, readings)
    scores = score_shares(chosen_shares(posterior, sums, profile), profile.matrix)
    is_enough = [
        count >= profile.floor(cast("StoredKind", kind)) for kind, count in zip(kinds, readings, strict=True)
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE scoring_periodscore AS stored SET score = new.score, low = new.low, high = new.high,"
            " is_enough = new.is_enough, profile_version = %s"
            " FROM unnest(%s::uuid[], %s::float8[], %s::float8[], %s::float8[], %s::boolean[])"
            " AS new (id, score, low, high, is_enough) WHERE stored.id = new.id",
            [
                profile.version,
                ids,
                scores.estimate.tolist(),
                scores.low.tolist(),
                scores.high.tolist(),
                is_enough,
            ],
        )
