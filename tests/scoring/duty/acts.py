"""What the tests of duties share."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from typing import Any
from unittest import mock

import pytest
from django.utils import timezone

from clinics.cover import WeeklyTime
from clinics.errors import DomainError
from clinics.models import CareTeam, Clinic, ClinicSafety, ClinicSettings, Membership, Message
from patients.models import Patient
from scoring import services
from scoring.duty import sweeper
from scoring.models import Alert, AlertEvent, AlertTimer
from scoring.services import item_nine

OFFICE = [WeeklyTime(day, time(8), time(18)) for day in range(5)]
FRIDAY = datetime(2027, 3, 5, tzinfo=UTC)
NOTE = "Spoke with her on the phone. Sleeps badly. Visit agreed."


@contextmanager
def clock(clinic: Clinic, day: datetime, *wall: int) -> Iterator[datetime]:
    """Everybody's clock stands at this time of the clinic's wall clock."""
    now = day.replace(hour=wall[0], minute=wall[1] if wall[1:] else 0, tzinfo=clinic.zone)
    with mock.patch("django.utils.timezone.now", return_value=now):
        yield now


def refused(code: str) -> Any:
    return pytest.raises(DomainError, match=f"^{code}")


def answer(patient: Patient, value: int = 2, **facts: Any) -> Alert:
    alert = saved(patient, value, **facts)
    assert alert is not None
    return alert


def saved(patient: Patient, value: int = 2, **facts: Any) -> Alert | None:
    """An answer to the last question, as the pipeline hands it on."""
    return item_nine.answered(
        patient_id=patient.pk,
        round_id=facts.get("round_id", uuid.uuid4()),
        answer_id=facts.get("answer_id", uuid.uuid4()),
        value=value,
        at=timezone.now(),
        door="page",
    )


def warn(patient: Patient, severity: str = "warning", rule: str = "low_mood", lane: str = "routine") -> Alert:
    alert = services.raise_alert(
        patient=patient, rule=rule, lane=lane, severity=severity, facts={"mood": 2}, by=patient
    )
    assert alert is not None
    return alert


def again(alert: Alert) -> Alert:
    return Alert.objects.get(pk=alert.pk)


def timers_of(alert: Alert) -> dict[str, int]:
    """Kinds of its running timers, and how far each was passed on."""
    return dict(AlertTimer.objects.filter(alert=alert).values_list("kind", "step"))


def make_due(alert: Alert, kind: str | None = None) -> None:
    rows = AlertTimer.objects.filter(alert=alert)
    if kind is not None:
        rows = rows.filter(kind=kind)
    rows.update(due_at=timezone.now() - timedelta(seconds=1))


def sweep(alert: Alert) -> int:
    return sweeper.judge_clinic(Clinic.objects.get(pk=alert.clinic_id), timezone.now())


def kinds_of(alert: Alert) -> list[str]:
    return list(AlertEvent.objects.filter(alert=alert).order_by("seq").values_list("kind", flat=True))


def told(member: Membership) -> list[tuple[str, str]]:
    """Kind and state of what was queued for a member, in order."""
    rows = Message.objects.filter(recipient_id=member.pk).order_by("created_at", "pk")
    return [(row.kind, str(row.facts.get("state", ""))) for row in rows.distinct()]


def spoken(by: Membership, **facts: Any) -> services.Spoken:
    return services.Spoken(by, facts.get("whom", "the patient"), facts.get("at", timezone.now()))


def rungs(alert: Alert) -> list[str]:
    """Who was asked, in their order."""
    rows = AlertEvent.objects.filter(alert=alert, kind__in=["called", "passed_on", "overdue"])
    return [row.facts["rung"] for row in rows.order_by("seq")]


def divide(clinic: Clinic, *, team_of: Membership, lead: Membership) -> None:
    """Clinicians see their care team alone: one follows all patients there are, the lead none of them."""
    team = CareTeam.objects.create(clinic=clinic, name="Ward 1")
    team.members.create(clinic=clinic, membership=team_of)
    Patient.objects.update(care_team=team)
    ClinicSettings.objects.update(record_scope="care_team")
    ClinicSafety.objects.update(lead=lead)
