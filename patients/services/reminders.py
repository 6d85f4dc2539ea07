"""Queues the reminders that are due in a clinic: once for each day and time, dropped when late."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from clinics import messages
from clinics.messages import Recipient
from clinics.models import Clinic, Message
from patients import reminding
from patients.models import CheckIn, Patient, Reminder
from patients.reminding import ZONE_KNOWN_FOR


@dataclass(frozen=True)
class Due:
    reminder_id: uuid.UUID
    patient_id: uuid.UUID
    day: date
    at: time
    zone: ZoneInfo

    @property
    def late_at(self) -> datetime:
        return reminding.due_at(self.day, self.at, self.zone) + reminding.LATE


def queue_reminders(*, clinic: Clinic, now: datetime | None = None) -> int:
    """Inside the clinic. Who has checked in on that day already is left in peace."""
    now = now or timezone.now()
    due = _due(now)
    done = _checked_in({one.patient_id: one.zone for one in due}, now) if due else set()
    path = reverse("patients:check_in", args=[clinic.slug])
    drafts = [
        messages.Draft(
            to=Recipient(Message.To.PATIENT, one.patient_id, one.patient_id),
            kind=messages.Kind.REMINDER,
            dedupe_key=f"reminder:{one.reminder_id}:{one.day.isoformat()}",
            facts={"path": path},
            expires_at=one.late_at,
        )
        for one in due
        if (one.patient_id, one.day) not in done
    ]
    return messages.queue_many(clinic_id=clinic.pk, drafts=drafts) if drafts else 0


def _due(now: datetime) -> list[Due]:
    found = []
    for pk, patient_id, at, weekdays, zone_name in _reminders(now):
        zone = ZoneInfo(zone_name)
        day = reminding.due_day(at, zone, now)
        if day is not None and weekdays >> day.weekday() & 1:
            found.append(Due(pk, patient_id, day, at, zone))
    return found


def _reminders(now: datetime) -> QuerySet[Reminder, tuple[uuid.UUID, uuid.UUID, time, int, str]]:
    """Of those who are followed; with the zone they are in."""
    recent = CheckIn.objects.filter(patient_id=OuterRef("patient_id"), captured_at__gt=now - ZONE_KNOWN_FOR)
    place = Subquery(recent.order_by("-captured_at").values("zone")[:1])
    rows = Reminder.objects.filter(patient__state=Patient.State.ACTIVE, patient__user__isnull=False)
    rows = rows.annotate(zone_now=Coalesce(place, F("patient__time_zone")))
    return rows.values_list("pk", "patient_id", "at", "weekdays", "zone_now")


def _checked_in(zones: dict[uuid.UUID, ZoneInfo], now: datetime) -> set[tuple[uuid.UUID, date]]:
    rows = CheckIn.objects.filter(patient_id__in=zones, captured_at__gt=now - timedelta(hours=36))
    return {
        (patient_id, moment.astimezone(zones[patient_id]).date())
        for patient_id, moment in rows.values_list("patient_id", "captured_at")
    }
