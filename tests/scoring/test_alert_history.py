"""The history of an alert is append-only: the owner's function takes what is due, and believes nobody."""

from datetime import datetime, timedelta

import pytest
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from clinics import tenancy
from clinics.access_log import System
from clinics.models import Clinic, Membership
from patients import services
from patients.models import Patient
from scoring import services as scoring_services
from scoring.models import Alert, AlertEvent
from tests.scoring.factories import make_closed_alert


def ago(days: int) -> datetime:
    return timezone.now() - timedelta(days=days)


def remove_events(older_than: datetime) -> int:
    with connection.cursor() as cursor:
        every = list(Alert.objects.values_list("pk", flat=True))
        cursor.execute("SELECT remove_events_of_closed_alerts(%s, %s)", [older_than, every])
        return int(cursor.fetchone()[0])


def test_the_history_of_an_alert_goes_by_retention_alone(pat: Patient, alice: Membership) -> None:
    """Three ways round the append-only history: each is refused by the database."""
    make_closed_alert(pat, alice, ago(400))
    with tenancy.enter(pat.clinic_id):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            AlertEvent.objects.all().delete()
        with pytest.raises(ProgrammingError, match="within a year"), transaction.atomic():
            remove_events(ago(364))
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('app.erasing', current_setting('app.clinic'), true)")
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            AlertEvent.objects.all().delete()
        assert AlertEvent.objects.exists()
        assert remove_events(ago(366)) == 2
        assert not AlertEvent.objects.exists()


def test_it_takes_no_history_of_another_clinic(pat: Patient, alice: Membership, clinic_b: Clinic) -> None:
    make_closed_alert(pat, alice, ago(400))
    with tenancy.enter(clinic_b.pk):
        remove_events(ago(366))
    with tenancy.enter(pat.clinic_id):
        assert AlertEvent.objects.exists()


def test_an_alert_was_closed_when_its_newest_event_says_so(pat: Patient, alice: Membership) -> None:
    """Its own columns can be changed by the runtime role; its history cannot."""
    with tenancy.enter(pat.clinic_id):
        alert = scoring_services.ask_for_call(patient=pat)
        scoring_services.resolve(alert_id=alert.pk, note="Called.", by=alice)
        Alert.objects.filter(pk=alert.pk).update(resolved_at=ago(4000))
        assert remove_events(ago(366)) == 0


def test_an_alert_whose_newest_event_is_not_its_end_keeps_its_history(
    pat: Patient, alice: Membership
) -> None:
    alert = make_closed_alert(pat, alice, ago(400))
    with tenancy.enter(pat.clinic_id):
        AlertEvent.objects.create(
            clinic_id=pat.clinic_id,
            alert=alert,
            seq=alert.seq + 10,
            kind=AlertEvent.Kind.REPEATED,
            at=ago(390),
        )
        assert remove_events(ago(366)) == 0


def test_under_a_legal_hold_it_takes_nothing_whoever_calls_it(pat: Patient, alice: Membership) -> None:
    make_closed_alert(pat, alice, ago(400))
    with tenancy.enter(pat.clinic_id):
        services.place_legal_hold(patient=pat, reason="A court asked for it.", by=System("test"))
        assert remove_events(ago(366)) == 0
        services.lift_legal_hold(patient=pat, reason="done", by=System("test"))
        assert remove_events(ago(366)) == 2
