"""Every place in a body or a query where an id can stand, and the door behind which it is read."""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

from django import forms
from django.conf import settings
from django.urls import get_resolver
from django.utils import timezone
from rest_framework import serializers

from tests.doors.urls import every_url

OURS = ("clinics", "patients", "inference", "scoring", "moodvision")
TAKES_IDS = (
    forms.UUIDField,
    forms.ModelChoiceField,
    serializers.UUIDField,
    serializers.PrimaryKeyRelatedField,
    serializers.SlugRelatedField,
)
MEANS_IDS = (
    "_id", "_number", "_key", "person", "member", "guardian", "programme", "double", "patient", "team",
    "alert", "request", "note_id", "reading", "check_in", "clinic", "slug", "words",
)  # fmt: skip
HOLDS_NO_ID = {
    "PolicyForm.base_number": "a version of the clinic's own policy",
    "ReceivedRequestForm.words": "what somebody wrote",
    "ClinicianForm.member": "the base of the forms of the rota",
    "AskForm.words": "what somebody wrote",
    "SilenceForm.words": "what somebody wrote",
    "TrustedPersonForm.words": "what somebody wrote",
}


@dataclass(frozen=True)
class Place:
    """Field `name` of `form` takes what stands under `id_name` in a twin's ids; `who` may send the rest.

    A text of `body` that begins with @ is the name of one of one's own ids.
    `is_silent`: the answer is the same whether it was taken or not, so the rows must tell.
    """

    form: str
    name: str
    door: str
    who: str
    id_name: str
    unknown: Any = field(default_factory=uuid.uuid4)
    body: dict[str, Any] = field(default_factory=dict)
    method: str = "post"
    sent_as: str = ""
    is_silent: bool = False

    def __str__(self) -> str:
        return f"{self.form}.{self.name} at {self.door} ({self.method})"


NOW = timezone.now().isoformat()
STANDING = "patients:standing"
TEAM = partial(Place, name="team", door="patients:teams", who="administrator", id_name="care_team_id")
OWN_PROGRAMMES = partial(
    Place, "OwnProgrammeForm", "programme", "patients:own_programmes", "patient", "programme_id"
)
ROTA = partial(Place, door="clinics:rota", who="clinician")
INTAKE = partial(Place, "IntakeForm", door="patients:intake", who="clinician", id_name="second_clinician_id")
NEXT_INTAKE = {
    "reason": "Low mood",
    "responsible": "@clinician_id",
    "deputy": "@clinician_id",
    "numbers": "0170 111",
    "safe_contact": "any time",
    "usual_location": "at home",
    "language": "German",
    "review_on": (timezone.now() + timedelta(days=60)).date().isoformat(),
}
COVER = partial(Place, door="clinics:cover", who="administrator")
DUTIES = {"act": "duties", "duties-item_9_minutes": "60", "duties-call_minutes": "60"}
NEXT_SHIFT = {
    "act": "shift",
    "shift-kind": "duty",
    "shift-day": "2031-03-03",
    "shift-starts": "08:00",
    "shift-ends": "16:00",
}
NEXT_LEAVE = {"act": "leave", "leave-first_day": "2031-03-03", "leave-last_day": "2031-03-04"}
GUARDIAN = partial(Place, name="guardian", door=STANDING, who="clinician", id_name="guardian_id")
NUMBER = partial(Place, name="record_number", id_name="record_number", unknown=2_000_000)
PERSON = partial(Place, "LogFilterForm", "person", who="auditor", id_name="person", unknown="membership:x")
DECISION = {
    "act": "guardian_decision",
    "guardian_decision-purpose": "facial_analysis",
    "guardian_decision-decision": "withdraw",
}
ADDRESS = partial(Place, "", "address_id")
PLACES = (
    ADDRESS("clinics:remove_message_address", "clinician", "address_id"),
    ADDRESS("patients:remove_own_address", "patient", "own_address_id"),
    Place("", "remove", "patients:change_reminders", "patient", "reminder_id"),
    OWN_PROGRAMMES(body={"decision": "join"}),
    OWN_PROGRAMMES(body={"decision": "leave"}, is_silent=True),
    GUARDIAN("GuardianChoiceForm", body={"act": "guardian_end"}, sent_as="guardian_end-guardian"),
    GUARDIAN("GuardianDecisionForm", body=DECISION, sent_as="guardian_decision-guardian"),
    Place(
        "MergeForm",
        "double",
        STANDING,
        "clinician",
        "record_number",
        2_000_000,
        body={"act": "merge", "merge-is_sure": "on"},
        sent_as="merge-double",
    ),
    Place("OfferAllForm", "to", "scoring:handover", "clinician", "colleague_id"),
    Place("GiveNoteForm", "owner", "patients:give_left_note", "clinician", "clinician_id"),
    Place(
        "AdmitForm",
        "care_team",
        "patients:admit",
        "clinician",
        "care_team_id",
        body={"name": "New", "time_zone": "Europe/Berlin"},
    ),
    TEAM("TeamForm", door=STANDING, who="clinician", body={"act": "care_team"}, sent_as="care_team-team"),
    TEAM("TeamForm", body={"act": "teamless"}, sent_as="teamless-team"),
    TEAM("RenameTeamForm", body={"act": "rename", "rename-name": "Other"}, sent_as="rename-team"),
    TEAM("TeamMemberForm", body={"act": "join", "join-member": "@clinician_id"}, sent_as="join-team"),
    TEAM("TeamMemberForm", body={"act": "leave", "leave-member": "@clinician_id"}, sent_as="leave-team"),
    TEAM(
        "TeamMemberForm",
        name="member",
        id_name="clinician_id",
        body={"act": "join", "join-team": "@care_team_id"},
        sent_as="join-member",
    ),
    TEAM(
        "PlacePatientForm",
        body={"act": "place", "place-record_number": "@record_number"},
        sent_as="place-team",
    ),
    NUMBER(
        "PlacePatientForm",
        door="patients:teams",
        who="administrator",
        body={"act": "place", "place-team": "@care_team_id"},
        sent_as="place-record_number",
    ),
    NUMBER(
        "BreakGlassForm",
        door="patients:break_glass",
        who="clinician",
        body={"reason": "Found unconscious."},
    ),
    Place("DeputyForm", "member", "patients:break_glass_reviews", "privacy_officer", "member_id"),
    PERSON(door="patients:access_log", method="get"),
    PERSON(door="patients:export_log"),
    PERSON(door="patients:log_reviews"),
    Place(
        "CertificateNumberForm",
        "number",
        "patients:certificates",
        "privacy_officer",
        "erasure_id",
        method="get",
    ),
    NUMBER("PlaceHoldForm", door="patients:holds", who="privacy_officer", body={"reason": "Court file 7"}),
    NUMBER("LogFilterForm", door="patients:access_log", who="auditor", method="get"),
    NUMBER("LogFilterForm", door="patients:export_log", who="auditor"),
    NUMBER("LogFilterForm", door="patients:log_reviews", who="auditor"),
    NUMBER(
        "ReceivedRequestForm",
        door="patients:desk",
        who="privacy_officer",
        body={"kind": "object", "received_on": NOW[:10]},
    ),
    Place("SearchForm", "words", "patients:find", "clinician", "record_number", 2_000_000),
    Place("SearchForm", "words", "patients:find", "clinician", "name", "Nobody Knownhere"),
    Place(
        "AcceptedSerializer",
        "programme_id",
        "patients:api_check_ins",
        "patient",
        "programme_id",
        body={"mood": 4, "captured_at": NOW, "zone": "Europe/Berlin"},
    ),
    Place(
        "CheckInForm",
        "idempotency_key",
        "patients:check_in",
        "patient",
        "idempotency_key",
        "u" * 32,
        body={"mood": "4"},
    ),
    ROTA("ShiftForm", "member", id_name="clinician_id", body=NEXT_SHIFT, sent_as="shift-member"),
    ROTA("LeaveForm", "member", id_name="clinician_id", body=NEXT_LEAVE, sent_as="leave-member"),
    ROTA(
        "TrialForm",
        "member",
        id_name="clinician_id",
        body={"act": "trial", "trial-channel": "screen"},
        sent_as="trial-member",
    ),
    ROTA(
        "RemoveShiftForm",
        "shift",
        id_name="shift_id",
        body={"act": "remove_shift"},
        sent_as="remove_shift-shift",
    ),
    ROTA(
        "RemoveLeaveForm",
        "leave",
        id_name="leave_id",
        body={"act": "remove_leave"},
        sent_as="remove_leave-leave",
    ),
    INTAKE("responsible", body=NEXT_INTAKE),
    INTAKE("deputy", body=NEXT_INTAKE),
    COVER("DutiesForm", "lead", id_name="clinician_id", body=DUTIES, sent_as="duties-lead"),
    COVER("DutiesForm", "deputy", id_name="clinician_id", body=DUTIES, sent_as="duties-deputy"),
    COVER(
        "RemoveHolidayForm",
        "holiday",
        id_name="holiday_id",
        body={"act": "remove_holiday"},
        sent_as="remove_holiday-holiday",
    ),
    Place("", "member", "clinics:on_call", "clinician", "member_id"),
)
"""An empty form: the view reads the field by itself."""


