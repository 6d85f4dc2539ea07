"""What else this app keeps of a patient: notices, people around them, programmes, emergencies and erasing."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from patients.exports.sections import MACHINERY, STAFF, Columns, Exporter, Section, Value
from patients.models import (
    BreakGlass,
    EmergencyContact,
    Enrolment,
    Erasure,
    FairnessAnswers,
    Guardian,
    Intake,
    LeftNote,
    LegalHold,
    NoticeShown,
    OnCallGrant,
    OwnPlanPart,
    Patient,
    SafetyPlan,
)

REVIEW = "how the clinic reviews its own member of staff"


def sections(patient: Patient) -> Iterator[Section]:
    own: dict[str, Any] = {"patient": patient}
    text = {
        "text_version": _("Version of the text"),
        "text_language": _("Language of the text"),
        "text_sha256": _("Fingerprint of the text (SHA-256)"),
    }
    told = {"at": _("When"), "notice": _("Notice"), **text}
    yield _plain("notices", _("What you were told"), NoticeShown.objects.filter(**own), told)
    contact = {"name": _("Name"), "relation": _("Relation"), "phone": _("Phone")}
    contacts = EmergencyContact.objects.filter(**own).order_by("position")
    said = {"conditions": _("When and how to call them"), "confirmed_at": _("You confirmed it")}
    yield _plain("emergency_contacts", _("Who to call in an emergency"), contacts, {**contact, **said})
    plan = {"written_at": _("When"), "text": _("Plan")}
    yield _plain("safety_plan", _("Your safety plan"), SafetyPlan.objects.filter(**own), plan)
    own_plan = {"written_at": _("When"), "heading": _("Heading"), "text": _("Your words")}
    parts = OwnPlanPart.objects.filter(**own).order_by("position")
    yield _plain("own_plan", _("The safety plan you wrote"), parts, own_plan)
    left = {"left_at": _("When"), "check_in": _("Of check-in"), "read_at": _("Read")}
    notes = LeftNote.objects.filter(**own).order_by("left_at")
    yield _plain("left_notes", _("When your notes were read"), notes, left)
    taken = Intake.objects.filter(**own).order_by("number")
    yield _plain("intakes", _("Why you are followed, and how you are reached"), taken, _of_intake())
    spans = {"recorded_at": _("Recorded"), "decides_until": _("Decides until"), "ended_at": _("Ended")}
    guardian = {**contact, **spans}
    yield _plain("guardians", _("Who decides with or for you"), Guardian.objects.filter(**own), guardian)
    joined = {"programme": _("Programme"), "joined_at": _("Joined"), "left_at": _("Left")}
    enrolments = Enrolment.objects.filter(**own).select_related("programme")
    yield _plain("enrolments", _("Programmes you joined"), enrolments, joined)
    about = {"answered_at": _("When"), "age_band": _("Age"), "sex": _("Sex"), "skin_tone": _("Skin tone")}
    answers = FairnessAnswers.objects.filter(**own)
    yield _plain("fairness", _("What you said about yourself, to check the program"), answers, about)
    opened = {"opened_at": _("Opened"), "ends_at": _("Until"), "reason": _("Reason")}
    opened |= {"notice_at": _("You were told"), "notice_seen_at": _("You saw it")}
    yield _plain("emergencies", _("When somebody outside your care team looked"), _told_of(patient), opened)
    lent = {"granted_at": _("From"), "ends_at": _("Until"), "alert_id": _("For alert")}
    yield _plain("on_call", _("When your record was open to somebody on call"), _on_call(patient), lent)
    held = {"placed_at": _("Since"), "lifted_at": _("Until"), "told": _("Why")}
    yield _plain("legal_holds", _("When erasing was stopped"), LegalHold.objects.filter(**own), held)
    yield _erasures(patient)


def _of_intake() -> dict[str, str]:
    who = {"written_at": _("When"), "number": _("Version"), "reason": _("Why you are followed")}
    how = {"numbers": _("Telephone numbers"), "safe_contact": _("Safe ways and times")}
    where = {"usual_location": _("Where you usually are"), "language": _("Language"), "needs": _("Needs")}
    return {**who, **how, **where, "review_on": _("To be reviewed on")}


def _erasures(patient: Patient) -> Section:
    asked = {"requested_at": _("Asked"), "extent": _("What"), "state": _("State"), "due_at": _("Due")}
    ended = {"waits_for": _("Waits for"), "finished_at": _("Done"), "kept_until": _("The rest is kept until")}
    desk = {"identity_check": _("How the desk knew you"), "certificate": _("Certificate")}
    rows = Erasure.objects.filter(patient_id=patient.pk)
    return _plain("erasures", _("When you asked to be erased"), rows, {**asked, **ended, **desk})


def _told_of(patient: Patient) -> QuerySet[BreakGlass]:
    """Only what the patient's notice has said by now: the privacy officer may delay it."""
    return BreakGlass.objects.filter(patient=patient, notice_at__lte=timezone.now())


