"""A clinic's matrix, lines and floors: checked field by field, appended, and all history rescored."""

import uuid
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clinics import access_log
from clinics.errors import DomainError
from clinics.models import Clinic, Membership
from scoring import signals
from scoring.models import PatientStanding, ScoreProfile
from scoring.models.profiles import FLOOR_FIELDS
from scoring.rules import MatrixFieldError, matrix_errors, score_shares
from scoring.services import estimates, standings
from scoring.services.locks import lock_profile

LONGEST_WINDOW_DAYS = 92
MOST_READINGS = 1000
WINDOW_FIELDS = ("window", "window_days", "estimator")
"""What makes a window's stored shares others: it has to be estimated from its readings again."""
JUDGED_FIELDS = (*WINDOW_FIELDS, "scores", "weights", "aggregation", "warning_line", "intervention_line")


class ProfileRefused(DomainError):
    """A profile that breaks a rule. `errors` says which field and why."""

    def __init__(self, errors: Sequence[MatrixFieldError]) -> None:
        super().__init__("profile_refused", _("Please correct the marked fields."), field=errors[0].field)
        self.errors = tuple(errors)

    def as_validation_error(self) -> ValidationError:
        """For a form whose fields are named as in `MatrixFieldError`."""
        by_field: dict[str, list[ValidationError]] = {}
        for error in self.errors:
            by_field.setdefault(error.field, []).append(ValidationError(error.message, code=error.code))
        return ValidationError(by_field)


@transaction.atomic
def save_profile(*, draft: ScoreProfile, by: Membership, base_version: int | None = None) -> ScoreProfile:
    """Appends `draft`, an unsaved ScoreProfile, as the version in force; rescores history without an alert.

    `base_version`: the version that was edited. Raises ProfileRefused; DomainError `profile_outdated` when
    another is in force by now. A draft that changes nothing gives back the version in force.
    """
    if not by.administers:
        raise DomainError("may_not_administer", _("Only an administrator may change the matrix."))
    check_profile(draft)
    lock_profile(by.clinic_id, is_change=True)
    before = ScoreProfile.objects.in_force()
    if before.version and before.says_the_same(draft):
        return before
    if base_version is not None and base_version != before.version:
        raise DomainError("profile_outdated", _outdated(before))
    draft.clinic_id = by.clinic_id
    draft.version = before.version + 1
    draft.created_by = by
    draft.save(force_insert=True)
    access_log.record("profile.saved", by=by, objects=[draft.pk], version=draft.version)
    if _differ(before, draft, JUDGED_FIELDS):
        # A first day over a line was evidence for that line and that score only.
        PatientStanding.objects.update(warning_first_day=None, intervention_first_day=None)
    _rescore_history(draft, has_new_window=_differ(before, draft, WINDOW_FIELDS))
    signals.scores_changed.send(sender=ScoreProfile, clinic_id=by.clinic_id, patient_ids=None)
    return draft


def check_profile(draft: ScoreProfile) -> None:
    """Raises ProfileRefused with every broken rule."""
    errors = [
        *matrix_errors(
            draft.scores,
            draft.weights,
            str(draft.aggregation),
            draft.warning_line,
            draft.intervention_line,
        ),
        *_setting_errors(draft),
    ]
    if errors:
        raise ProfileRefused(errors)


def _outdated(in_force: ScoreProfile) -> str:
    return _(
        "Somebody saved version %(number)d while you were typing. Your numbers still stand here, but are not "
        "saved. If you save again, they replace version %(number)d."
    ) % {"number": in_force.version}


def _setting_errors(draft: ScoreProfile) -> list[MatrixFieldError]:
    errors = []
    if draft.window not in ScoreProfile.Windows.values:
        errors.append(MatrixFieldError("window", "unknown_window", "is not a known window"))
    if draft.estimator not in ScoreProfile.Estimators.values:
        errors.append(MatrixFieldError("estimator", "unknown_estimator", "is not a known estimator"))
    limits = {
        "window_days": (1, LONGEST_WINDOW_DAYS),
        "evidence": (0.5, 1),
        "rearm_below": (0, 10),
        **dict.fromkeys(FLOOR_FIELDS, (1, MOST_READINGS)),
    }
    for name, (low, high) in limits.items():
        value = getattr(draft, name)
        if not low <= value <= high:  # false for NaN, too; isfinite() overflows on huge integers
            message = f"must be a number from {low:g} to {high:g}"
            errors.append(MatrixFieldError(name, "out_of_range", message))
    return errors


def _differ(before: ScoreProfile, draft: ScoreProfile, names: Sequence[str]) -> bool:
    return any(getattr(before, name) != getattr(draft, name) for name in names)


def _rescore_history(profile: ScoreProfile, *, has_new_window: bool) -> None:
    """Crossed lines stay crossed: what the new matrix says of today is judged at the next reading."""
    clinic = Clinic.objects.get(pk=profile.clinic_id)
    for patients in standings.in_batches(standings.unrestricted_patients()):
        if has_new_window:
            standings.refresh_windows(clinic=clinic, profile=profile, patient_ids=patients)
        else:
            _rescore_windows(profile, patients)
    estimates.rescore_periods(profile=profile)


def _rescore_windows(profile: ScoreProfile, patient_ids: list[uuid.UUID]) -> None:
    rows = list(PatientStanding.objects.filter(patient__in=patient_ids))
    if not rows:
        return
    shares = estimates.stored_shares(
        [row.share_means for row in rows],
        [row.share_covariance for row in rows],
        [row.readings for row in rows],
    )
    scores = score_shares(shares, profile.matrix)
    for index, row in enumerate(rows):
        standings.write_window_score(row, scores, index, profile)
    standings.store_standings(rows)
