"""What was written down about a patient's face, for those who passed its gate."""

from patients.models import Patient
from scoring.models import FaceSilence


def face_silences(patient: Patient) -> list[FaceSilence]:
    """Those that stand first, then the lifted ones, newest first."""
    rows = FaceSilence.objects.filter(patient=patient).select_related("set_by", "lifted_by")
    return sorted(rows, key=lambda row: (row.lifted_at is not None, -row.set_at.timestamp()))


def own_wish(patient: Patient) -> FaceSilence | None:
    """The patient's wish that stands, whoever wrote it down."""
    return FaceSilence.objects.filter(patient=patient, is_wish=True, lifted_at=None).first()
