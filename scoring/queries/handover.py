"""The end of a shift, and a system that is down: what is open, whose it is, and how to reach everybody."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone

from clinics import cover, keys
from clinics.models import Clinic, ClinicSafety, Lane, Membership, Shift
from patients import access as patients_access
from patients import queries as patient_queries
from patients.access import ContactsSeen
from patients.models import Intake, LeftNote, Patient
from scoring import access
from scoring.models import Alert
from scoring.queries.urgency import alert_urgency

SHIFTS_AHEAD = timedelta(hours=36)
MOST_NUMBERS = 400
"""Of patients of whom nothing is open, on a printed sheet."""


@dataclass(frozen=True)
class Handover:
    """`nobodys`: open alerts and unread notes that whoever comes next meets first."""

    mine: list[Alert]
    offered: list[Alert]
    nobodys: list[Alert]
    others: list[Alert]
    my_notes: list[LeftNote]
    nobodys_notes: list[LeftNote]
    shifts: list[Shift]
    keeps_rota: bool


def handover(member: Membership, clinic: Clinic) -> Handover:
    """Of the patients this member may follow; one entry in the log names the alerts that were shown."""
    alerts = _open_alerts(member)
    access.record_alerts(member, alerts, page="handover")
    notes = list(
        patient_queries.unread_notes(clinic.pk).filter(patient__in=patients_access.visible_patients(member))
    )
    keys.preload({note.patient.sealed_under() for note in notes})
    mine = [alert for alert in alerts if alert.owner_id == member.pk]
    others = [alert for alert in alerts if alert.owner_id not in {None, member.pk}]
    return Handover(
        mine=[alert for alert in mine if alert.offered_to_id is None],
        offered=[alert for alert in mine if alert.offered_to_id is not None],
        nobodys=[alert for alert in alerts if alert.owner_id is None],
        others=others,
        my_notes=[note for note in notes if note.owner_id == member.pk],
        nobodys_notes=[note for note in notes if note.owner is None or not note.owner.treats_patients],
        shifts=_shifts_ahead(clinic),
        keeps_rota=cover.safety_of(clinic).keeps_rota,
    )


@dataclass
class SheetEntry:
    """One patient on paper. Contacts only where they may be seen."""

    patient: Patient
    contacts: ContactsSeen
    intake: Intake | None
    plan_at: datetime | None
    alerts: list[Alert] = field(default_factory=list)
    notes: list[LeftNote] = field(default_factory=list)


@dataclass(frozen=True)
class DowntimeSheet:
    """`entries`: of whom something is open. `numbers`: everybody else; `left_out` of them did not fit."""

    at: datetime
    entries: list[SheetEntry]
    numbers: list[Patient]
    left_out: int
    shifts: list[Shift]
    safety: ClinicSafety
    hours: list[tuple[str, str]]


def downtime_sheet(member: Membership, clinic: Clinic) -> DowntimeSheet:
    """All that a shift needs on paper; the log names every patient on it."""
    alerts = _open_alerts(member)
    visible = patients_access.visible_patients(member)
    notes = list(patient_queries.unread_notes(clinic.pk).filter(patient__in=visible))
    open_ids = {alert.patient_id for alert in alerts} | {note.patient_id for note in notes}
    followed = visible.filter(state=Patient.State.ACTIVE).exclude(pk__in=open_ids).order_by("record_number")
    numbers = list(followed[:MOST_NUMBERS])
    entries = _entries(member, open_ids, alerts, notes)
    keys.preload({row.sealed_under() for row in numbers})
    on_paper = [*(entry.patient for entry in entries), *numbers]
    patients_access.record_list(member, on_paper, page="downtime_sheet")
    return DowntimeSheet(
        at=timezone.now(),
        entries=entries,
        numbers=numbers,
        left_out=followed.count() - len(numbers),
        shifts=_shifts_ahead(clinic),
        safety=cover.safety_of(clinic),
        hours=[(str(lane.label), cover.words(clinic, lane)) for lane in Lane],
    )


def _open_alerts(member: Membership) -> list[Alert]:
    """As the list of alerts: item 9, who wants a call, then by severity; of each the longest wait first."""
    rows = access.visible_alerts(member).unresolved().select_related("patient", "owner", "offered_to")
    found = sorted(rows, key=lambda alert: (alert_urgency(alert), alert.called_at))
    keys.preload({alert.sealed_under() for alert in found})
    return found


def _entries(
    member: Membership, ids: set[uuid.UUID], alerts: list[Alert], notes: list[LeftNote]
) -> list[SheetEntry]:
    """In the order of their alerts; those with a note alone come after."""
    newest = {
        row.patient_id: row
        for row in Intake.objects.filter(patient__in=ids)
        .select_related("responsible", "deputy")
        .order_by("number")
    }
    entries: dict[uuid.UUID, SheetEntry] = {}
    for patient in [*(alert.patient for alert in alerts), *(note.patient for note in notes)]:
        if patient.pk not in entries:
            entries[patient.pk] = SheetEntry(
                patient,
                patients_access.see_emergency_contacts(member, patient),
                newest.get(patient.pk),
                patient_queries.safety_plan_date(patient),
            )
    for alert in alerts:
        entries[alert.patient_id].alerts.append(alert)
    for note in notes:
        entries[note.patient_id].notes.append(note)
    return list(entries.values())


def _shifts_ahead(clinic: Clinic) -> list[Shift]:
    now = timezone.now()
    rows = Shift.objects.filter(clinic=clinic, ends_at__gt=now, starts_at__lt=now + SHIFTS_AHEAD)
    return list(rows.select_related("membership").order_by("starts_at", "kind"))
