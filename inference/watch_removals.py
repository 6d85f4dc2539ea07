"""What retention takes from the watch: figures of old weeks, and notices as old."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from clinics.models import Clinic
from inference.models import WatchNotice, WatchWeek


def remove_old_figures(clinic: Clinic, cutoff: datetime) -> int:
    return sum(rows.delete()[0] for rows in _old_figures(clinic, cutoff))


def _old_figures(clinic: Clinic, cutoff: datetime) -> tuple[QuerySet[Any], ...]:
    return (
        WatchWeek.objects.filter(clinic=clinic, week_start__lt=cutoff.astimezone(clinic.zone).date()),
        WatchNotice.objects.filter(clinic=clinic, raised_at__lt=cutoff),
    )
