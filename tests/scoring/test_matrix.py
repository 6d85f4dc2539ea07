"""A clinic's matrix: refused field by field, appended as a version, and history follows without an alert."""

from typing import Any

import numpy as np
import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from clinics.errors import DomainError
from clinics.models import AccessLogEntry, Clinic, Membership
from patients.models import Patient
from scoring import services
from scoring.models import Alert, PatientStanding, PeriodScore, ScoreProfile
from scoring.rules import DEFAULT_MATRIX, Shares, score_shares
from scoring.services import ProfileRefused
from tests.scoring.factories import add_days_of, store_reading

SCORES = [8.0, 6.0, 9.0, 5.0, 9.0, 2.0, 9.0]


def refused_fields(draft: ScoreProfile, by: Membership) -> set[tuple[str, str]]:
    with pytest.raises(ProfileRefused) as refusal:
        services.save_profile(draft=draft, by=by)
    assert refusal.value.as_validation_error().message_dict
    assert not ScoreProfile.objects.exists()
    return {(error.field, error.code) for error in refusal.value.errors}


def test_before_the_first_version_the_default_is_in_force(in_a: Clinic) -> None:
    profile = ScoreProfile.objects.in_force()
    assert (profile.version, profile.matrix) == (0, DEFAULT_MATRIX)


def test_each_change_appends_a_version_and_is_logged(in_a: Clinic, ada: Membership) -> None:
    first = services.save_profile(draft=ScoreProfile(scores=SCORES), by=ada)
    second = services.save_profile(draft=ScoreProfile(), by=ada)
    assert (first.version, second.version) == (1, 2)
    assert ScoreProfile.objects.in_force() == second
    assert services.save_profile(draft=ScoreProfile(), by=ada) == second


def test_a_broken_matrix_is_refused_field_by_field(in_a: Clinic, ada: Membership) -> None:
    draft = ScoreProfile(
        scores=[11.0, *SCORES[1:]],
        weights=[0.1, 0.1, 0.1, 0.1, 1.5, 0.1, -0.1],
        warning_line=6,
        intervention_line=3,
        evidence=2,
        window_floor=0,
    )
    assert refused_fields(draft, ada) >= {
        ("score_angry", "out_of_range"),
        ("weight_sad", "out_of_range"),
        ("weight_neutral", "out_of_range"),
        ("intervention_line", "wrong_order"),
        ("evidence", "out_of_range"),
        ("window_floor", "out_of_range"),
    }


def test_a_matrix_whose_products_are_all_zero_is_refused(in_a: Clinic, ada: Membership) -> None:
    assert ("weights", "all_products_zero") in refused_fields(ScoreProfile(weights=[0.0] * 7), ada)


def test_huge_integers_are_refused_like_any_other_number(in_a: Clinic, ada: Membership) -> None:
    huge = 10**400
    draft = ScoreProfile(window_floor=huge, window_days=huge, scores=[huge, *SCORES[1:]], warning_line=huge)
    assert {field for field, _ in refused_fields(draft, ada)} >= {
        "window_floor",
        "window_days",
        "score_angry",
        "warning_line",
    }


def test_an_edit_of_an_older_version_is_refused(in_a: Clinic, ada: Membership) -> None:
    first = services.save_profile(draft=ScoreProfile(scores=SCORES), by=ada, base_version=0)
    with pytest.raises(DomainError) as refusal:
        services.save_profile(draft=ScoreProfile(evidence=0.9), by=ada, base_version=0)
    assert refusal.value.code == "profile_outdated"
    assert ScoreProfile.objects.in_force() == first


@pytest.mark.parametrize(
    ("draft", "is_forgotten"),
    [
        ({"warning_line": 2.5}, True),
        ({"scores": SCORES}, True),
        ({"window_days": 7}, True),
        ({"evidence": 0.9}, False),
    ],
)
def test_a_first_day_over_another_line_is_no_evidence(
    in_a: Clinic, pat: Patient, ada: Membership, draft: dict[str, Any], is_forgotten: bool
) -> None:
    store_reading(pat, "neutral")
    day = timezone.now().date()
    PatientStanding.objects.update(warning_first_day=day, intervention_first_day=day)
    services.save_profile(draft=ScoreProfile(**draft), by=ada)
    standing = PatientStanding.objects.get()
    expected = None if is_forgotten else day
    assert (standing.warning_first_day, standing.intervention_first_day) == (expected, expected)


