"""A trusted person: off by default, by the patient's own trigger, revocable in one tap, never for item 9."""

import uuid
from datetime import timedelta
from unittest import mock

import pytest
from django.test import Client
from django.utils import timezone

from clinics import tenancy
from clinics.errors import DomainError
from clinics.messages import words
from clinics.models import Clinic, Membership, Message
from patients import services
from patients.messages import directories, links
from patients.models import Patient, PatientChoices, TrustedPerson
from patients.services import TrustedDraft, WaysDraft
from scoring import services as scoring_services
from tests.clinics.sign_in_pages import later
from tests.conftest import signed_in
from tests.scoring.factories import add_days_of, store_reading

PAGE = "/c/north/me/trusted/"
BODY = {
    "act": "save", "name": "Sister", "email": "sis@example.org", "signed": "Pat",
    "words": "Please ring me.", "trigger": "sad", "times": "3", "of_last": "5",
}  # fmt: skip


@pytest.fixture
def browser(pat: Patient) -> Client:
    return signed_in(pat)


def make_agreed(pat: Patient, **changed: object) -> TrustedPerson:
    body = {"name": "Sister", "email": "sis@example.org", "signed": "Pat", "words": "Please ring me."}
    row = services.save_trusted_person(patient=pat, draft=TrustedDraft(**{**body, **changed}))  # type: ignore[arg-type]
    return services.answer_as_trusted_person(row=row, agrees=True)


def sent_words() -> int:
    return Message.objects.filter(kind="trusted").count()


def test_it_is_off_until_the_patient_turns_it_on(browser: Client, pat: Patient) -> None:
    assert "Turn on and ask them" in browser.get(PAGE).text
    assert browser.post(PAGE, BODY).status_code == 302
    with tenancy.enter(pat.clinic_id):
        row = TrustedPerson.objects.get()
        assert (row.state, row.is_on, row.words, row.times) == ("asked", True, "Please ring me.", 3)
        assert [message.kind for message in Message.objects.filter(to="trusted")] == ["trusted_ask"]


@pytest.mark.parametrize(
    "wrong", [{"email": "sis"}, {"words": ""}, {"times": "9"}, {"trigger": "item_9"}, {"of_last": "99"}]
)
def test_what_cannot_be_meant_is_refused(browser: Client, pat: Patient, wrong: dict[str, str]) -> None:
    assert browser.post(PAGE, {**BODY, **wrong}).status_code == 400
    with tenancy.enter(pat.clinic_id):
        assert not TrustedPerson.objects.exists()


def test_nothing_is_sent_before_they_agreed(browser: Client, pat: Patient) -> None:
    browser.post(PAGE, BODY)
    assert browser.post(PAGE, {"act": "send"}).status_code == 400
    with tenancy.enter(pat.clinic_id):
        assert services.wants_to_know([pat.pk]) == []


def test_one_tap_turns_it_off_and_deletes_it(browser: Client, pat: Patient) -> None:
    browser.post(PAGE, BODY)
    assert browser.post(PAGE, {"act": "remove"}).status_code == 302
    with tenancy.enter(pat.clinic_id):
        assert not TrustedPerson.objects.exists()
        assert [message.state for message in Message.objects.filter(to="trusted")] == ["stopped"]


def test_another_address_is_another_person_who_is_asked_anew(pat: Patient, in_a: Clinic) -> None:
    row = make_agreed(pat)
    again = make_agreed(pat, words="Other words")
    assert again.pk == row.pk
    body = TrustedDraft(name="Sister", email="other@example.org", signed="Pat", words="x")
    other = services.save_trusted_person(patient=pat, draft=body)
    assert (other.pk != row.pk, other.state) == (True, "asked")


def test_sad_n_times_in_the_last_m(pat: Patient, in_a: Clinic) -> None:
    row = make_agreed(pat, trigger="sad", times=3, of_last=5)
    few, enough = [True, False, True, False, False, True], [True, True, False, False, True]
    assert not services.consider_trusted_person(row, newest=few, occasion=uuid.uuid4())
    assert services.consider_trusted_person(row, newest=enough, occasion=uuid.uuid4())
    assert sent_words() == 1


