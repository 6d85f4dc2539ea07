"""Who may open what: every URL there is, with every one of the cast. A URL without a row fails the build."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, path, reverse
from django.utils import timezone

from clinics import log_reviews, messages, staff, tenancy
from clinics.access_log import System
from clinics.cover import trials
from clinics.messages import links
from clinics.models import Clinic, Membership, StaffInvitation
from patients import services as patients_services
from patients.models import LeftNote, Patient
from scoring.models import Alert, PatientNote
from tests.clinics.factories import make_member, make_session
from tests.conftest import signed_in
from tests.furnishing import a_week_in_shadow, furnish_watch
from tests.patients.factories import make_certificate, make_check_in
from tests.patients.questionnaires.forms import make_round
from tests.scoring.factories import add_days_of, store_reading

CANARY = "Zyxwvut Canarybird"
PREFIX_RULES = {"accounts/": "allauth's own pages: the account of who is signed in, and no patient data"}
PEOPLE = ("anonymous", "alice", "bob", "ada", "eve", "audrey", "pat", "mallory", "olga", "dora")
"""The cast of conftest; olga: privacy officer of A; dora: her deputy, by role as eve."""
STRANGERS = ("anonymous", "mallory", "eve", "dora")


def but(statuses: tuple[int, ...], **changed: int) -> tuple[int, ...]:
    """Whoever stands after the last status meets what eve meets, who may nothing by her role."""
    full = statuses + (statuses[PEOPLE.index("eve")],) * (len(PEOPLE) - len(statuses))
    return tuple(changed.get(who, status) for who, status in zip(PEOPLE, full, strict=True))


@dataclass(frozen=True)
class Row:
    """A URL, a method, what is sent, and the status each of PEOPLE meets, in their order."""

    name: str
    method: str
    statuses: tuple[int, ...]
    body: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.method} {self.name}"


CALLED = "called_seq"
EVERYBODY = (200,) * 8
READERS = (302, 200, 200, 403, 403, 403, 404, 404)
READERS_ASKING = (302, 302, 302, 403, 403, 403, 404, 404)
FIGURES = (302, 200, 200, 200, 403, 403, 404, 404)
TREATING = (302, 302, 403, 403, 403, 403, 404, 404)
ADMINISTRATORS = (302, 403, 403, 200, 403, 403, 404, 404)
MEMBERS = (302, 200, 200, 200, 200, 200, 404, 404)
MEMBERS_REFUSED = (302, 400, 400, 400, 400, 400, 404, 404)
UNLOCKING = (302, 200, 403, 403, 403, 403, 404, 404)
THE_PATIENT = (302, 404, 404, 404, 404, 404, 200, 404)
OFFICER = but((302, 403, 403, 403, 403, 403, 404, 404), olga=200)
AUDITING = but((302, 403, 403, 403, 403, 200, 404, 404), olga=200)
DESK = but(ADMINISTRATORS, olga=200)
KEEPING_ROTA = (302, 200, 403, 200, 403, 403, 404, 404)
NOBODY = but((404,) * 8, anonymous=302)
ADMITTING = (302, 200, 403, 200, 403, 403, 404, 404)


ROWS = (
    Row("home", "GET", (302,) * 8),
    Row("healthz", "GET", EVERYBODY),
    Row("clinics:service_worker", "GET", EVERYBODY),
    Row("clinics:crisis", "GET", EVERYBODY),
    Row("clinics:crisis_of_clinic", "GET", EVERYBODY),
    Row("clinics:second_factor", "GET", but((302,) * 8, pat=200)),
    Row("clinics:locked", "GET", (302,) * 8),
    Row("clinics:locked", "POST", but((204,) * 8, anonymous=302), {"act": "present"}),
    Row("clinics:end_session", "POST", but((404,) * 8, anonymous=302, alice=302)),
    Row("api_schema", "GET", but(EVERYBODY, anonymous=403)),
    Row("clinics:roles", "GET", MEMBERS),
    Row("clinics:follow_message", "GET", (302,) * 8),
    Row("clinics:open_message", "GET", but((404,) * 8, anonymous=302, alice=302)),
    Row("clinics:message_choices", "GET", MEMBERS),
    Row("clinics:message_choices", "POST", MEMBERS_REFUSED, {"ways": "pigeon"}),
    Row("clinics:add_message_address", "POST", MEMBERS_REFUSED, {"channel": "pigeon", "address": "x"}),
    Row("clinics:add_message_device", "POST", MEMBERS_REFUSED, {"endpoint": "x"}),
    Row("clinics:remove_message_address", "POST", but((404,) * 8, anonymous=302), {"address_id": "x"}),
    Row("clinics:test_message_channel", "POST", MEMBERS_REFUSED, {"channel": "pigeon"}),
    Row("clinics:outbox", "GET", ADMINISTRATORS),
    Row("clinics:outbox", "POST", but(ADMINISTRATORS, ada=302)),
    Row("clinics:members", "GET", ADMINISTRATORS),
    Row("clinics:members", "POST", but(ADMINISTRATORS, ada=400), {"role": "root"}),
    Row("clinics:change_role", "POST", but(ADMINISTRATORS, ada=400), {"role": "root"}),
    Row("clinics:switch_member", "POST", but(ADMINISTRATORS, ada=302), {"is_active": "1"}),
    Row("clinics:sign_out_member", "POST", but(ADMINISTRATORS, ada=302)),
    Row("clinics:set_on_call", "POST", but(ADMINISTRATORS, ada=302), {"is_on_call": "0"}),
    Row("clinics:on_call", "GET", UNLOCKING),
    Row("clinics:on_call", "POST", but(UNLOCKING, alice=404), {"member": "nobody"}),
    Row("clinics:rota", "GET", KEEPING_ROTA),
    Row("clinics:rota", "POST", but(KEEPING_ROTA, alice=404, ada=404), {"act": "none"}),
    Row("clinics:trial_alert", "GET", but(NOBODY, alice=200)),
    Row("clinics:trial_alert", "POST", but(NOBODY, alice=302)),
    Row("clinics:cover", "GET", ADMINISTRATORS),
    Row("clinics:cover", "POST", but(ADMINISTRATORS, ada=404), {"act": "none"}),
    Row("clinics:going_live", "GET", ADMINISTRATORS),
    Row("clinics:going_live", "POST", but(ADMINISTRATORS, ada=404), {"act": "none"}),
    Row("clinics:shadow_week", "GET", ADMINISTRATORS),
    Row("clinics:shadow_week", "POST", but(ADMINISTRATORS, ada=302)),
    Row("clinics:join", "GET", EVERYBODY),
    Row("clinics:join", "POST", (400,) * 8, {"email": "nobody"}),
    Row("clinics:withdraw_invitation", "POST", but(ADMINISTRATORS, ada=302)),
    Row("patients:check_in", "GET", THE_PATIENT),
    Row("patients:check_in", "POST", but(THE_PATIENT, pat=302), {"mood": "4", "idempotency_key": "k" * 32}),
    Row("patients:own_questionnaires", "GET", THE_PATIENT),
    Row("patients:questionnaire", "GET", THE_PATIENT),
    Row("patients:after_item_nine", "GET", but(THE_PATIENT, pat=302)),
    Row("patients:item_nine_told", "GET", but(THE_PATIENT, pat=302)),
    Row("patients:questionnaire_item", "GET", THE_PATIENT),
    Row("patients:questionnaire_item", "POST", but(THE_PATIENT, pat=400), {"item-1": "4"}),
    Row("patients:questionnaire_sheet", "GET", THE_PATIENT),
    Row("patients:questionnaire_sheet", "POST", but(THE_PATIENT, pat=400), {"item-1": "4"}),
    Row("patients:send_questionnaire", "GET", THE_PATIENT),
    Row("patients:send_questionnaire", "POST", but(THE_PATIENT, pat=302)),
    Row("patients:api_questionnaires", "GET", (403, 403, 403, 403, 403, 403, 200, 404)),
    Row("patients:api_answers", "POST", (403, 403, 403, 403, 403, 403, 415, 404)),
    Row("patients:api_finish", "POST", (403, 403, 403, 403, 403, 403, 400, 404)),
    Row("patients:questionnaire_plans", "GET", ADMINISTRATORS),
    Row("patients:plan_questionnaire", "POST", but(ADMINISTRATORS, ada=400), {"gad7-every_days": "1"}),
    Row("patients:questionnaire_results", "GET", READERS),
    Row("patients:ask_questionnaire", "POST", but(TREATING, alice=400), {"questionnaire": "none"}),
    Row("patients:questionnaire_result", "GET", READERS),
    Row("patients:enter_answers", "GET", but(READERS, bob=403)),
    Row("patients:enter_answers", "POST", but(TREATING, alice=400), {"item-1": "4"}),
    Row("patients:consents", "GET", THE_PATIENT),
    Row("patients:consents", "POST", but(THE_PATIENT, pat=400), {"purpose": "none"}),
    Row("patients:fairness", "GET", THE_PATIENT),
    Row("patients:fairness", "POST", but(THE_PATIENT, pat=400), {"sex": "nobody"}),
    Row("patients:own_data", "GET", THE_PATIENT),
    Row("patients:export_own_data", "POST", THE_PATIENT),
    Row("patients:change_contact", "POST", but(THE_PATIENT, pat=302)),
    Row("patients:restrict", "POST", but(THE_PATIENT, pat=302), {"decision": "resume"}),
    Row("patients:erase", "POST", but(THE_PATIENT, pat=400), {"step": "now"}),
    Row("patients:ask", "POST", but(THE_PATIENT, pat=400), {"kind": "nothing"}),
    Row("patients:correct_check_in", "GET", THE_PATIENT),
    Row("patients:correct_check_in", "POST", but(THE_PATIENT, pat=400), {"mood": "99"}),
    Row("patients:privacy", "GET", EVERYBODY),
    Row("patients:moving", "GET", EVERYBODY),
    Row("inference:explanation", "GET", READERS),
    Row("inference:explanation", "POST", but(READERS_ASKING, bob=403)),
    Row("inference:explanation_picture", "GET", but(READERS, alice=404, bob=404)),
    Row("inference:label", "POST", but(TREATING, alice=400), {"seen": "nothing"}),
    Row("inference:watch", "GET", ADMINISTRATORS),
    Row("inference:close_watch_notice", "POST", but(ADMINISTRATORS, ada=302)),
    Row("patients:extend_request", "POST", but(DESK, ada=400, olga=400)),
    Row("patients:desk_erasure", "POST", but(DESK, ada=400, olga=400), {"step": "now"}),
    Row("patients:holds", "GET", OFFICER),
    Row("patients:holds", "POST", but(OFFICER, olga=400)),
    Row("patients:hold", "GET", OFFICER),
    Row("patients:hold", "POST", but(OFFICER, olga=400)),
    Row("patients:certificates", "GET", DESK),
    Row("patients:certificate", "GET", DESK),
    Row("patients:print_certificate", "POST", DESK),
    Row("patients:download_certificate", "POST", DESK),
    Row("patients:retention", "GET", DESK),
    Row("patients:retention", "POST", but(DESK, ada=400, olga=400), {"images": "99"}),
    Row("patients:erasure_times", "POST", but(DESK, ada=400, olga=400), {"cooling_off_days": "0"}),
    Row("patients:teams", "GET", ADMINISTRATORS),
    Row("patients:teams", "POST", but(ADMINISTRATORS, ada=400), {"act": "none"}),
    Row("patients:desk", "GET", DESK),
    Row("patients:desk", "POST", but(DESK, ada=400, olga=400)),
    Row("patients:desk_request", "GET", DESK),
    Row("patients:export_requested", "POST", DESK),
    Row("patients:correct_requested", "POST", but(DESK, ada=400, olga=400)),
    Row("patients:restrict_requested", "POST", but(DESK, ada=400, olga=400)),
    Row("patients:close_request", "POST", but(DESK, ada=400, olga=400)),
    Row("inference:contest", "POST", but(THE_PATIENT, pat=404), {"decision": "contest"}),
    Row("patients:own_messages", "GET", THE_PATIENT),
    Row("patients:own_messages", "POST", but(THE_PATIENT, pat=400), {"ways": "pigeon"}),
    Row("patients:change_reminders", "POST", but(THE_PATIENT, pat=400), {"at": "soon"}),
    Row("patients:add_own_address", "POST", but(THE_PATIENT, pat=400), {"channel": "sms", "address": "x"}),
    Row("patients:add_own_device", "POST", but(THE_PATIENT, pat=400), {"endpoint": "x"}),
    Row("patients:remove_own_address", "POST", but(THE_PATIENT, pat=404), {"address_id": "x"}),
    Row("patients:test_own_channel", "POST", but(THE_PATIENT, pat=400), {"channel": "pigeon"}),
    Row("patients:trusted_person", "GET", THE_PATIENT),
    Row("patients:trusted_person", "POST", but(THE_PATIENT, pat=400), {"email": "nobody"}),
    Row("patients:own_contacts", "GET", THE_PATIENT),
    Row("patients:own_contacts", "POST", but(THE_PATIENT, pat=302)),
    Row("patients:trusted_answer", "GET", (404,) * 8),
    Row("patients:trusted_answer", "POST", (404,) * 8, {"answer": "agree"}),
    Row("patients:choose_pin", "GET", THE_PATIENT),
    Row("patients:choose_pin", "POST", but(THE_PATIENT, pat=400), {"pin": "1111"}),
    Row("patients:unlock", "GET", but(THE_PATIENT, pat=302)),
    Row("patients:unlock", "POST", but(THE_PATIENT, pat=204), {"act": "present"}),
    Row("patients:join", "GET", EVERYBODY),
    Row("patients:join", "POST", (400,) * 8, {"email": "nobody"}),
    Row("patients:find", "GET", READERS),
    Row("patients:find", "POST", READERS, {"words": CANARY.split()[0]}),
    Row("patients:admit", "GET", ADMITTING),
    Row("patients:admit", "POST", but(ADMITTING, alice=400, ada=400), {"name": ""}),
    Row("patients:invite", "GET", ADMITTING),
    Row("patients:invite", "POST", ADMITTING),
    Row("patients:unlink", "POST", but(ADMITTING, alice=400, ada=400)),
    Row("patients:intake", "GET", READERS),
    Row("patients:intake", "POST", but(TREATING, alice=400), {"reason": ""}),
    Row("patients:emergency_card", "GET", READERS),
    Row("patients:print_emergency_card", "POST", READERS),
    Row("patients:edit_emergency_card", "GET", but(READERS, bob=403)),
    Row("patients:edit_emergency_card", "POST", but(TREATING, alice=400), {"name_1": "Without Phone"}),
    Row("patients:who_looked", "GET", THE_PATIENT),
    Row("patients:who_looked", "POST", but(THE_PATIENT, pat=302)),
    Row("patients:break_glass", "GET", but(READERS, bob=403)),
    Row("patients:break_glass", "POST", but(TREATING, alice=400), {"reason": ""}),
    Row("patients:break_glass_reviews", "GET", but(OFFICER, dora=200)),
    Row("patients:break_glass_reviews", "POST", but(OFFICER, olga=400, dora=400)),
    Row("patients:review_break_glass", "GET", but(OFFICER, dora=404)),
    Row("patients:review_break_glass", "POST", but(OFFICER, olga=400, dora=404)),
    Row("patients:access_log", "GET", AUDITING),
    Row("patients:unusual_access", "GET", AUDITING),
    Row("patients:verify_log", "POST", AUDITING),
    Row("patients:export_log", "POST", AUDITING),
    Row("patients:log_reviews", "GET", AUDITING),
    Row("patients:log_reviews", "POST", but(AUDITING, audrey=302, olga=302)),
    Row("patients:sign_review", "GET", AUDITING),
    Row("patients:sign_review", "POST", but(AUDITING, audrey=400, olga=400), {"conclusion": ""}),
    Row("patients:policy", "GET", ADMINISTRATORS),
    Row("patients:policy", "POST", but(ADMINISTRATORS, ada=400), {"jurisdiction": "nowhere"}),
    Row("patients:staff_names", "POST", but(ADMINISTRATORS, ada=400), {"are_shown": "perhaps"}),
    Row("patients:programmes", "GET", ADMINISTRATORS),
    Row("patients:programmes", "POST", but(ADMINISTRATORS, ada=400), {"name": ""}),
    Row("patients:own_plan", "GET", THE_PATIENT),
    Row("patients:edit_own_plan", "GET", THE_PATIENT),
    Row("patients:edit_own_plan", "POST", but(THE_PATIENT, pat=400), {"count": "1", "text_1": "Call."}),
    Row("patients:drafts", "GET", but(READERS, bob=403)),
    Row("patients:own_drafts", "GET", THE_PATIENT),
    Row("patients:own_drafts", "POST", but(THE_PATIENT, pat=400), {"place": "/c/elsewhere/"}),
    Row("patients:drafts", "POST", but(READERS, alice=400, bob=403), {"place": "elsewhere"}),
    Row("patients:left_notes", "GET", READERS),
    Row("patients:left_note", "GET", READERS),
    Row("patients:give_left_note", "POST", but(TREATING, alice=400), {"owner": "nobody"}),
    Row("patients:read_left_note", "POST", TREATING),
    Row("patients:notices", "GET", THE_PATIENT),
    Row("patients:notices", "POST", but(THE_PATIENT, pat=302)),
    Row("patients:closed_records", "GET", READERS),
    Row("patients:standing", "GET", but(READERS, bob=403)),
    Row("patients:standing", "POST", but(READERS, alice=400, bob=403), {"act": "none"}),
    Row("patients:own_programmes", "GET", THE_PATIENT),
    Row("patients:own_programmes", "POST", but(THE_PATIENT, pat=400), {"programme": "none"}),
    Row("patients:programme_check_in", "GET", THE_PATIENT),
    Row(
        "patients:programme_check_in",
        "POST",
        but(THE_PATIENT, pat=302),
        {"mood": "4", "idempotency_key": "p" * 32},
    ),
    Row("patients:close_programme", "POST", but(ADMINISTRATORS, ada=302)),
    Row("patients:api_check_ins", "POST", (403, 403, 403, 403, 403, 403, 400, 404), {"mood": "99"}),
    Row("patients:api_check_in", "GET", (403, 403, 403, 403, 403, 403, 200, 404)),
    Row("inference:check_in", "GET", THE_PATIENT),
    Row("inference:reading_status", "GET", THE_PATIENT),
    Row("scoring:triage", "GET", READERS),
    Row("scoring:patient", "GET", READERS),
    Row("scoring:alert", "GET", READERS),
    Row("scoring:alerts", "GET", READERS),
    Row("scoring:take", "POST", TREATING),
    Row("scoring:handover", "GET", but(READERS, bob=403)),
    Row("scoring:handover", "POST", but(READERS, alice=400, bob=403), {"to": "nobody"}),
    Row("scoring:downtime_sheet", "GET", but(READERS, bob=403)),
    Row("scoring:print_downtime_sheet", "POST", but(READERS, bob=403)),
    Row("scoring:attempt", "POST", but(TREATING, alice=400)),
    Row("scoring:offer", "POST", but(TREATING, alice=400)),
    Row("scoring:answer_offer", "POST", but(TREATING, alice=400)),
    Row("scoring:snooze", "POST", but(TREATING, alice=400)),
    Row("scoring:unreached", "POST", but(TREATING, alice=400)),
    Row("scoring:confirm_unreached", "POST", but(TREATING, alice=400)),
    Row("scoring:hand_over", "POST", but(TREATING, alice=400)),
    Row("scoring:give_back", "POST", TREATING),
    Row(
        "scoring:resolve",
        "POST",
        TREATING,
        {"note": "Called, spoke for ten minutes.", "outcome": "spoken", CALLED: ""},
    ),
    Row("scoring:matrix", "GET", ADMINISTRATORS),
    Row("scoring:matrix", "POST", but(ADMINISTRATORS, ada=400), {"warning_line": "high"}),
    Row("scoring:matrix_preview", "POST", but(ADMINISTRATORS, ada=400), {"warning_line": "high"}),
    Row("scoring:rules", "GET", ADMINISTRATORS),
    Row("scoring:rule", "GET", ADMINISTRATORS),
    Row("scoring:rule", "POST", but(ADMINISTRATORS, ada=400), {"days": "many"}),
    Row("scoring:rule_preview", "POST", but(ADMINISTRATORS, ada=400), {"days": "many"}),
    Row("scoring:rule_budget", "POST", but(ADMINISTRATORS, ada=400), {"per_day": "many"}),
    Row("scoring:figures", "GET", FIGURES),
    Row("scoring:silence_face", "POST", but(TREATING, alice=302), {"reason": "none"}),
    Row("scoring:lift_silence", "POST", but(TREATING, alice=302)),
    Row("scoring:own_history", "GET", THE_PATIENT),
    Row("scoring:own_call", "GET", THE_PATIENT),
    Row("scoring:own_call", "POST", but(THE_PATIENT, pat=302)),
    Row("scoring:api_call", "GET", (403, 403, 403, 403, 403, 403, 200, 404)),
    Row("scoring:api_call", "POST", (403, 403, 403, 403, 403, 403, 200, 404)),
    Row("scoring:own_face", "POST", but(THE_PATIENT, pat=302)),
    Row("scoring:answer_note", "POST", but(THE_PATIENT, pat=302), {"answer": "not_now"}),
)
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True)
class World:
    """The cast, and one of each thing that a URL can name. `own`: what a URL of this name means by an id."""

    people: dict[str, Membership | Patient]
    ids: dict[str, Any]
    own: dict[str, dict[str, Any]] = field(default_factory=dict)

    def client(self, who: str) -> Client:
        return Client() if who == "anonymous" else signed_in(self.people[who])

    def url(self, name: str) -> str:
        wanted = next(arguments for known, arguments in arguments_by_name() if known == name)
        ids = {**self.ids, **self.own.get(name, {})}
        return reverse(name, kwargs={argument: ids[argument] for argument in wanted})

    def answer(self, row: Row, who: str) -> Any:
        body = row.body | ({CALLED: self.called()} if CALLED in row.body else {})
        return getattr(self.client(who), row.method.lower())(self.url(row.name), body)

    def called(self) -> str:
        """The call that a page of the alert shows now."""
        alice = self.people["alice"]
        with tenancy.enter(alice.clinic_id):
            return str(Alert.objects.get(pk=self.ids["alert_id"]).called_seq)


@pytest.fixture
def world(
    clinic_a: Clinic,
    alice: Membership,
    bob: Membership,
    ada: Membership,
    eve: Membership,
    audrey: Membership,
    pat: Patient,
    mallory: Membership,
) -> World:
    olga = make_member(clinic_a, "privacy_officer", "Olga Ohm")
    dora = make_member(clinic_a, "programme_manager", "Dora Dahl")
    add_days_of(pat, "sad", 6)
    reading = store_reading(pat, "sad")
    check_in = make_check_in(pat, mood=2, note=CANARY)
    asked_round = make_round(pat, "gad7")
    with tenancy.enter(clinic_a.pk):
        pat.name = CANARY  # type: ignore[assignment]  # the encrypted field's base has no types
        pat.save()
        alert = Alert.objects.get(rule="score_line")
        PatientNote.objects.update(visible_from=timezone.now())
        programme = patients_services.open_programme(clinic=clinic_a, name="P", employer="E", by=ada)
        patients_services.join_programme(patient=pat, programme_id=programme.pk)
        newcomer = patients_services.admit_patient(clinic=clinic_a, name=CANARY, by=System("test"))
        token = patients_services.invite_patient(patient=newcomer, by=alice)
        asked = patients_services.open_request(patient=newcomer, kind="export", words=CANARY, by=alice)
        note_id = PatientNote.objects.values_list("pk", flat=True).get()
        opened = patients_services.break_glass(patient=pat, reason="Found unconscious.", by=alice)
        patients_services.appoint_deputy(membership=dora, by=olga)
        review = log_reviews.save_review(query="", first_number=1, last_number=2, entries=2, by=audrey)
        colleague = {"name": "New Colleague", "email": "new@north.example", "role": "observer"}
        held = patients_services.place_legal_hold(
            patient=newcomer, reason=CANARY, told=CANARY, by=System("test")
        )
        certificate = make_certificate(clinic_a, CANARY)
        staff_token = staff.invite_member(**colleague, by=ada)
        invitation = StaffInvitation.objects.get()
        notice = furnish_watch(clinic_a)
        (message,) = messages.queue(
            clinic_id=clinic_a.pk,
            to=alice,
            kind=messages.Kind.TEST_ALERT,
            dedupe_key="test",
            facts={"since": timezone.now(), "path": "/c/north/"},
        )
        trial = trials.send(member=alice, channel="screen", by=alice)
        week = a_week_in_shadow()
    people: dict[str, Membership | Patient] = {
        "alice": alice, "bob": bob, "ada": ada, "eve": eve, "audrey": audrey, "pat": pat, "mallory": mallory,
        "olga": olga, "dora": dora,
    }  # fmt: skip
    ids = {
        "clinic": "north", "patient_id": newcomer.pk, "check_in_id": check_in.pk, "alert_id": alert.pk,
        "note_id": note_id, "token": token, "review_id": review.pk, "programme_id": programme.pk,
        "break_glass_id": opened.pk, "request_id": asked.pk, "member_id": bob.pk,
        "invitation_id": invitation.pk, "hold_id": held.pk, "erasure_id": certificate.pk,
        "message_id": message.pk,
        "reading_id": reading.pk, "notice_id": notice.pk, "round_id": asked_round.pk, "item": "1",
        "code": "no_check_in", "silence_id": uuid.uuid4(),
        "questionnaire": "gad7",
        "trial_id": trial.pk, "week": week,
    }  # fmt: skip
    with tenancy.enter(clinic_a.pk):
        ids["left_note_id"] = LeftNote.objects.values_list("pk", flat=True).get(check_in=check_in)
    ids["session_id"] = make_session(alice.user).pk
    of_pat = {"patient_id": pat.pk}
    return World(
        people,
        ids,
        own={
            "patients:questionnaire_result": of_pat,
            "patients:enter_answers": of_pat,
            "clinics:join": {"token": staff_token},
            "clinics:follow_message": {"token": links.token(message)},
        },
    )


def test_everybody_meets_the_status_of_the_table(world: World) -> None:
    """One world for all rows, in their order: making it takes longer than asking it."""
    wrong = []
    for row in ROWS:
        found = tuple(world.answer(row, who).status_code for who in PEOPLE)
        if found != but(row.statuses):
            wrong.append((str(row), dict(zip(PEOPLE, found, strict=True))))
    assert wrong == []


def test_who_is_not_signed_in_is_led_to_the_sign_in_page(world: World) -> None:
    for row in ROWS:
        response = world.answer(row, "anonymous")
        if response.status_code == 302:
            assert response["Location"].startswith("/accounts/login/"), str(row)


def test_what_names_a_patient_reaches_nobody_who_may_not_know(world: World) -> None:
    assert CANARY in world.client("alice").get(world.url("scoring:triage")).text
    leaks = [
        f"{row} to {who}"
        for row in ROWS
        for who in STRANGERS
        if CANARY in world.answer(row, who).content.decode(errors="replace")
    ]
    assert leaks == []


def test_a_method_without_a_row_is_refused(world: World) -> None:
    alice = world.client("alice")
    for name in {row.name for row in ROWS}:
        for method in METHODS:
            if not any((row.name, row.method) == (name, method) for row in ROWS):
                status = alice.generic(method, world.url(name)).status_code
                assert status in {403, 404, 405}, f"{method} {name}"


def test_every_url_has_a_row() -> None:
    assert unlisted(get_resolver()) == []


def test_a_planted_url_without_a_row_is_caught() -> None:
    def planted(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    patterns: list[URLPattern | URLResolver] = [
        *get_resolver().url_patterns,
        path("c/<slug:clinic>/planted/", planted, name="planted"),
    ]
    resolver = URLResolver(get_resolver().pattern, patterns)
    assert unlisted(resolver) == ["c/<slug:clinic>/planted/"]


def unlisted(resolver: URLResolver) -> list[str]:
    """Routes with neither a row nor a prefix rule."""
    listed = {row.name for row in ROWS}
    return [
        route
        for route, name, _pattern in every_url(resolver)
        if name not in listed and not route.startswith(tuple(PREFIX_RULES))
    ]


def every_url(
    resolver: URLResolver, before: str = "", namespace: str = ""
) -> Iterator[tuple[str, str, URLPattern]]:
    """Route, full name and pattern of each URL, those of included URLconfs too."""
    for pattern in resolver.url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inside = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from every_url(pattern, route, inside)
        else:
            yield route, f"{namespace}{pattern.name}", pattern


def arguments_by_name() -> Iterator[tuple[str, list[str]]]:
    """The arguments that each named URL takes."""
    for _route, name, pattern in every_url(get_resolver()):
        yield name, list(pattern.pattern.converters)
