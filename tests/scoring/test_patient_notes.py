"""The kind note a crossing leaves for the patient, and their answer."""

from datetime import UTC, datetime, timedelta

import pytest
from django.http import Http404
from django.utils import timezone

from clinics.errors import DomainError
from clinics.models import Clinic, Membership
from patients.models import Patient
from scoring import access, queries, services
from scoring.models import Alert, PatientNote
from scoring.services.notes import next_daytime
from tests.patients.factories import make_patient
from tests.scoring.factories import add_days_of, store_reading

CLINICAL_WORDS = ("line", "cross", "intervention", "severe", "warning", "risk", "score")


@pytest.fixture
def note(in_a: Clinic, pat: Patient) -> PatientNote:
    add_days_of(pat, "sad", 5)
    store_reading(pat, "sad")
    PatientNote.objects.update(visible_from=timezone.now())
    return PatientNote.objects.get()


def test_words_are_kind_and_name_no_line(note: PatientNote) -> None:
    texts = [str(label).lower() for label in (*PatientNote.Words.labels, *PatientNote.Answer.labels)]
    assert not [word for word in CLINICAL_WORDS for text in texts if word in text]
    assert (note.words, note.has_crisis_contacts) == ("much_harder", True)


def test_a_yes_is_stored_and_asks_for_a_call(note: PatientNote, pat: Patient, alice: Membership) -> None:
    services.answer_note(patient=pat, note_id=note.pk, answer="call")
    services.answer_note(patient=pat, note_id=note.pk, answer="call")
    services.answer_note(patient=pat, note_id=note.pk, answer="not_now")
    assert PatientNote.objects.get().answer == "call"
    wish = Alert.objects.get(rule="call_wanted")
    assert (wish.state, wish.line) == ("open", "")
    assert queries.triage(alice, clinic=pat.clinic).alerts[0] == wish
    assert queries.open_notes(pat) == []


def test_a_not_now_stays_quiet_and_may_become_a_yes(note: PatientNote, pat: Patient) -> None:
    services.answer_note(patient=pat, note_id=note.pk, answer="not_now")
    assert not Alert.objects.filter(rule="call_wanted").exists()
    services.answer_note(patient=pat, note_id=note.pk, answer="call")
    assert Alert.objects.filter(rule="call_wanted").exists()


def test_another_patient_and_another_answer_are_refused(
    note: PatientNote, pat: Patient, in_a: Clinic
) -> None:
    other = make_patient(in_a, "Otto Other")
    with pytest.raises(Http404):
        access.get_own_note(other, note.pk)
    with pytest.raises(DomainError) as refusal:
        services.answer_note(patient=other, note_id=note.pk, answer="call")
    assert refusal.value.code == "no_such_note"
    with pytest.raises(DomainError) as refusal:
        services.answer_note(patient=pat, note_id=note.pk, answer="perhaps")
    assert refusal.value.code == "unknown_answer"


def test_a_note_of_the_night_waits_for_the_morning(note: PatientNote, pat: Patient) -> None:
    pat.time_zone = "Europe/Berlin"
    assert next_daytime(datetime(2026, 1, 5, 12, tzinfo=UTC), pat) == datetime(2026, 1, 5, 12, tzinfo=UTC)
    assert next_daytime(datetime(2026, 1, 5, 22, tzinfo=UTC), pat) == datetime(2026, 1, 6, 7, tzinfo=UTC)
    assert next_daytime(datetime(2026, 1, 5, 2, tzinfo=UTC), pat) == datetime(2026, 1, 5, 7, tzinfo=UTC)
    PatientNote.objects.update(visible_from=timezone.now() + timedelta(hours=1))
    assert queries.open_notes(pat) == []
    with pytest.raises(Http404):
        access.get_own_note(pat, note.pk)
