"""Queues the reminders that are due in a clinic: once for each day and time, dropped when late.

A form that waits is part of the next reminder, once when it is due and once more when it is late.
"""

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
from patients.models import CheckIn, Patient, QuestionnaireRound, Reminder
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
    """Inside the clinic. Who has checked in on that day already is left in peace, unless a form waits."""
    now = now or timezone.now()
    due = _due(now)
    if not due:
        return 0
    done = _checked_in({one.patient_id: one.zone for one in due}, now)
    with_form = _with_form({one.patient_id for one in due}, now)
    drafts = [
        _draft(clinic, one, has_form=one.patient_id in with_form)
        for one in due
        if one.patient_id in with_form or (one.patient_id, one.day) not in done
    ]
    return messages.queue_many(clinic_id=clinic.pk, drafts=drafts) if drafts else 0


def _draft(clinic: Clinic, due: Due, *, has_form: bool) -> messages.Draft:
    page = "patients:own_questionnaires" if has_form else "patients:check_in"
    return messages.Draft(
        to=Recipient(Message.To.PATIENT, due.patient_id, due.patient_id),
        kind=messages.Kind.REMINDER,
        dedupe_key=f"reminder:{due.reminder_id}:{due.day.isoformat()}",
        facts={"path": reverse(page, args=[clinic.slug]), "has_form": has_form},
        expires_at=due.late_at,
    )


def _with_form(patient_ids: set[uuid.UUID], now: datetime) -> set[uuid.UUID]:
    """Those with a form to fill in of which no reminder has spoken since it was due, or since it is late.

    Who paused the processing of their data is not asked. A reminder that was dropped has said nothing.
    """
    rounds = QuestionnaireRound.objects.open().filter(
        patient__in=patient_ids, patient__restricted_at=None, opened_at__lte=now, closes_at__gt=now
    )
    waits_since: dict[uuid.UUID, datetime] = {}
    for patient_id, opened_at, late_at in rounds.values_list("patient_id", "opened_at", "late_at"):
        since = late_at if late_at <= now else opened_at
        waits_since[patient_id] = max(since, waits_since.get(patient_id, since))
    said = Message.objects.filter(
        kind=messages.Kind.REMINDER, recipient_id__in=waits_since, facts__has_form=True
    ).exclude(state__in=[Message.State.DROPPED, Message.State.STOPPED])
    for patient_id, at in said.values_list("recipient_id", "created_at"):
        if at >= waits_since.get(patient_id, now):
            waits_since.pop(patient_id, None)
    return set(waits_since)


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
