"""What else this app keeps of a patient: notices, people around them, programmes, emergencies and erasing."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from patients.exports.sections import Exporter, Section
from patients.models import (
    BreakGlass,
    EmergencyContact,
    Enrolment,
    Erasure,
    FairnessAnswers,
    Guardian,
    LegalHold,
    NoticeShown,
    Patient,
    SafetyPlan,
)


def sections(patient: Patient) -> Iterator[Section]:
    own: dict[str, Any] = {"patient": patient}
    told = {"at": _("When"), "notice": _("Notice"), "text_version": _("Version of the text")}
    yield _plain("notices", _("What you were told"), NoticeShown.objects.filter(**own), told)
    contact = {"name": _("Name"), "relation": _("Relation"), "phone": _("Phone")}
    contacts = EmergencyContact.objects.filter(**own)
    yield _plain("emergency_contacts", _("Who to call in an emergency"), contacts, contact)
    plan = {"written_at": _("When"), "text": _("Plan")}
    yield _plain("safety_plan", _("Your safety plan"), SafetyPlan.objects.filter(**own), plan)
    guardian = {**contact, "decides_until": _("Decides until"), "ended_at": _("Ended")}
    yield _plain("guardians", _("Who decides with or for you"), Guardian.objects.filter(**own), guardian)
    joined = {"joined_at": _("Joined"), "left_at": _("Left")}
    yield _plain("enrolments", _("Programmes you joined"), Enrolment.objects.filter(**own), joined)
    about = {"answered_at": _("When"), "age_band": _("Age"), "sex": _("Sex"), "skin_tone": _("Skin tone")}
    said = FairnessAnswers.objects.filter(**own)
    yield _plain("fairness", _("What you said about yourself, to check the program"), said, about)
    opened = {"opened_at": _("Opened"), "ends_at": _("Until"), "reason": _("Reason")}
    yield _plain("emergencies", _("When somebody outside your care team looked"), _told_of(patient), opened)
    held = {"placed_at": _("Since"), "lifted_at": _("Until"), "told": _("Why")}
    yield _plain("legal_holds", _("When erasing was stopped"), LegalHold.objects.filter(**own), held)
    asked = {"requested_at": _("Asked"), "extent": _("What"), "state": _("State"), "due_at": _("Due")}
    erasures = Erasure.objects.filter(patient_id=patient.pk)
    yield _plain("erasures", _("When you asked to be erased"), erasures, asked)


def _told_of(patient: Patient) -> QuerySet[BreakGlass]:
    """Only what the patient's notice has said by now: the privacy officer may delay it."""
    return BreakGlass.objects.filter(patient=patient, notice_at__lte=timezone.now())


def _plain(name: str, title: str, rows: QuerySet[Any], columns: dict[str, str]) -> Section:
    """The columns as they stand in the rows."""
    return Section(
        name, title, columns, [{column: getattr(row, column) for column in columns} for row in rows]
    )


EXPORTER = Exporter(
    covers=frozenset(
        f"patients.{name}"
        for name in (
            "BreakGlass",
            "EmergencyContact",
            "Enrolment",
            "Erasure",
            "FairnessAnswers",
            "Guardian",
            "LegalHold",
            "NoticeShown",
            "SafetyPlan",
        )
    ),
    sections=sections,
    leaves_out={
        "patients.PortalPin": "a hash that guards the portal; it says nothing about the person",
        "patients.SearchToken": "keyed digests of what the record section shows in plain",
    },
)
