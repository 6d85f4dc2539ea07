"""What retention takes from this app: scores of readings that are gone, and closed alerts."""

import uuid
from datetime import datetime

from django.db import connection
from django.db.models import Max, QuerySet

from clinics.models import Clinic
from patients.locks import lock_patients
from patients.models import OnCallGrant
from patients.retention import spared
from scoring.models import (
    Alert,
    AlertSeen,
    AlertWords,
    FaceSilence,
    PatientNote,
    PatientStanding,
    PeriodScore,
    RuleMemory,
)
from scoring.rules import period_of
from scoring.services.estimates import KINDS


def remove_old_scores(clinic: Clinic, cutoff: datetime) -> int:
    """A week, month or quarter goes when all of it is older; the one the line cuts has readings left. So goes
    what a rule last said, if that is so long ago and holds no more."""
    stale = RuleMemory.objects.filter(clinic=clinic, is_firing=False, changed_at__lt=cutoff)
    old = (
        _old_periods(clinic, cutoff),
        _old_standings(clinic, cutoff),
        stale.exclude(patient__in=spared(clinic)),
    )
    lock_patients({patient_id for rows in old for patient_id in rows.values_list("patient_id", flat=True)})
    return sum(rows.delete()[0] for rows in old)


def _old_standings(clinic: Clinic, cutoff: datetime) -> QuerySet[PatientStanding]:
    old = PatientStanding.objects.filter(clinic=clinic, window_end__lt=cutoff)
    return old.exclude(patient__in=spared(clinic))


def _old_periods(clinic: Clinic, cutoff: datetime) -> QuerySet[PeriodScore]:
    """Periods that began before the one in which the line lies have ended before it."""
    old = PeriodScore.objects.none()
    for kind in KINDS:
        first_day = period_of(cutoff, kind, clinic.zone).first_day
        old = old | PeriodScore.objects.filter(clinic=clinic, kind=kind, start__lt=first_day)
    return old.exclude(patient__in=spared(clinic))


def remove_old_alerts(clinic: Clinic, cutoff: datetime) -> int:
    """Closed ones only: an open alert is somebody's duty, however old (decision 46). With them go
    their words, who saw them, and to whom the record was lent for them."""
    old = _old_alerts(clinic, cutoff)
    lock_patients(old.values_list("patient_id", flat=True))
    ids = list(old.values_list("pk", flat=True))
    words = list(AlertWords.objects.filter(event__alert__in=ids).values_list("pk", "event__alert_id"))
    with connection.cursor() as cursor:  # the history is append-only: the owner's function takes what is due
        cursor.execute("SELECT remove_events_of_closed_alerts(%s, %s)", [cutoff, ids])
    gone = list(Alert.objects.filter(pk__in=ids, events=None).values_list("pk", flat=True))
    AlertWords.objects.filter(pk__in=[pk for pk, alert_id in words if alert_id in set(gone)]).delete()
    PatientNote.objects.filter(alert__in=gone).delete()
    AlertSeen.objects.filter(alert__in=gone).delete()
    OnCallGrant.objects.filter(alert_id__in=gone).delete()
    Alert.objects.filter(pk__in=gone).delete()
    return len(gone)


def remove_old_silences(clinic: Clinic, cutoff: datetime) -> int:
    """When a face was not counted, and why, once it counts again."""
    old = FaceSilence.objects.filter(clinic=clinic, lifted_at__lt=cutoff).exclude(patient__in=spared(clinic))
    lock_patients(old.values_list("patient_id", flat=True))
    return old.delete()[0]


def _old_alerts(clinic: Clinic, cutoff: datetime) -> QuerySet[Alert]:
    """Closed when their newest event says so: the history is append-only, the alert's own columns are not."""
    closed = Alert.objects.filter(clinic=clinic, state__in=[Alert.State.RESOLVED, Alert.State.SHADOW])
    due = closed.annotate(last_told_at=Max("events__at")).filter(last_told_at__lt=cutoff)
    return due.exclude(patient__in=spared(clinic))


def whose_alert_is_open(clinic: Clinic) -> set[uuid.UUID]:
    """Somebody still has to look at them, and at how it came to that."""
    return set(Alert.objects.unresolved().filter(clinic=clinic).values_list("patient_id", flat=True))
