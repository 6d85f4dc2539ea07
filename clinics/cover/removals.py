"""What retention takes of who was there when: it is about those who work here, and no part of a record."""

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from clinics.models import Clinic, Leave, Shift, TrialAlert


def remove_old_rota(clinic: Clinic, cutoff: datetime) -> int:
    """Shifts and leave that are past, and test alerts."""
    return sum(rows.delete()[0] for rows in _old(clinic, cutoff))


def _old(clinic: Clinic, cutoff: datetime) -> tuple[QuerySet[Any], ...]:
    """Leave ends with its last day, on the clinic's clock."""
    day = cutoff.astimezone(clinic.zone).date()
    return (
        Shift.objects.filter(clinic=clinic, ends_at__lt=cutoff),
        Leave.objects.filter(clinic=clinic, last_day__lt=day),
        _old_trials(clinic, cutoff),
    )


def _old_trials(clinic: Clinic, cutoff: datetime) -> QuerySet[TrialAlert]:
    """But for the newest that each member confirmed by each way: by it the clinic may go live, and ask item 9
    of the PHQ-9."""
    newer = TrialAlert.objects.filter(
        membership=OuterRef("membership"),
        channel=OuterRef("channel"),
        confirmed_at__gt=OuterRef("confirmed_at"),
    )
    newest = TrialAlert.objects.filter(
        ~Exists(newer), confirmed_at__isnull=False, membership__is_active=True, clinic=clinic
    )
    old = TrialAlert.objects.filter(clinic=clinic, sent_at__lt=cutoff)
    return old.exclude(pk__in=newest.values("pk"))
