"""A week in which one classifier took another's place is one week, each reading by its own model."""

from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone

from clinics.models import Clinic, Membership
from inference.emotions import EMOTIONS
from inference.models import Reading
from inference.services import contest_reading
from inference.signals import readings_stored
from patients.models import Patient
from scoring import services
from scoring.models import PeriodScore, ScoreProfile
from scoring.queries import PeriodPoint, period_series
from scoring.readings import UsedReading
from scoring.rules.confusion import Confusion
from scoring.services import estimates
from tests.inference.factories import make_reading
from tests.scoring.factories import probabilities

SAD, NEUTRAL = EMOTIONS.index("sad"), EMOTIONS.index("neutral")
READ = ("sad", "1"), ("sad", "1"), ("neutral", "1"), ("sad", "2"), ("happy", "2")


def read(pat: Patient, *answers: tuple[str, str]) -> list[Reading]:
    """Readings of this emotion by this version of the model, judged as the worker would have them judged."""
    now = timezone.now()
    readings = [
        make_reading(
            pat,
            captured_at=now - timedelta(seconds=9 - place),
            model_name="test",
            model_version=version,
            **probabilities(emotion),
        )
        for place, (emotion, version) in enumerate(answers)
    ]
    readings_stored.send(sender=Reading, clinic_id=pat.clinic_id, readings=readings, patient_ids=[pat.pk])
    return readings


def this_week(pat: Patient, clinic: Clinic) -> PeriodPoint:
    return period_series(pat, clinic=clinic, profile=ScoreProfile.objects.in_force(), count=2)[-1]


def test_a_week_of_two_models_has_all_its_readings(in_a: Clinic, pat: Patient) -> None:
    read(pat, *READ)
    assert PeriodScore.objects.filter(kind="week").count() == 2
    week = this_week(pat, in_a)
    assert (week.readings, week.band) == (5, "warning")
    assert week.value is not None
    apart = PeriodScore.objects.filter(kind="week").values_list("score", flat=True)
    assert min(apart) < week.value < max(apart)


def test_it_scores_nearly_as_if_one_model_had_read_it(in_a: Clinic, pat: Patient) -> None:
    read(pat, *READ)
    apart = this_week(pat, in_a)
    Reading.objects.update(model_version="1")
    services.rescore_patient(clinic_id=in_a.pk, patient_id=pat.pk)
    at_once = this_week(pat, in_a)
    assert apart.readings == at_once.readings == 5
    assert apart.value == pytest.approx(at_once.value, abs=0.4)  # each part met the prior of readings alone
    assert (apart.high or 0) - (apart.low or 0) == pytest.approx(
        (at_once.high or 0) - (at_once.low or 0), rel=0.2
    )


def test_the_plain_mean_is_of_all_of_them(in_a: Clinic, ada: Membership, pat: Patient) -> None:
    services.save_profile(draft=ScoreProfile(estimator="mean"), by=ada)
    read(pat, *READ)
    apart = this_week(pat, in_a).value
    Reading.objects.update(model_version="1")
    services.rescore_patient(clinic_id=in_a.pk, patient_id=pat.pk)
    assert apart == pytest.approx(this_week(pat, in_a).value)


def test_a_model_whose_only_reading_was_contested_is_out_of_the_week(in_a: Clinic, pat: Patient) -> None:
    *_, last = read(pat, ("sad", "1"), ("sad", "1"), ("sad", "2"))
    contest_reading(patient=pat, reading_id=last.pk)
    assert set(PeriodScore.objects.values_list("model_version", flat=True)) == {"test 1"}
    assert this_week(pat, in_a).readings == 2


def test_each_reading_is_judged_by_its_own_models_mistakes() -> None:
    """One is nearly always right; the other, which met few sad faces, takes most for neutral."""
    right = Confusion(np.full(7, 1 / 7), np.eye(7) * 1000)
    counts, reference = np.eye(7) * 1000, np.full(7, 0.98 / 6)
    counts[SAD, SAD], counts[SAD, NEUTRAL], reference[SAD] = 300, 700, 0.02
    wrong = Confusion(reference, counts)

    def week(confusion: Confusion) -> list[UsedReading]:
        shares = tuple(0.94 if emotion == NEUTRAL else 0.01 for emotion in range(7))
        return [UsedReading(timezone.now(), "any", shares, confusion)] * 7

    weeks = [week(right), week(wrong), week(right)[:3] + week(wrong)[:4]]
    by_right, by_wrong, mixed = estimates.estimate_groups(weeks).mean[:, SAD]
    assert by_right < mixed < by_wrong
