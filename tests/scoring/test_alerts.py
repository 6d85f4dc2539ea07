"""Taking and resolving alerts, who may not, and the clinic's numbers."""

import threading
import uuid
from contextlib import suppress
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connections, transaction
from django.http import Http404

from clinics import tenancy
from clinics.errors import DomainError
from clinics.models import AccessLogEntry, CareTeam, Clinic, ClinicSettings, Membership
from patients.models import Patient
from scoring import access, services
from scoring.models import Alert, AlertEvent
from tests.clinics.factories import make_clinic, make_member
from tests.patients.factories import make_patient

NOTE = "Called. Sleeps badly, no plans to harm herself. Visit on Tuesday."


def report(patient: Patient) -> Alert:
    with tenancy.enter(patient.clinic_id):
        alert = services.report_failed_analysis(clinic_id=patient.clinic_id, patient_id=patient.pk)
    assert alert is not None
    return alert


@pytest.fixture
def alert(in_a: Clinic, pat: Patient) -> Alert:
    return report(pat)


def test_a_clinician_takes_an_alert_once(alert: Alert, alice: Membership) -> None:
    first = services.take(alert_id=alert.pk, by=alice)
    again = services.take(alert_id=alert.pk, by=alice)
    assert (first.has_changed, again.has_changed) == (True, False)
    assert (again.alert.state, again.alert.owner, again.alert.seq) == ("taken", alice, 2)
    assert list(AlertEvent.objects.order_by("seq").values_list("kind", "by")) == [
        ("opened", None),
        ("taken", alice.pk),
    ]


def test_who_comes_second_is_told_who_has_it(alert: Alert, alice: Membership, in_a: Clinic) -> None:
    services.take(alert_id=alert.pk, by=alice)
    carol = make_member(in_a, "clinician", "Carol Conrad")
    handled = services.take(alert_id=alert.pk, by=carol)
    assert not handled.has_changed
    assert handled.alert.owner is not None
    assert handled.alert.owner.name == "Alice Adler"


def test_resolving_needs_a_note_and_keeps_it_under_the_patients_key(alert: Alert, alice: Membership) -> None:
    with pytest.raises(DomainError) as refusal:
        services.resolve(alert_id=alert.pk, note="  ", by=alice)
    assert (refusal.value.code, refusal.value.field) == ("note_missing", "note")
    services.resolve(alert_id=alert.pk, note=NOTE, by=alice)
    stored = Alert.objects.get()
    assert (stored.state, stored.note, stored.resolved_by) == ("resolved", NOTE, alice)
    assert stored.sealed_under().subject == stored.patient_id
    assert NOTE not in str(Alert.objects.values_list("note", flat=True).get())


def test_the_first_note_stands(alert: Alert, alice: Membership) -> None:
    services.resolve(alert_id=alert.pk, note=NOTE, by=alice)
    handled = services.resolve(alert_id=alert.pk, note="Nothing to do.", by=alice)
    assert not handled.has_changed
    assert Alert.objects.get().note == NOTE
    assert not services.take(alert_id=alert.pk, by=alice).has_changed


def test_after_resolving_the_next_failure_is_a_new_alert(alert: Alert, alice: Membership) -> None:
    services.resolve(alert_id=alert.pk, note=NOTE, by=alice)
    assert report(alert.patient).pk != alert.pk


def test_a_repeated_wish_for_a_call_needs_somebody_anew(
    in_a: Clinic, pat: Patient, alice: Membership
) -> None:
    wish = services.ask_for_call(patient=pat)
    services.take(alert_id=wish.pk, by=alice)
    services.note_attempt(
        alert_id=wish.pk, was_reached=False, way="phone", whom="the patient", text="", by=alice
    )
    again = services.ask_for_call(patient=pat)
    assert (again.pk, again.seq) == (wish.pk, 4)
    stored = Alert.objects.get()
    assert (stored.state, stored.owner, stored.taken_at) == ("open", None, None)
    kinds = AlertEvent.objects.order_by("seq").values_list("kind", flat=True)
    assert list(kinds) == ["opened", "taken", "missed", "repeated"]
    assert services.take(alert_id=wish.pk, by=alice).has_changed


def test_a_repeated_failure_stays_with_who_has_it(alert: Alert, alice: Membership) -> None:
    services.take(alert_id=alert.pk, by=alice)
    report(alert.patient)
    stored = Alert.objects.get()
    assert (stored.state, stored.owner, stored.seq) == ("taken", alice, 3)