def test_a_week_passes_before_the_next(pat: Patient, in_a: Clinic) -> None:
    row = make_agreed(pat, trigger="sad", times=1, of_last=1)
    assert services.consider_trusted_person(row, newest=[True], occasion=uuid.uuid4())
    assert not services.consider_trusted_person(row, newest=[True], occasion=uuid.uuid4())
    row.last_at = timezone.now() - timedelta(days=7, minutes=1)
    assert services.consider_trusted_person(row, newest=[True], occasion=uuid.uuid4())


def test_readings_pull_the_trigger_by_themselves(pat: Patient, in_a: Clinic) -> None:
    make_agreed(pat, trigger="sad", times=3, of_last=3)
    add_days_of(pat, "sad", 1)
    store_reading(pat, "sad", timezone.now() - timedelta(hours=3))
    assert sent_words() == 0
    store_reading(pat, "sad", timezone.now() - timedelta(hours=2))
    assert sent_words() == 1


def test_a_face_that_says_nothing_of_the_mood_pulls_no_trigger(
    pat: Patient, in_a: Clinic, alice: Membership
) -> None:
    make_agreed(pat, trigger="sad", times=1, of_last=1)
    silence = scoring_services.silence_face(patient=pat, reason="palsy", by=alice)
    store_reading(pat, "sad", timezone.now() - timedelta(hours=3))
    assert sent_words() == 0
    scoring_services.lift_silence(silence_id=silence.pk, patient=pat, by=alice)
    store_reading(pat, "sad", timezone.now() - timedelta(hours=2))
    assert sent_words() == 1


def test_who_did_not_choose_photos_is_not_written_to_by_them(pat: Patient, in_a: Clinic) -> None:
    make_agreed(pat)
    add_days_of(pat, "sad", 8)
    store_reading(pat, "sad", timezone.now() - timedelta(hours=2))
    assert sent_words() == 0


def test_by_hand_at_most_once_an_hour(pat: Patient, in_a: Clinic) -> None:
    make_agreed(pat)
    services.send_to_trusted_person(patient=pat)
    with pytest.raises(DomainError, match="just_sent"):
        services.send_to_trusted_person(patient=pat)


def test_a_no_holds(pat: Patient, in_a: Clinic) -> None:
    row = make_agreed(pat)
    services.send_to_trusted_person(patient=pat)
    services.answer_as_trusted_person(row=row, agrees=False)
    assert {message.state for message in Message.objects.filter(recipient_id=row.pk)} == {"stopped"}
    with pytest.raises(DomainError, match="does_not_want"):
        make_agreed(pat)


def ask(pat: Patient, email: str) -> TrustedPerson:
    body = TrustedDraft(name="Ex", email=email, signed="You know who", words="x")
    return services.save_trusted_person(patient=pat, draft=body)


def asked() -> int:
    return Message.objects.filter(kind="trusted_ask").count()


@pytest.mark.parametrize("detour", ["removed", "another address"])
def test_a_no_is_not_forgotten_by_a_detour(pat: Patient, in_a: Clinic, detour: str) -> None:
    services.answer_as_trusted_person(row=ask(pat, "ex@example.org"), agrees=False)
    if detour == "removed":
        services.remove_trusted_person(patient=pat)
    else:
        ask(pat, "other@example.org")
    before = asked()
    with pytest.raises(DomainError, match="does_not_want"):
        ask(pat, " EX@example.org")
    assert asked() == before


def test_a_no_of_before_we_kept_them_holds_too(pat: Patient, in_a: Clinic) -> None:
    services.answer_as_trusted_person(row=ask(pat, "ex@example.org"), agrees=False)
    PatientChoices.objects.update(asked=None)
    services.remove_trusted_person(patient=pat)
    with pytest.raises(DomainError, match="does_not_want"):
        ask(pat, "ex@example.org")


