"""Erasing a patient: two steps, a cooling-off, never too early, and nothing left."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from clinics import keys, tenancy
from clinics.access_log import System
from clinics.errors import DomainError
from clinics.keys import KeyName
from clinics.models import AccessLogEntry, Clinic, DataKey, Membership, User
from patients import erasure, services, tasks
from patients.models import CheckIn, Consent, Erasure, Patient
from patients.services import erasures
from patients.signals import patient_erased
from scoring import services as scoring_services
from scoring.duty import digests
from scoring.models import Alert, AlertEvent
from scoring.services import judging
from tests.clinics.factories import make_clinic, make_member, watch_always
from tests.conftest import signed_in
from tests.patients.erasing.acts import erase, policy, tables_with, wish_for
from tests.patients.factories import make_check_in, make_patient

BY = System("test")


@pytest.mark.commits
def test_everything_goes_but_the_log_and_the_list_of_erased_ids(north: Clinic, pat: Patient) -> None:
    other = make_patient(north, "Otto Oster")
    make_check_in(other, note="still here")
    assert len(tables_with(north, pat)) > 8
    told = []
    patient_erased.connect(receiver := lambda **news: told.append(news["patient_id"]), weak=False)
    try:
        wish = erase(north, pat)
    finally:
        patient_erased.disconnect(receiver)
    assert wish.state == Erasure.State.FINISHED
    assert tables_with(north, pat) == set(erasure.KEPT)
    assert told == [pat.pk]
    keys.forget()
    with tenancy.enter(north.pk):
        assert CheckIn.objects.get().note == "still here"
        assert not AlertEvent.objects.exists()
        assert Consent.objects.get().patient_id == other.pk
        assert not DataKey.objects.filter(subject=pat.pk).exists()
        assert AccessLogEntry.objects.filter(action="patient.erased", patient_id=pat.pk).exists()
    assert not User.objects.filter(email="pat@patients.north.example").exists()
    assert User.objects.filter(email="otto@patients.north.example").exists()


@pytest.mark.commits
def test_the_certificate_says_what_is_gone_and_names_nobody(north: Clinic, pat: Patient) -> None:
    words = erase(north, pat).certificate
    for said in ("patients.checkin: 8", "scoring.alert: ", "keys were destroyed", "35 days", "access log"):
        assert said in words
    assert "Pat" not in words.replace("Patient", "")


@pytest.mark.commits
def test_by_policy_the_clinical_record_is_kept_out_of_sight_until_its_date(
    north: Clinic, pat: Patient
) -> None:
    policy(north, record_retention_years=10)
    alice = make_member(north, "clinician", "Anna Arendt")
    wish = erase(north, pat)
    assert (wish.state, wish.extent) == (Erasure.State.FINISHED, Erasure.Extent.APP_DATA)
    keys.forget()
    with tenancy.enter(north.pk):
        kept = Patient.objects.get(pk=pat.pk)
        assert (kept.name, kept.user) == ("Pat Petersen", None)
        assert kept.kept_until == wish.kept_until == date(timezone.now().year + 10, 12, 31)
        assert {row.note for row in Alert.objects.all()} == {"Spoke on the phone."}
        assert not CheckIn.objects.exists()
        assert list(DataKey.objects.filter(subject=pat.pk).values_list("version", flat=True)) == [2]
    assert signed_in(alice).get(f"/c/north/patients/{pat.pk}/").status_code == 404
    assert str(wish.kept_until) in wish.certificate


@pytest.mark.commits
def test_a_kept_record_is_erased_when_its_date_has_passed(north: Clinic, pat: Patient) -> None:
    policy(north, record_retention_years=10)
    erase(north, pat)
    tasks.erase_due()
    assert "patients_patient" in tables_with(north, pat)
    with tenancy.enter(north.pk):
        Patient.objects.update(kept_until=timezone.now().date() - timedelta(days=2))
    tasks.erase_due()
    assert tables_with(north, pat) == set(erasure.KEPT)


@pytest.mark.commits
def test_the_cooling_off_is_waited_for_and_beat_runs_what_is_due(north: Clinic, pat: Patient) -> None:
    policy(north, erasure_cooling_off_days=7)
    wish = wish_for(north, pat)
    tasks.erase_due()
    assert services.run_erasure(clinic=north, erasure_id=wish.pk).state == Erasure.State.CONFIRMED
    with tenancy.enter(north.pk):
        Erasure.objects.update(due_at=timezone.now())
    tasks.erase_due()
    assert tables_with(north, pat) == set(erasure.KEPT)


@pytest.mark.commits
def test_without_the_second_step_nothing_happens_and_until_it_runs_it_can_be_taken_back(
    north: Clinic, pat: Patient
) -> None:
    with tenancy.enter(north.pk):
        wish = services.request_erasure(patient=pat, by=pat)
        assert services.request_erasure(patient=pat, by=pat).pk == wish.pk
    assert services.run_erasure(clinic=north, erasure_id=wish.pk).state == Erasure.State.REQUESTED
    with tenancy.enter(north.pk):
        services.confirm_erasure(wish=wish, by=pat)
        services.cancel_erasure(wish=wish, by=pat)
    tasks.erase_due()
    with tenancy.enter(north.pk):
        assert Patient.objects.filter(pk=pat.pk).exists()
        with pytest.raises(DomainError, match="not_requested"):
            services.confirm_erasure(wish=wish, by=pat)
        with pytest.raises(DomainError, match="too_late"):
            services.cancel_erasure(wish=wish, by=pat)


@pytest.mark.commits
def test_never_while_an_alert_is_open(north: Clinic, pat: Patient) -> None:
    with tenancy.enter(north.pk):
        alert = scoring_services.ask_for_call(patient=pat)
    wish = erase(north, pat)
    assert (wish.state, wish.waits_for) == (Erasure.State.CONFIRMED, "open_alert")
    with tenancy.enter(north.pk):
        alice = Membership.objects.get(role="clinician")
        scoring_services.resolve(alert_id=alert.pk, note="Called.", by=alice)
    tasks.erase_due()
    assert tables_with(north, pat) == set(erasure.KEPT)


@pytest.mark.commits
def test_an_alert_raised_as_it_begins_holds_it_up(north: Clinic, pat: Patient) -> None:
    wish = wish_for(north, pat)
    with tenancy.enter(north.pk):
        assert erasures._begin(wish.pk).state == Erasure.State.RUNNING
        scoring_services.ask_for_call(patient=pat)
        wish = erasures._erase_rows(wish.pk, is_replay=False)
        assert (wish.state, wish.waits_for) == (Erasure.State.CONFIRMED, "open_alert")
        assert Alert.objects.filter(patient=pat).exists()


@pytest.mark.commits
def test_a_record_kept_for_the_law_alone_is_missed_by_nobody(north: Clinic, pat: Patient) -> None:
    """No alert is raised at it that nobody could see, take or resolve, and none holds up its end."""
    policy(north, record_retention_years=10)
    erase(north, pat)
    with tenancy.enter(north.pk):
        Patient.objects.update(created_at=timezone.now() - timedelta(days=40))
    judging.judge_clinic(clinic=north, at=timezone.now() + timedelta(days=30))
    with tenancy.enter(north.pk):
        kept = Patient.objects.get(pk=pat.pk)
        assert not Alert.objects.unresolved().exists()
        raised = scoring_services.raise_alert(
            patient=kept, rule="item_9", lane="item_9", severity="urgent", facts={}, by=System("test")
        )
        assert raised is None


@pytest.mark.commits
def test_an_alert_of_before_at_a_kept_record_is_counted_by_nobody_and_holds_up_nothing(
    north: Clinic, pat: Patient
) -> None:
    policy(north, record_retention_years=10)
    watch_always(north)
    with tenancy.enter(north.pk):
        scoring_services.raise_alert(
            patient=pat, rule="no_check_in", lane="routine", severity="notice", facts={}, by=System("test")
        )
        Patient.objects.update(kept_until=timezone.now().date() - timedelta(days=2), user=None)
        assert digests.queue_for(north, timezone.now()) == 0
    tasks.erase_due()
    assert tables_with(north, pat) == set(erasure.KEPT)


@pytest.mark.commits
def test_an_account_that_opens_something_else_stays(north: Clinic, pat: Patient) -> None:
    south = make_clinic("south")
    with tenancy.enter(south.pk):
        record = services.admit_patient(clinic=south, name="Pat Petersen", by=BY)
        assert pat.user is not None
        services.link_user(patient=record, user=pat.user, by=BY)
    erase(north, pat)
    assert User.objects.filter(email="pat@patients.north.example").exists()
    with tenancy.enter(south.pk):
        assert Patient.objects.get().name == "Pat Petersen"


def test_a_patients_key_dropped_leaves_old_ciphertexts_unreadable(pat: Patient, north: Clinic) -> None:
    with tenancy.enter(north.pk):
        note = CheckIn.objects.get(note__isnull=False)
    erase(north, pat)
    keys.forget()
    with tenancy.enter(north.pk), pytest.raises(keys.Shredded):
        _ = note.note
    assert KeyName.of_patient(north.pk, pat.pk) not in keys._cache


@pytest.mark.commits
def test_the_doubles_of_a_patient_go_with_the_record_they_went_into(north: Clinic, pat: Patient) -> None:
    alice = make_member(north, "clinician", "Anna Arndt")
    with tenancy.enter(north.pk):
        double = services.admit_patient(clinic=north, name="P. Petersen", by=alice)
        services.merge_patients(keep=pat, double=double, by=alice)
    wish_for(north, pat)
    tasks.erase_due()
    tasks.erase_due()  # the double's own is begun by the first
    assert tables_with(north, double) <= set(erasure.KEPT)
    with tenancy.enter(north.pk):
        assert not Patient.objects.filter(pk__in=[pat.pk, double.pk]).exists()
        assert set(Erasure.objects.values_list("state", flat=True)) == {Erasure.State.FINISHED}