def _on_call(patient: Patient) -> QuerySet[OnCallGrant]:
    return OnCallGrant.objects.filter(patient=patient).order_by("granted_at")


def _plain(name: str, title: str, rows: QuerySet[Any], columns: dict[str, str]) -> Section:
    """The columns as they stand in the rows."""
    return Section(
        name, title, columns, [{column: _value(row, column) for column in columns} for row in rows]
    )


def _value(row: Model, column: str) -> Value:
    value = getattr(row, column)
    return str(value) if isinstance(value, Model | UUID) else value


COLUMNS = {
    "patients.BreakGlass": Columns(
        "emergencies",
        left_out={
            "membership": STAFF,
            "is_escalated": REVIEW,
            "reviewed_by": STAFF,
            "reviewed_at": REVIEW,
            "was_justified": REVIEW,
            "conclusion": REVIEW,
            "delay_reason": "the privacy officer's reason not to tell at once, which may protect somebody",
        },
    ),
    "patients.EmergencyContact": Columns(
        "emergency_contacts", left_out={"position": "the rows stand in this order"}
    ),
    "patients.Enrolment": Columns("enrolments"),
    "patients.Erasure": Columns(
        "erasures",
        left_out={
            "step": MACHINERY,
            "requested_by": STAFF,
            "confirmed_by": STAFF,
            "counts": "numbers of erased rows, by table; the certificate says them in words",
            "signed_certificate": "the certificate again, as signed for programs; the clinic hands it out",
        },
    ),
    "patients.FairnessAnswers": Columns("fairness"),
    "patients.Guardian": Columns("guardians", left_out={"recorded_by": STAFF}),
    "patients.LeftNote": Columns("left_notes", left_out={"owner": STAFF, "read_by": STAFF}),
    "patients.Intake": Columns(
        "intakes", left_out={"responsible": STAFF, "deputy": STAFF, "written_by": STAFF}
    ),
    "patients.LegalHold": Columns(
        "legal_holds",
        left_out={
            "reason": "the clinic's own words: the law may forbid to tell them; `told` is what may be said",
            "placed_by": STAFF,
            "lifted_by": STAFF,
            "lift_reason": "the clinic's own words, as its reason",
        },
    ),
    "patients.NoticeShown": Columns(
        "notices", left_out={"recorded_by": "always the person, to whom it was shown"}
    ),
    "patients.OwnPlanPart": Columns("own_plan", left_out={"position": "the rows stand in this order"}),
    "patients.OnCallGrant": Columns("on_call", left_out={"membership": STAFF}),
    "patients.SafetyPlan": Columns("safety_plan", left_out={"written_by": STAFF}),
}

EXPORTER = Exporter(
    covers=frozenset(COLUMNS),
    sections=sections,
    columns=COLUMNS,
    leaves_out={
        "patients.NoteDraft": "words not sent yet; the patient's own stand in their form; gone within a week",
        "patients.PortalPin": "a hash that guards the portal; it says nothing about the person",
        "patients.SearchToken": "keyed digests of what the record section shows in plain",
    },
)
