"""Handing a patient's data over: counted, logged, in memory."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics import access_log
from clinics.access_log import Actor
from clinics.errors import DomainError
from clinics.models import AccessLogEntry
from patients import exports
from patients.locks import lock_patients
from patients.models import Patient

EXPORTS_A_DAY = 5
ACTION = "patient.exported"


@dataclass(frozen=True)
class Export:
    """A ZIP file and the name it is handed over under; the name tells nobody who it is about."""

    file_name: str
    content: bytes


@transaction.atomic
def export_patient(*, patient: Patient, by: Actor, purpose: str = "own_request") -> Export:
    """Everything that is kept of a patient. Raises DomainError `too_many_exports` and `export_too_large`."""
    patient = lock_patients([patient.pk])[patient.pk]  # two clicks are counted one after the other
    _check_limit(patient)
    content = exports.write_archive(patient).getvalue()
    access_log.record(ACTION, by=by, patient_id=patient.pk, purpose=purpose, bytes=len(content))
    return Export(f"moodvision-{patient.record_number}-{timezone.now():%Y%m%d}.zip", content)


def _check_limit(patient: Patient) -> None:
    """A stolen session must not pull a record over and over; a person needs it once."""
    since = timezone.now() - timedelta(days=1)
    made = AccessLogEntry.objects.filter(patient_id=patient.pk, action=ACTION, at__gte=since).count()
    if made >= EXPORTS_A_DAY:
        raise DomainError(
            "too_many_exports",
            _("This was downloaded several times today. Please try again tomorrow, or ask your clinic."),
        )
