"""Who hears of an alert: messages for the outbox, without a word about the patient but the record number.

Keys begin with `alert:<id>:`, so that whatever waits is stopped by one act when somebody takes the alert.
"""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import F

from clinics import messages
from clinics.cover import RUNGS, Snapshot, Step
from clinics.messages import AlertState, Draft, Kind
from clinics.models import Clinic, Membership
from scoring.models import Alert, AlertEvent


def key_of(alert: Alert) -> str:
    return f"alert:{alert.pk}:"


def drafts(
    alert: Alert, number: int, slug: str, members: Iterable[Membership], state: AlertState
) -> list[Draft]:
    """One for each member; `number`: of the patient's record. By the alert's newest event, so never twice."""
    facts = {
        "number": number,
        "since": alert.called_at,
        "state": state.value,
        "lane": alert.lane,
        "path": f"/c/{slug}/alerts/{alert.pk}/",
    }
    return [
        Draft(member, Kind.ALERT, f"{key_of(alert)}{alert.seq}", facts, about=alert.patient_id)
        for member in members
    ]


def rota_drafts(clinic: Clinic, lane: str, read: Snapshot, now: datetime) -> list[Draft]:
    """The administrators learn that nobody is on the rota, once a day, and nothing of the alert."""
    facts = {"lane": lane, "path": f"/c/{clinic.slug}/"}
    day = now.astimezone(read.zone).date()
    admins = Membership.objects.filter(clinic=clinic, role="administrator", is_active=True)
    return [Draft(admin, Kind.ROTA_EMPTY, f"rota:{lane}:{day}", facts) for admin in admins]


def tell(alert: Alert, members: Iterable[Membership], state: AlertState) -> None:
    """About one alert, inside its transaction."""
    slug = Clinic.objects.values_list("slug", flat=True).get(pk=alert.clinic_id)
    found = drafts(alert, alert.patient.record_number, slug, members, state)
    messages.queue_many(clinic_id=alert.clinic_id, drafts=found)


def stop(alert: Alert) -> None:
    """What waits to be sent about this alert is out of date."""
    messages.stop(clinic_id=alert.clinic_id, dedupe_prefix=key_of(alert))


def next_rung(chain: Sequence[Step], called: str) -> Step | None:
    """The first rung of today's chain beyond the one that was called last, by name: who is there changes from
    step to step. The last is called again and again. `called`: empty before the first call."""
    beyond = RUNGS[RUNGS.index(called) + 1 :] if called else RUNGS
    return next((step for step in chain if step.name in beyond), chain[-1] if chain else None)


def people_of(chain: Sequence[Step], name: str) -> list[Membership]:
    return next((step.members for step in chain if step.name == name), [])


def told_since_called(alerts: Sequence[Alert]) -> dict[uuid.UUID, set[uuid.UUID]]:
    """By alert: members for whom something was queued since it last called. Alerts of one clinic."""
    told: dict[uuid.UUID, set[uuid.UUID]] = {alert.pk: set() for alert in alerts}
    calls = AlertEvent.objects.filter(alert__in=list(told), seq__gte=F("alert__called_seq"))
    keys = {f"alert:{alert_id}:{seq}": alert_id for alert_id, seq in calls.values_list("alert_id", "seq")}
    for key, member_id in messages.who_was_told(alerts[0].clinic_id, list(keys)) if alerts else ():
        told[keys[key]].add(member_id)
    return told


def tell_rota(alert: Alert, read: Snapshot, now: datetime) -> None:
    clinic = Clinic.objects.get(pk=alert.clinic_id)
    messages.queue_many(clinic_id=clinic.pk, drafts=rota_drafts(clinic, alert.lane, read, now))
