"""The cast, and one of each thing that a URL can name."""

import uuid
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinics import log_reviews, messages, staff, tenancy
from clinics.access_log import System
from clinics.cover import trials
from clinics.messages import links
from clinics.models import Clinic, Membership, Message, StaffInvitation
from patients import services
from patients.models import LeftNote, Patient
from scoring.models import Alert, PatientNote
from tests.clinics.factories import make_session
from tests.conftest import signed_in
from tests.doors.table import CALLED, CANARY, Row
from tests.doors.urls import arguments_by_name
from tests.furnishing import a_week_in_shadow, furnish_watch
from tests.patients.factories import make_certificate, make_check_in
from tests.patients.questionnaires.forms import make_round
from tests.scoring.factories import add_days_of, store_reading

COLLEAGUE = {"name": "New Colleague", "email": "new@north.example", "role": "observer"}

People = dict[str, Membership | Patient]


@dataclass(frozen=True)
class World:
    """The cast, and one of each thing that a URL can name. `own`: what a URL of this name means by an id."""

    people: People
    ids: dict[str, Any]
    own: dict[str, dict[str, Any]] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)

    def client(self, who: str) -> Client:
        """A browser in the session that this person left open; in a new one where it was ended since."""
        if who == "anonymous":
            return Client()
        key = self.sessions.get(who)
        if key is None or not SessionStore().exists(key):
            browser = signed_in(self.people[who])
            self.sessions[who] = browser.cookies[settings.SESSION_COOKIE_NAME].value
            return browser
        browser = Client()
        browser.cookies[settings.SESSION_COOKIE_NAME] = key
        return browser

    def url(self, name: str) -> str:
        ids = {**self.ids, **self.own.get(name, {})}
        return reverse(name, kwargs={argument: ids[argument] for argument in arguments_by_name()[name]})

    def answer(self, row: Row, who: str) -> Any:
        body = row.body | ({CALLED: self.called()} if CALLED in row.body else {})
        return getattr(self.client(who), row.method.lower())(self.url(row.name), body)

    def called(self) -> str:
        """The call that a page of the alert shows now."""
        alice = self.people["alice"]
        with tenancy.enter(alice.clinic_id):
            return str(Alert.objects.get(pk=self.ids["alert_id"]).called_seq)


def make_world(clinic: Clinic, people: People, *, programme: str = "P") -> World:
    """Of this clinic, whose patient's name and words are canaries."""
    pat = people["pat"]
    assert isinstance(pat, Patient)
    add_days_of(pat, "sad", 6)
    reading = store_reading(pat, "sad")
    check_in = make_check_in(pat, mood=2, note=CANARY)
    asked_round = make_round(pat, "gad7")
    alice = member(people, "alice").user
    assert alice is not None
    session = make_session(alice)
    with tenancy.enter(clinic.pk):
        pat.name = CANARY  # type: ignore[assignment]  # the encrypted field's base has no types
        pat.save()
        PatientNote.objects.update(visible_from=timezone.now())
        ids = {
            "clinic": clinic.slug,
            "check_in_id": check_in.pk,
            "reading_id": reading.pk,
            "round_id": asked_round.pk,
            "alert_id": Alert.objects.get(rule="score_line").pk,
            "note_id": PatientNote.objects.values_list("pk", flat=True).get(),
            "left_note_id": LeftNote.objects.values_list("pk", flat=True).get(check_in=check_in),
            "erasure_id": make_certificate(clinic, CANARY).pk,
            "notice_id": furnish_watch(clinic).pk,
            "week": a_week_in_shadow(),
            "session_id": session.pk,
            "item": "1",
            "questionnaire": "gad7",
            "code": "no_check_in",
            "silence_id": uuid.uuid4(),
            **_of_patients(clinic, people, pat, programme),
            **_of_members(clinic, people),
        }
        own: dict[str, dict[str, Any]] = {
            "patients:questionnaire_result": {"patient_id": pat.pk},
            "patients:enter_answers": {"patient_id": pat.pk},
            "clinics:join": {"token": staff.invite_member(**COLLEAGUE, by=member(people, "ada"))},
            "clinics:follow_message": {"token": links.token(Message.objects.get(pk=ids["message_id"]))},
        }
        ids["invitation_id"] = StaffInvitation.objects.get().pk
    return World(people, ids, own)


def _of_patients(clinic: Clinic, people: People, pat: Patient, programme: str) -> dict[str, Any]:
    """A newcomer who was invited and asked for a copy; for the patient with an account, a programme."""
    alice, ada, olga, dora = (member(people, name) for name in ("alice", "ada", "olga", "dora"))
    services.appoint_deputy(membership=dora, by=olga)
    opened = services.open_programme(clinic=clinic, name=programme, employer=programme, by=ada)
    services.join_programme(patient=pat, programme_id=opened.pk)
    newcomer = services.admit_patient(clinic=clinic, name=CANARY, by=System("test"))
    return {
        "patient_id": newcomer.pk,
        "programme_id": opened.pk,
        "token": services.invite_patient(patient=newcomer, by=alice),
        "request_id": services.open_request(patient=newcomer, kind="export", words=CANARY, by=alice).pk,
        "break_glass_id": services.break_glass(patient=pat, reason="Found unconscious.", by=alice).pk,
        "hold_id": services.place_legal_hold(
            patient=newcomer, reason=CANARY, told=CANARY, by=System("test")
        ).pk,
    }


def _of_members(clinic: Clinic, people: People) -> dict[str, Any]:
    alice, audrey = member(people, "alice"), member(people, "audrey")
    review = log_reviews.save_review(query="", first_number=1, last_number=2, entries=2, by=audrey)
    (message,) = messages.queue(
        clinic_id=clinic.pk,
        to=alice,
        kind=messages.Kind.TEST_ALERT,
        dedupe_key="test",
        facts={"since": timezone.now(), "path": "/c/north/"},
    )
    return {
        "member_id": people["bob"].pk,
        "review_id": review.pk,
        "message_id": message.pk,
        "trial_id": trials.send(member=alice, channel="screen", by=alice).pk,
    }


def member(people: People, name: str) -> Membership:
    found = people[name]
    assert isinstance(found, Membership)
    return found
