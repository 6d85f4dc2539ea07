"""What a clinic in shadow would have been told: its recorded alerts, by record number."""

from collections.abc import Iterator
from datetime import datetime

from clinics.going_live import ShadowAlert
from clinics.models import Clinic
from scoring.models import AlertEvent


def recorded(clinic: Clinic, start: datetime, end: datetime) -> Iterator[ShadowAlert]:
    """Each crossing in shadow within two moments, also one of a rule that had crossed before."""
    events = AlertEvent.objects.filter(
        clinic=clinic, kind=AlertEvent.Kind.RECORDED, at__gte=start, at__lt=end
    ).select_related("alert__patient")
    for event in events.order_by("at"):
        alert = event.alert
        yield ShadowAlert(
            at=event.at,
            patient_id=alert.patient_id,
            record_number=alert.patient.record_number,
            what=alert.rule_label,
            severity=str(alert.get_severity_display()),
        )