def test_only_an_administrator_may_change_it(in_a: Clinic, alice: Membership, bob: Membership) -> None:
    for member in (alice, bob):
        with pytest.raises(DomainError) as refusal:
            services.save_profile(draft=ScoreProfile(scores=SCORES), by=member)
        assert refusal.value.code == "may_not_administer"


def test_the_database_refuses_what_the_rules_refuse(in_a: Clinic) -> None:
    broken: list[dict[str, Any]] = [
        {"scores": [11.0] * 7},
        {"weights": [-1.0] * 7},
        {"weights": [0.5] * 6},
        {"warning_line": 6, "intervention_line": 3},
        {"evidence": 2},
        {"window_floor": 0},
    ]
    for fields in broken:
        with pytest.raises(IntegrityError), transaction.atomic():
            ScoreProfile.objects.create(clinic=in_a, version=1, **fields)


def test_a_version_is_never_edited(in_a: Clinic, ada: Membership) -> None:
    services.save_profile(draft=ScoreProfile(scores=SCORES), by=ada)
    with pytest.raises(DatabaseError), transaction.atomic():
        ScoreProfile.objects.update(warning_line=1)


@pytest.mark.parametrize(
    "draft",
    [
        {"scores": SCORES, "weights": [0.5] * 7},
        {"aggregation": "weighted_mean", "weights": [0.2] * 7},
        {"window": "iso_week", "week_floor": 1},
    ],
)
def test_rescored_history_equals_a_recomputation_and_raises_nothing(
    in_a: Clinic, pat: Patient, ada: Membership, draft: dict[str, Any]
) -> None:
    add_days_of(pat, "neutral", 12)
    store_reading(pat, "sad")
    services.recut_periods(clinic_id=in_a.pk)
    assert not Alert.objects.exists()

    profile = services.save_profile(draft=ScoreProfile(**draft), by=ada)

    assert not Alert.objects.exists()
    rescored = _numbers()
    assert {row[-1] for row in rescored} == {profile.version}
    for row in PeriodScore.objects.all():
        shares = Shares(
            np.array([row.share_means]),
            np.array(row.share_covariance).reshape(1, 7, 7),
            np.array([row.readings]),
        )
        expected = score_shares(shares, profile.matrix).at(0)
        assert (row.score, row.low, row.high) == pytest.approx(
            (expected.estimate, expected.low, expected.high)
        )
        assert row.is_enough == (row.readings >= getattr(profile, f"{row.kind}_floor"))
    services.recut_periods(clinic_id=in_a.pk)
    assert _rounded(_numbers()) == _rounded(rescored)


def test_the_new_matrix_speaks_at_the_next_reading(in_a: Clinic, pat: Patient, ada: Membership) -> None:
    add_days_of(pat, "neutral", 8)
    store_reading(pat, "neutral")
    services.save_profile(draft=ScoreProfile(scores=SCORES, weights=[0.5] * 7), by=ada)
    assert PatientStanding.objects.get().score > 6
    assert not Alert.objects.exists()
    store_reading(pat, "neutral")
    assert Alert.objects.get().line == "intervention"
    assert AccessLogEntry.objects.count() > 0


def _numbers() -> list[tuple[object, ...]]:
    columns = ("score", "low", "high", "is_enough", "readings", "profile_version")
    periods = PeriodScore.objects.order_by("kind", "start").values_list("kind", "start", *columns)
    return [*periods, *PatientStanding.objects.values_list("window_start", "window_end", *columns)]


def _rounded(rows: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    return [tuple(round(cell, 9) if isinstance(cell, float) else cell for cell in row) for row in rows]
