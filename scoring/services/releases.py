"""An owner who is gone owns nothing: the alert is open again, and those who are there hear of it."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from clinics import cover
from clinics.cover import Snapshot
from clinics.models import Clinic, Membership
from patients.locks import lock_patients
from scoring.duty.transitions import Act
from scoring.models import Alert, AlertEvent
from scoring.services.moves import move


@transaction.atomic
def release_gone(*, clinic: Clinic, now: datetime) -> int:
    """Those whose owner lost the role, was switched off, is on leave, or whose shift has ended since."""
    owned = Alert.objects.unresolved().exclude(owner=None)
    rows = list(owned)
    if not rows:
        return 0
    read = cover.read(clinic, now)
    gone = [row for row in rows if _why_gone(row, read, now)]
    lock_patients(row.patient_id for row in gone)
    again = owned.filter(pk__in=[row.pk for row in gone]).select_related("patient").order_by("pk")
    count = 0
    for alert in again.select_for_update(no_key=True, of=("self",)):
        if why := _why_gone(alert, read, now):
            move(alert, Act.RELEASE, AlertEvent.Kind.RELEASED, facts={"why": why})
            count += 1
    return count


def _why_gone(alert: Alert, read: Snapshot, now: datetime) -> str | None:
    assert alert.owner_id is not None  # who asks has chosen the owned ones
    assert alert.taken_at is not None
    return read.why_gone(alert.owner_id, alert.taken_at, now)


def release_of(*, membership: Membership) -> None:
    """At once, when somebody is switched off or loses the role: not only in the next round of the sweeper."""
    if not membership.treats_patients and Alert.objects.unresolved().filter(owner=membership).exists():
        release_gone(clinic=membership.clinic, now=timezone.now())
