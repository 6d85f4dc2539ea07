"""That a person was told: recorded once for each notice and version, before the first check-in."""

from django.db import transaction

from clinics import access_log
from clinics.access_log import Actor
from patients import allowances, texts
from patients.locks import lock_patients
from patients.models import Notice, NoticeShown, Patient


def due_notices(patient: Patient) -> list[Notice]:
    """What this patient has not read yet, in words that hold. Of faces nothing where no face is looked at."""
    looks_at_faces = any(allowances.is_offered(patient.clinic_id, each) for each in allowances.LOOKS_AT_FACES)
    told = set(NoticeShown.objects.filter(patient=patient).in_force().values_list("notice", flat=True))
    return [notice for notice in Notice if notice not in told and (looks_at_faces or notice != Notice.AI)]


@transaction.atomic
def record_notices(*, patient: Patient, by: Actor) -> list[NoticeShown]:
    """The patient has read what was due: one row for each notice, with the words it had."""
    lock_patients([patient.pk])
    return [_record(patient, notice, by) for notice in due_notices(patient)]


def _record(patient: Patient, notice: Notice, by: Actor) -> NoticeShown:
    version = texts.notice_texts()[notice].newest
    wording = version.wording
    access_log.record(
        "notice.told", by=by, patient_id=patient.pk, notice=str(notice.value), text=version.name
    )
    return NoticeShown.objects.create(
        clinic_id=patient.clinic_id,
        patient=patient,
        notice=notice,
        text_version=version.name,
        text_language=wording.language,
        text_sha256=wording.sha256,
        recorded_by=by.actor_label,
    )