READ_BY_VIEWS = re.compile(r"""request\.POST(?:\.get\(|\.getlist\(|\[)["']([a-z_]+)["']""")
WORDS_FOR_VIEWS = {
    "act": "which of a page's acts",
    "answer": "yes or no",
    "channel": "by which way a test message goes",
    "count": "how many lines are shown",
    "decision": "yes or no",
    "form_key": "a random number of the page, against sending twice",
    "format": "csv or fhir",
    "idempotency_key": "shown again in the form; read from it below",
    "is_active": "1 or not",
    "is_on_call": "1 or not",
    "method": "by which method a map is drawn",
    "pin": "digits",
}


def fields_that_take_ids() -> set[str]:
    """Of every form and serializer of ours, `Form.field`."""
    return {
        f"{made.__name__}.{name}"
        for made in classes_of_ours()
        for name, one in fields_of(made).items()
        if not getattr(one, "read_only", False) and is_id(name, one)
    }


def fields_of(made: type[Any]) -> dict[str, Any]:
    fields: dict[str, Any] = made.base_fields if hasattr(made, "base_fields") else made().fields
    return fields


def is_id(name: str, one: Any) -> bool:
    return isinstance(one, TAKES_IDS) or any(name.endswith(sign) for sign in MEANS_IDS)


def classes_of_ours() -> Iterator[type[Any]]:
    list(every_url(get_resolver()))  # imports every door
    waiting: list[type[Any]] = [forms.BaseForm, serializers.Serializer]
    while waiting:
        made = waiting.pop()
        waiting.extend(made.__subclasses__())
        if made.__module__.split(".")[0] in OURS:
            yield made


def names_read_by_views() -> set[str]:
    """What views take from a body without a form."""
    texts = [path.read_text() for app in OURS for path in (settings.BASE_DIR / app).rglob("*.py")]
    return {name for text in texts for name in READ_BY_VIEWS.findall(text)}
