"""Two made-up weeks of seven readings, scored under a draft matrix: what a change would mean."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

import numpy as np
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from inference.emotions import EMOTIONS
from scoring.models import ScoreProfile
from scoring.rules import (
    ESTIMATORS,
    POPULATION,
    Band,
    Confusion,
    LinesState,
    Readings,
    Score,
    has_enough_readings,
    judge_lines,
    score_shares,
)
from scoring.rules.score import NEWEST_READING_AGE

CERTAINTY = 0.8
SOME_DAY = date(2026, 1, 4)

WEEKS: tuple[tuple[Promise, tuple[str, ...]], ...] = (
    (_("A calm week"), ("neutral", "happy", "neutral", "neutral", "happy", "sad", "neutral")),
    (_("A hard week"), ("sad", "sad", "neutral", "fear", "sad", "sad", "sad")),
)


@dataclass(frozen=True)
class ExampleWeek:
    """One week under one profile. `score` is None where the profile's floor asks for more readings; `band` is
    the line a first judgement of it would cross."""

    title: Promise
    emotions: Counter[str]
    score: Score | None
    band: Band | None


def score_examples(profile: ScoreProfile) -> list[ExampleWeek]:
    """Both weeks under a valid profile, judged once, by readings as sure as CERTAINTY."""
    probabilities = np.array([[_reading(emotion) for emotion in emotions] for _title, emotions in WEEKS])
    readings = Readings.of_one_model(probabilities, Confusion(POPULATION))
    scores = score_shares(ESTIMATORS[profile.estimator](readings), profile.matrix)
    return [
        _judge(profile, title, emotions, scores.at(index)) for index, (title, emotions) in enumerate(WEEKS)
    ]


def _judge(profile: ScoreProfile, title: Promise, emotions: tuple[str, ...], score: Score) -> ExampleWeek:
    if not has_enough_readings("window", len(emotions), NEWEST_READING_AGE, floor=profile.window_floor):
        return ExampleWeek(title, Counter(emotions), None, None)
    judged = judge_lines(LinesState(), score, SOME_DAY, profile.matrix, profile.policy)
    return ExampleWeek(title, Counter(emotions), score, judged.state.band)


def _reading(emotion: str) -> list[float]:
    """CERTAINTY for one emotion; the rest as doubtful as the reference population makes it."""
    place = EMOTIONS.index(emotion)
    rest = (1 - CERTAINTY) / (1 - POPULATION[place])
    return [CERTAINTY if name == emotion else rest * float(POPULATION[n]) for n, name in enumerate(EMOTIONS)]
