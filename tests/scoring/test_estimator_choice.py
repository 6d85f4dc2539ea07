"""A clinic's choice of estimator: the plain mean from stored sums, and back; and whose confusion is kept."""

import numpy as np
import pytest
from django.utils import timezone

from clinics.models import Clinic, Membership
from inference.models import Reading
from patients.models import Patient
from scoring import services
from scoring.models import Alert, ModelReference, PatientStanding, PeriodScore, ScoreProfile
from scoring.readings import confusions, remember_reference
from scoring.rules import plain_score
from tests.scoring.factories import add_days_of, store_reading


def fill(pat: Patient) -> None:
    add_days_of(pat, "neutral", 4)
    add_days_of(pat, "sad", 3)
    store_reading(pat, "fear")


def test_the_plain_mean_is_scored_from_stored_sums_and_the_estimate_comes_back(
    in_a: Clinic, ada: Membership, pat: Patient
) -> None:
    fill(pat)
    before = {row.pk: row.score for row in PeriodScore.objects.all()}
    estimated = PatientStanding.objects.get().score
    profile = services.save_profile(draft=ScoreProfile(estimator="mean"), by=ada)
    rows = Reading.objects.that_count().order_by("captured_at")
    mean = np.mean([[getattr(row, name) for name in ("angry", "sad", "neutral")] for row in rows], axis=0)
    standing = PatientStanding.objects.get()
    assert np.array(standing.share_means)[[0, 4, 6]] == pytest.approx(mean)
    assert standing.score == pytest.approx(float(plain_score(standing.share_means, profile.matrix)))
    for row in PeriodScore.objects.filter(kind="quarter"):
        shares = np.array(row.share_sums) / row.readings
        assert row.score == pytest.approx(float(plain_score(shares, profile.matrix)))
        assert row.score != pytest.approx(before[row.pk])
    services.save_profile(draft=ScoreProfile(), by=ada)
    assert PatientStanding.objects.get().score == pytest.approx(estimated)
    assert {row.pk: row.score for row in PeriodScore.objects.all()} == pytest.approx(before)


def test_a_new_reading_is_scored_as_the_clinic_chose(in_a: Clinic, ada: Membership, pat: Patient) -> None:
    profile = services.save_profile(draft=ScoreProfile(estimator="mean"), by=ada)
    fill(pat)
    for row in PeriodScore.objects.all():
        shares = np.array(row.share_sums) / row.readings
        assert row.score == pytest.approx(float(plain_score(shares, profile.matrix)))


def test_an_unknown_estimator_is_refused(in_a: Clinic, ada: Membership) -> None:
    with pytest.raises(services.ProfileRefused) as refusal:
        services.save_profile(draft=ScoreProfile(estimator="magic"), by=ada)
    assert [error.code for error in refusal.value.errors] == ["unknown_estimator"]


def test_the_confusion_in_force_is_kept_for_the_day_another_model_takes_over(
    in_a: Clinic, pat: Patient
) -> None:
    store_reading(pat, "sad", timezone.now())
    [row] = ModelReference.objects.all()
    stored = confusions()[row.model_version]
    assert row.confusion is not None
    assert stored.counts is not None
    assert np.array(row.confusion).reshape(7, 7) == pytest.approx(stored.counts)
    ModelReference.objects.update(confusion=None, model_version="old 1")
    remember_reference(clinic_id=in_a.pk)
    assert confusions()["old 1"].counts is None
    assert ModelReference.objects.count() == 2
    ModelReference.objects.filter(model_version=row.model_version).update(confusion=None)
    remember_reference(clinic_id=in_a.pk)
    assert ModelReference.objects.get(model_version=row.model_version).confusion == row.confusion


def test_a_second_day_over_the_line_counts_where_the_clinic_wants_it(
    in_a: Clinic, ada: Membership, pat: Patient
) -> None:
    draft = ScoreProfile(evidence=1.0, second_day=True)
    assert services.save_profile(draft=draft, by=ada).policy.second_day
    add_days_of(pat, "sad", 5)
    store_reading(pat, "sad")
    assert not Alert.objects.exists()
    assert PatientStanding.objects.get().warning_first_day is not None
