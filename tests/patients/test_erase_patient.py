"""Erasing a patient: two steps, a cooling-off, never too early, and nothing left."""

import io
import sys
import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from clinics import keys, rotation, tenancy
from clinics.access_log import System
from clinics.errors import DomainError
from clinics.keys import KeyName
from clinics.models import AccessLogEntry, Clinic, ClinicSettings, DataKey, Membership, User
from patients import erasure, services, tasks
from patients.models import CheckIn, Consent, Erasure, LegalHold, Patient
from patients.services import SomethingIsLeft, erasures
from patients.signals import patient_erased
from scoring import services as scoring_services
from scoring.models import Alert, AlertEvent
from tests.clinics.factories import make_clinic, make_member
from tests.conftest import signed_in
from tests.furnishing import Staff, furnish_patient
from tests.patients.factories import make_check_in, make_patient
from tests.scoring.factories import add_days_of, store_reading

BY = System("test")


@pytest.fixture
def north(committing: str) -> Clinic:
    clinic = make_clinic("north")
    policy(clinic, erasure_cooling_off_days=0, record_retention_years=0)
    return clinic


@pytest.fixture
def pat(north: Clinic) -> Patient:
    """With a resolved alert and one of every row that a patient can have."""
    patient = make_patient(north, "Pat Petersen")
    add_days_of(patient, "sad", 6)
    store_reading(patient, "sad")
    make_check_in(patient, mood=1, note="slept badly")
    with tenancy.enter(north.pk):
        services.withdraw_consent(patient=patient, purpose="facial_analysis", by=patient)
    resolve_alerts(north)
    return patient


def policy(clinic: Clinic, **changes: int) -> None:
    with tenancy.enter(clinic.pk):
        ClinicSettings.objects.update(**changes)


def resolve_alerts(clinic: Clinic) -> None:
    alice = make_member(clinic, "clinician", "Alice Adler")
    with tenancy.enter(clinic.pk):
        for alert in Alert.objects.unresolved():
            scoring_services.resolve(alert_id=alert.pk, note="Spoke on the phone.", by=alice)


def wish_for(clinic: Clinic, patient: Patient) -> Erasure:
    with tenancy.enter(clinic.pk):
        wish = services.request_erasure(patient=patient, by=patient)
        return services.confirm_erasure(wish=wish, by=patient)


def erase(clinic: Clinic, patient: Patient) -> Erasure:
    return services.run_erasure(clinic=clinic, erasure_id=wish_for(clinic, patient).pk)


def tables_with(clinic: Clinic, patient: Patient) -> set[str]:
    with tenancy.enter(clinic.pk):
        return {where.split(".")[0] for where in erasure.scan(patient.pk)}


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
    for said in ("patients.checkin: 8", "scoring.alert: 1", "keys were destroyed", "35 days", "access log"):
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
        assert Alert.objects.get().note == "Spoke on the phone."
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
def test_a_legal_hold_stops_it_at_the_request_and_at_the_run(north: Clinic, pat: Patient) -> None:
    wish = wish_for(north, pat)
    with tenancy.enter(north.pk):
        services.place_legal_hold(patient=pat, reason="Court file 7", by=BY)
        assert LegalHold.objects.get().reason == "Court file 7"
        with pytest.raises(DomainError, match="already_held"):
            services.place_legal_hold(patient=pat, reason="again", by=BY)
        with pytest.raises(DomainError, match="reason_missing"):
            services.place_legal_hold(patient=pat, reason=" ", by=BY)
    tasks.erase_due()
    with tenancy.enter(north.pk):
        wish.refresh_from_db()
        assert (wish.state, wish.waits_for) == (Erasure.State.CONFIRMED, "legal_hold")
        services.cancel_erasure(wish=wish, by=pat)
        with pytest.raises(DomainError, match="legal_hold"):
            services.request_erasure(patient=pat, by=pat)
        services.lift_legal_hold(patient=pat, reason="done", by=BY)
        with pytest.raises(DomainError, match="no_hold"):
            services.lift_legal_hold(patient=pat, reason="done", by=BY)
    erase(north, pat)
    assert tables_with(north, pat) == set(erasure.KEPT)


