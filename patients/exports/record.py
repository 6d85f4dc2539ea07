"""What an export says first: the record itself, and each decision about it with the words decided on."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from patients.exports.sections import Columns, Exporter, Row, Section, by_whom
from patients.models import Consent, Patient


def sections(patient: Patient) -> Iterator[Section]:
    yield _record(patient)
    yield _consents(patient)


def _record(patient: Patient) -> Section:
    row: Row = {
        **{name: getattr(patient, name) for name in AS_THEY_STAND},
        "sign_in_address": patient.user.email if patient.user is not None else None,
        "linked_at": patient.linked_at,
        "since": patient.created_at,
        "restricted_since": patient.restricted_at,
        "is_synthetic": patient.is_synthetic,
        "state": str(patient.get_state_display()),
        "state_since": patient.state_since,
        "merged_into": patient.merged_into.record_number if patient.merged_into else None,
        "legal_status": str(patient.get_legal_status_display()),
        "decider": str(patient.get_decider_display()),
        "care_team": patient.care_team.name if patient.care_team else None,
        "kept_until": patient.kept_until,
    }
    columns = {
        "record_number": _("Record number"),
        "name": _("Name"),
        "email": _("E-mail"),
        "phone": _("Phone"),
        "birth_date": _("Date of birth"),
        "notes": _("Notes of the clinic"),
        "time_zone": _("Time zone"),
        "sign_in_address": _("You sign in with"),
        "linked_at": _("Your account was connected"),
        "since": _("In this clinic since"),
        "state": _("State of the record"),
        "state_since": _("In this state since"),
        "merged_into": _("Merged into record"),
        "legal_status": _("Legal status"),
        "decider": _("Who decides"),
        "care_team": _("Care team"),
        "restricted_since": _("Analysis paused since"),
        "kept_until": _("Erased but for what the law keeps until"),
        "is_synthetic": _("Made up, for a demonstration"),
    }
    return Section("record", _("Your record"), columns, [row])


AS_THEY_STAND = ("record_number", "name", "email", "phone", "birth_date", "notes", "time_zone")


def _consents(patient: Patient) -> Section:
    rows: list[Row] = [
        {
            "number": row.number,
            "at": row.at,
            "purpose": row.purpose,
            "about": str(row.get_purpose_display()),
            "decision": "granted" if row.is_granted else "withdrawn",
            "decided_by": row.guardian.name if row.guardian is not None else "you",
            "recorded_by": by_whom(row.recorded_by, patient),
            "text_version": row.text_version,
            "text_language": row.text_language,
            "text_sha256": row.text_sha256 or None,
        }
        for row in Consent.objects.filter(patient=patient).select_related("guardian").order_by("number")
    ]
    columns = {
        "number": _("Number"),
        "at": _("When"),
        "purpose": _("Purpose"),
        "about": _("About"),
        "decision": _("Decision"),
        "decided_by": _("Decided by"),
        "recorded_by": _("Written down by"),
        "text_version": _("Version of the text"),
        "text_language": _("Language of the text"),
        "text_sha256": _("Fingerprint of the text (SHA-256)"),
    }
    return Section("consents", _("What you agreed to, and when"), columns, rows)


COLUMNS = {
    "patients.Patient": Columns(
        "record",
        renamed={
            "user": "sign_in_address",
            "created_at": "since",
            "restricted_at": "restricted_since",
        },
    ),
    "patients.Consent": Columns("consents", renamed={"is_granted": "decision", "guardian": "decided_by"}),
}

EXPORTER = Exporter(covers=frozenset(COLUMNS), sections=sections, columns=COLUMNS)
