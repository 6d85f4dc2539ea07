"""A rotation from its beginning to its end, one group of keys after the other."""

import uuid
from collections.abc import Iterator

from django.utils import timezone

from clinics import access_log, tenancy
from clinics.access_log import Actor
from clinics.models import Clinic, DataKey, KeyRotation
from clinics.rotation import progress
from clinics.rotation.group import KeyGroup
from clinics.rotation.report import BATCH, Report, Say

GROUP = 50
"""So many patients' keys are rotated together."""

Kind = KeyRotation.Kind


def rotate(
    clinic: Clinic,
    kind: str,
    *,
    by: Actor,
    subject: uuid.UUID | None = None,
    batch: int = BATCH,
    at_once: bool = False,
    say: Say = lambda line: None,
) -> Report:
    """Rotates keys of one clinic, or goes on with an open rotation of them. Call it outside a transaction."""
    report = Report()
    run = _begin(clinic, kind, subject or clinic.pk, by)
    scope = DataKey.Scope.PATIENT if kind == Kind.PATIENTS else DataKey.Scope(kind)
    only = None if kind == Kind.PATIENTS else run.subject
    so_far = progress.begin(clinic.pk, str(scope), run.started_at, only)
    for group in _groups(clinic, kind, run):
        KeyGroup(clinic.pk, str(scope), group, run, batch, at_once, report, say, so_far).work()
    if report.is_complete:
        _end(clinic, run, by, report)
    return report


def _begin(clinic: Clinic, kind: str, subject: uuid.UUID, by: Actor) -> KeyRotation:
    with tenancy.enter(clinic.pk):
        run, is_new = KeyRotation.objects.get_or_create(
            clinic=clinic, kind=kind, subject=subject, finished_at=None
        )
        if is_new:
            patient_id = subject if kind == Kind.PATIENT else None
            access_log.record("keys.rotation_begun", by=by, patient_id=patient_id, key_kind=str(kind))
    return run


def _end(clinic: Clinic, run: KeyRotation, by: Actor, report: Report) -> None:
    with tenancy.enter(clinic.pk):
        run.finished_at = timezone.now()
        run.save(update_fields=["finished_at"])
        access_log.record(
            "keys.rotated",
            by=by,
            patient_id=run.subject if run.kind == Kind.PATIENT else None,
            key_kind=str(run.kind),
            resealed=report.resealed,
            rewrapped=report.rewrapped,
            verified=report.verified,
            removed=report.removed,
        )


def _groups(clinic: Clinic, kind: str, run: KeyRotation) -> Iterator[list[uuid.UUID]]:
    """The subjects to be rotated together; of all patients, those not yet done by this rotation first."""
    if kind != Kind.PATIENTS:
        yield [run.subject]
        return
    with tenancy.enter(clinic.pk):
        patients = list(
            DataKey.objects.filter(clinic=clinic, scope=DataKey.Scope.PATIENT)
            .order_by("subject")
            .distinct("subject")
            .values_list("subject", flat=True)
        )
    for start in range(0, len(patients), GROUP):
        yield patients[start : start + GROUP]