def test_an_observer_reads_but_does_not_act(alert: Alert, bob: Membership) -> None:
    assert access.get_alert(bob, alert.pk) == alert
    with pytest.raises(PermissionDenied):
        access.get_alert_to_treat(bob, alert.pk)
    with pytest.raises(DomainError, match="may_not_treat"):
        services.take(alert_id=alert.pk, by=bob)
    with pytest.raises(DomainError, match="may_not_treat"):
        services.resolve(alert_id=alert.pk, note=NOTE, by=bob)


def test_another_clinic_finds_nothing(
    clinic_a: Clinic, clinic_b: Clinic, pat: Patient, mallory: Membership
) -> None:
    alert = report(pat)
    with tenancy.enter(clinic_b.pk):
        with pytest.raises(Http404):
            access.get_alert(mallory, alert.pk)
        with pytest.raises(DomainError) as refusal:
            services.take(alert_id=alert.pk, by=mallory)
    assert refusal.value.code == "no_such_alert"


def test_roles_without_patients_are_refused(
    alert: Alert, ada: Membership, eve: Membership, audrey: Membership
) -> None:
    for member in (ada, eve, audrey):
        with pytest.raises(PermissionDenied):
            access.get_alert(member, alert.pk)
    with pytest.raises(Http404):
        access.get_alert(None, alert.pk)
    with pytest.raises(Http404):
        access.get_alert(None, uuid.uuid4())


def test_in_a_clinic_of_care_teams_only_the_team_sees_the_alert(
    alert: Alert, alice: Membership, in_a: Clinic
) -> None:
    ClinicSettings.objects.update(record_scope="care_team")
    with pytest.raises(Http404):
        access.get_alert(alice, alert.pk)
    team = CareTeam.objects.create(clinic=in_a, name="Ward 1")
    team.members.create(clinic=in_a, membership=alice)
    Patient.objects.filter(pk=alert.patient_id).update(care_team=team)
    assert access.get_alert(alice, alert.pk) == alert


def test_reading_and_acting_are_logged(clinic_a: Clinic, pat: Patient, alice: Membership) -> None:
    alert = report(pat)
    with tenancy.enter(clinic_a.pk):
        access.get_alert(alice, alert.pk)
        services.take(alert_id=alert.pk, by=alice)
    with tenancy.enter(clinic_a.pk):
        actions = AccessLogEntry.objects.filter(patient_id=pat.pk).values_list("action", "actor")
        assert set(actions) >= {
            ("alert.opened", "system:scoring"),
            ("alert.read", alice.actor_label),
            ("alert.taken", alice.actor_label),
        }


def test_one_open_alert_for_a_patient_and_rule_is_a_constraint(alert: Alert, in_a: Clinic) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Alert.objects.create(clinic=in_a, patient=alert.patient, seq=9, rule=alert.rule)


def in_threads(count: int, act: Any) -> list[Any]:
    """What `act(index)` gave in as many threads, all begun at once."""
    gate, results = threading.Barrier(count), [None] * count

    def run(index: int) -> None:
        try:
            gate.wait()
            results[index] = act(index)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.commits
def test_numbers_have_no_gap_and_no_double_under_eight_threads(committing: str) -> None:
    clinic = make_clinic("north")
    patients = [make_patient(clinic, f"Pat{index} P") for index in range(8)]

    def report_and_fail_and_report(index: int) -> None:
        report(patients[index])
        with suppress(ZeroDivisionError), tenancy.enter(clinic.pk):
            services.report_failed_analysis(clinic_id=clinic.pk, patient_id=patients[index].pk)
            raise ZeroDivisionError
        report(patients[index])

    in_threads(8, report_and_fail_and_report)
    with tenancy.enter(clinic.pk):
        assert sorted(AlertEvent.objects.values_list("seq", flat=True)) == list(range(1, 17))
        assert Alert.objects.count() == 8


@pytest.mark.commits
def test_of_eight_who_take_it_at_once_one_has_it(committing: str) -> None:
    clinic = make_clinic("north")
    alert = report(make_patient(clinic, "Pat P"))
    members = [make_member(clinic, "clinician", f"Member{index} M") for index in range(8)]

    def take(index: int) -> services.HandledAlert:
        with tenancy.enter(clinic.pk):
            return services.take(alert_id=alert.pk, by=members[index])

    handled = in_threads(8, take)
    assert sum(result.has_changed for result in handled) == 1
    assert len({result.alert.owner_id for result in handled}) == 1
    with tenancy.enter(clinic.pk):
        assert AlertEvent.objects.count() == 2
