"""Shifts, leave and test alerts that are past go; the newest confirmed test alert of who works here stays."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from clinics import cover, tenancy
from clinics.models import Clinic, Leave, Membership, Shift, TrialAlert
from moodvision.retention_kinds import KINDS
from patients import retention
from patients.models import OnCallGrant, Patient
from scoring.models import AlertSeen
from tests.clinics.factories import make_member
from tests.scoring.factories import make_closed_alert

ROWS = (Shift, Leave, TrialAlert)


def ago(days: int) -> datetime:
    return timezone.now() - timedelta(days=days)


def plan(member: Membership, days: int, *, confirmed: bool = True) -> None:
    """A shift, a day of leave and a test alert that ended so many days ago."""
    at, own = ago(days), {"clinic_id": member.clinic_id, "membership": member}
    with tenancy.enter(member.clinic_id):
        Shift.objects.create(starts_at=at - timedelta(hours=8), ends_at=at, **own)
        Leave.objects.create(first_day=at.date(), last_day=at.date(), **own)
        TrialAlert.objects.create(channel="phone", sent_at=at, confirmed_at=at if confirmed else None, **own)


def night(clinic: Clinic, kind: str = "rota") -> tuple[int, int]:
    (run,) = [run for run in retention.enforce(clinic=clinic) if run.kind == kind]
    return run.removed, run.left_over


def left(clinic: Clinic) -> list[int]:
    with tenancy.enter(clinic.pk):
        return [model.objects.count() for model in ROWS]


def test_they_go_after_a_year(clinic_a: Clinic, alice: Membership) -> None:
    plan(alice, 363)
    assert night(clinic_a) == (0, 0)
    plan(alice, 367)
    assert night(clinic_a) == (3, 0)
    assert left(clinic_a) == [1, 1, 1]


def test_what_is_still_to_come_stays(clinic_a: Clinic, alice: Membership) -> None:
    plan(alice, -400)
    assert night(clinic_a) == (0, 0)
    assert left(clinic_a) == [1, 1, 1]


def test_the_last_test_alert_somebody_confirmed_still_opens_item_nine(
    clinic_a: Clinic, alice: Membership
) -> None:
    for days, is_confirmed in ((500, True), (400, True), (390, False)):
        plan(alice, days, confirmed=is_confirmed)
    assert night(clinic_a) == (3 + 3 + 2, 0)
    with tenancy.enter(clinic_a.pk):
        (kept,) = TrialAlert.objects.all()
        assert kept.confirmed_at is not None
        assert (timezone.now() - kept.confirmed_at).days == 400
        assert "test_alert" not in cover.missing_for_item_nine(clinic_a)


def test_of_somebody_who_left_none_stays(clinic_a: Clinic) -> None:
    gone = make_member(clinic_a, "clinician", "Gone Gale")
    plan(gone, 400)
    with tenancy.enter(clinic_a.pk):
        Membership.objects.filter(pk=gone.pk).update(is_active=False)
    assert night(clinic_a) == (3, 0)
    assert left(clinic_a) == [0, 0, 0]


def test_another_clinics_rota_is_not_touched(clinic_a: Clinic, mallory: Membership) -> None:
    plan(mallory, 400)
    assert night(clinic_a) == (0, 0)
    assert left(mallory.clinic) == [1, 1, 1]


@pytest.fixture
def idle() -> Iterator[None]:
    (kind,) = [kind for kind in KINDS if kind.name == "rota"]
    retention.register(replace(kind, steps=(lambda clinic, cutoff: 0,)))
    yield
    retention.register(kind)


def test_a_night_that_removes_nothing_is_found_out(clinic_a: Clinic, alice: Membership, idle: None) -> None:
    for days in (500, 400):
        plan(alice, days)
    assert night(clinic_a) == (0, 2 + 2 + 1)


def test_receipts_and_loans_of_an_alert_go_with_it(clinic_a: Clinic, pat: Patient, alice: Membership) -> None:
    old, young = (make_closed_alert(pat, alice, ago(days)) for days in (3700, 10))
    with tenancy.enter(clinic_a.pk):
        for alert in (old, young):
            own = {"clinic": clinic_a, "membership": alice}
            AlertSeen.objects.create(alert=alert, seq=alert.seq, at=alert.opened_at, **own)
            OnCallGrant.objects.create(
                patient=pat, alert_id=alert.pk, granted_at=alert.opened_at, ends_at=alert.opened_at, **own
            )
    assert night(clinic_a, "alerts") == (1, 0)
    with tenancy.enter(clinic_a.pk):
        assert [seen.alert_id for seen in AlertSeen.objects.all()] == [young.pk]
        assert [loan.alert_id for loan in OnCallGrant.objects.all()] == [young.pk]