@pytest.mark.commits
@pytest.mark.parametrize(
    ("killed_in", "years"),
    [
        ("_drop_keys", 0),
        ("_scan_and_certify", 0),
        ("_drop_keys", 10),
        ("_change_key", 10),
        ("_step_to", 10),
        ("_scan_and_certify", 10),
    ],
)
def test_killed_half_way_it_is_finished_by_the_next_run(
    north: Clinic, pat: Patient, monkeypatch: pytest.MonkeyPatch, killed_in: str, years: int
) -> None:
    policy(north, record_retention_years=years)
    wish = wish_for(north, pat)

    def killed(*args: Any, **kwargs: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(erasures, killed_in, killed)
        with pytest.raises(KeyboardInterrupt):
            services.run_erasure(clinic=north, erasure_id=wish.pk)
    with tenancy.enter(north.pk):
        wish.refresh_from_db()
        assert wish.state == Erasure.State.RUNNING
        assert Patient.objects.filter(pk=pat.pk).exists() == (years > 0 or killed_in == "_drop_keys")
    tasks.erase_due()
    with tenancy.enter(north.pk):
        wish.refresh_from_db()
        assert wish.state == Erasure.State.FINISHED
        assert not CheckIn.objects.exists()


@pytest.mark.commits
def test_killed_in_the_middle_of_the_new_key(
    north: Clinic, pat: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy(north, record_retention_years=10)
    wish = wish_for(north, pat)

    def killed(*args: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(rotation._Rotation, "_verify", killed)
        with pytest.raises(KeyboardInterrupt):
            services.run_erasure(clinic=north, erasure_id=wish.pk)
    tasks.erase_due()
    with tenancy.enter(north.pk):
        assert Erasure.objects.get().state == Erasure.State.FINISHED
        assert list(DataKey.objects.filter(subject=pat.pk).values_list("version", flat=True)) == [2]


@pytest.mark.commits
def test_what_no_rule_purges_is_found_by_the_scan(north: Clinic, pat: Patient) -> None:
    """Planted: the id in a text where nobody would look."""
    with tenancy.enter(north.pk):
        ClinicSettings.objects.update(cover_hours=f"call {pat.pk}")
    wish = wish_for(north, pat)
    with pytest.raises(SomethingIsLeft, match=r"clinics_clinicsettings\.cover_hours \(1\)"):
        services.run_erasure(clinic=north, erasure_id=wish.pk)
    policy(north, cover_hours="always")  # type: ignore[arg-type]
    tasks.erase_due()
    with tenancy.enter(north.pk):
        assert Erasure.objects.get().state == Erasure.State.FINISHED


def test_every_model_that_refers_to_a_patient_has_its_rule() -> None:
    assert erasure.without_rule() == []


@pytest.mark.parametrize("forgotten", [rule.model._meta.label for rule in erasure.rules()])
def test_a_forgotten_rule_is_found(forgotten: str) -> None:
    known = tuple(rule for rule in erasure.rules() if rule.model._meta.label != forgotten)
    expected = [] if forgotten == "clinics.KeyRotation" else [forgotten]
    assert erasure.without_rule(known) == expected


@pytest.mark.django_db
def test_a_rule_for_an_append_only_table_says_so() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, p.proname FROM pg_trigger JOIN pg_proc p ON p.oid = tgfoid"
            " WHERE tgname = 'append_only_rows'"
        )
        frozen = dict(cursor.fetchall())
    for rule in erasure.rules():
        function = frozen.get(rule.model._meta.db_table)
        assert rule.is_append_only == (function is not None), rule
        assert function in {None, "refuse_change_but_erasure"}


@pytest.mark.commits
@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM patients_consent",
        "SELECT erase_rows('{wish}', 'patients_consent')",
        "SELECT erase_rows('{nobody}', 'patients_consent')",
        "SELECT erase_rows('{wish}', 'clinics_accesslogentry')",
    ],
)
def test_append_only_rows_go_by_a_running_erasure_alone(north: Clinic, pat: Patient, statement: str) -> None:
    policy(north, erasure_cooling_off_days=7)
    wish = wish_for(north, pat)
    is_of_the_log = "accesslog" in statement
    with tenancy.enter(north.pk):
        if is_of_the_log:
            Erasure.objects.update(state="running")
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('app.erasing', %s, true)", [str(north.pk)])
            with pytest.raises(DatabaseError), transaction.atomic():
                cursor.execute(statement.format(wish=wish.pk, nobody=uuid.uuid4()))


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


def say(*words: str, monkeypatch: pytest.MonkeyPatch | None = None, text: str = "") -> str:
    said = io.StringIO()
    if monkeypatch is not None:
        monkeypatch.setattr(sys, "stdin", io.StringIO(text + "\n"))
    call_command("erase_patient", *words, stdout=said)
    return said.getvalue()


@pytest.mark.commits
def test_the_command_takes_the_same_two_steps(
    north: Clinic, pat: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = ("north", str(pat.pk))
    say("hold", *who, monkeypatch=monkeypatch, text="Court file 7")
    with pytest.raises(CommandError, match="must keep this record"):
        say("request", *who)
    say("release", *who)
    with pytest.raises(CommandError, match="no open erasure"):
        say("confirm", *who)
    say("request", *who)
    with pytest.raises(CommandError, match="Not now"):
        say("run", *who)
    say("cancel", *who)
    say("request", *who, "--everything")
    say("confirm", *who)
    assert "Certificate of erasure" in say("run", *who)
    assert "Certificate of erasure" in say("certificate", *who)
    with pytest.raises(CommandError, match="no such record"):
        say("request", *who)
    with pytest.raises(CommandError, match="no clinic"):
        say("request", "west", str(pat.pk))


def test_a_patients_key_dropped_leaves_old_ciphertexts_unreadable(pat: Patient, north: Clinic) -> None:
    with tenancy.enter(north.pk):
        note = CheckIn.objects.get(note__isnull=False)
    erase(north, pat)
    keys.forget()
    with tenancy.enter(north.pk), pytest.raises(keys.Shredded):
        _ = note.note
    assert KeyName.of_patient(north.pk, pat.pk) not in keys._cache


@pytest.mark.commits
def test_a_patient_with_a_row_in_every_table_is_erased_whole(north: Clinic) -> None:
    by = Staff(
        clinician=make_member(north, "clinician", "Alice Adler"),
        administrator=make_member(north, "administrator", "Ada Ahrens"),
        officer=make_member(north, "privacy_officer", "Olga Ott"),
    )
    pat = make_patient(north, "Pat Petersen")
    furnish_patient(pat, by, lambda label: "1970-01-01" if label.endswith("birth_date") else label)
    with tenancy.enter(north.pk):
        programme = services.open_programme(clinic=north, name="P", employer="E", by=by.administrator)
        services.join_programme(patient=pat, programme_id=programme.pk)
        services.lift_legal_hold(patient=pat, reason="done", by=by.officer)
    assert erase(north, pat).state == Erasure.State.FINISHED
    assert tables_with(north, pat) <= set(erasure.KEPT)


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