def test_the_same_person_is_asked_once_a_week_and_three_in_all(pat: Patient, in_a: Clinic) -> None:
    ask(pat, "one@example.org")
    services.remove_trusted_person(patient=pat)
    with pytest.raises(DomainError, match="just_asked"):
        ask(pat, "one@example.org")
    ask(pat, "two@example.org")
    ask(pat, "three@example.org")
    with pytest.raises(DomainError, match="asked_enough"):
        ask(pat, "four@example.org")
    later = timezone.now() + timedelta(days=8)
    with mock.patch("django.utils.timezone.now", return_value=later):
        assert ask(pat, "one@example.org").state == "asked"


def test_who_was_asked_is_kept_without_an_address_and_chooses_no_way(pat: Patient, in_a: Clinic) -> None:
    ask(pat, "one@example.org")
    row = PatientChoices.objects.get()
    assert row.channels == []
    assert "one@example.org" not in str(row.asked)


def test_a_stop_while_the_patient_saves_stays_a_stop(pat: Patient, in_a: Clinic) -> None:
    """The row that was read before is not written back over the answer."""
    stale = make_agreed(pat)
    services.answer_as_trusted_person(row=stale, agrees=False)
    with pytest.raises(DomainError, match="does_not_want"):
        make_agreed(pat, words="Other words")
    services.remove_trusted_person(patient=pat)
    with pytest.raises(DomainError, match="over"):
        services.answer_as_trusted_person(row=stale, agrees=True)


def test_the_page_of_a_trusted_person_needs_their_link(pat: Patient, in_a: Clinic) -> None:
    row = make_agreed(pat)
    path = links.path_of(row)
    assert "Messages from Pat" in Client().get(path).text
    assert "Pat Petersen" not in Client().get(path).text
    forged = path[:-4] + ("AAA/" if path[-4:] != "AAA/" else "BBB/")
    assert Client().get(forged).status_code == 404
    services.remove_trusted_person(patient=pat)
    gone = Client().get(path)
    assert gone.status_code == 404
    assert "Pat" not in gone.text.replace("path", "")


def test_a_look_at_the_link_agrees_to_nothing(pat: Patient, in_a: Clinic) -> None:
    body = TrustedDraft(name="Sister", email="sis@example.org", signed="Pat", words="x")
    row = services.save_trusted_person(patient=pat, draft=body)
    Client().get(links.path_of(row))
    row.refresh_from_db()
    assert row.state == "asked"


def test_a_session_left_open_names_nobody_and_still_turns_it_off(browser: Client, pat: Patient) -> None:
    with later(601):
        assert "First confirm that it is you" in browser.get(PAGE).text
        assert browser.post(PAGE, BODY)["Location"].startswith("/accounts/reauthenticate/")
    with tenancy.enter(pat.clinic_id):
        assert not TrustedPerson.objects.exists()
        make_agreed(pat)
    with later(601):
        assert browser.post(PAGE, {"act": "send"})["Location"] == PAGE
        assert browser.post(PAGE, {"act": "remove"})["Location"] == PAGE


def test_the_account_hears_that_somebody_was_named(pat: Patient, in_a: Clinic) -> None:
    make_agreed(pat)
    make_agreed(pat, words="Other words")
    (row,) = Message.objects.filter(kind="way_added")
    assert (row.to, row.recipient_id, row.channel) == ("patient", pat.pk, "email")
    target = directories.Patients().target(row, timezone.now())
    assert pat.user is not None
    assert target is not None
    assert target.addresses == [pat.user.email]
    assert target.quiet is None
    said = words.write(row, target, timezone.now())
    assert said.subject == "A way of being written to was added"
    assert "sis@example.org" not in said.body
    services.save_message_choices(patient=pat, draft=WaysDraft(["push"]))
    row.refresh_from_db()
    assert row.state == "queued"
