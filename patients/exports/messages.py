"""What an export says of messages: how the patient wants them, whom they trust, and which went out."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from clinics.models import Channel, Message
from patients.exports.circumstances import _plain
from patients.exports.sections import MACHINERY, Columns, Exporter, Section
from patients.models import Patient, PatientAddress, PatientChoices, Reminder, TrustedPerson


def sections(patient: Patient) -> Iterator[Section]:
    own: dict[str, Any] = {"patient": patient}
    chosen = {f"by_{channel}": str(label) for channel, label in Channel.choices}
    chosen |= {"tells_of_notes": _("Also of questions that wait"), "sender_name": _("Name of the sender")}
    chosen |= {"quiet_from": _("Quiet from"), "quiet_until": _("Quiet until")}
    yield _texts("message_choices", _("How you are written to"), PatientChoices.objects.filter(**own), chosen)
    address = {"channel": _("Way"), "address": _("Address"), "label": _("Name")}
    address |= {"created_at": _("Since"), "confirmed_at": _("Confirmed")}
    yield _plain("addresses", _("Where to"), PatientAddress.objects.filter(**own), address)
    at = {
        "at": _("At"),
        "weekdays": _("On (Monday is 1, Tuesday 2, Wednesday 4 …)"),
        "created_at": _("Since"),
    }
    yield _texts("reminders", _("Your reminders"), Reminder.objects.filter(**own), at)
    trusted = {"name": _("Who"), "email": _("E-mail"), "signed": _("Signed"), "words": _("Your words")}
    trusted |= {"trigger": _("Sent"), "times": _("How often sad"), "of_last": _("In how many check-ins")}
    trusted |= {"state": _("State"), "is_on": _("On"), "created_at": _("Since")}
    trusted |= {"answered_at": _("They answered"), "last_at": _("Last sent")}
    yield _plain("trusted_person", _("Somebody you trust"), TrustedPerson.objects.filter(**own), trusted)
    sent = {"created_at": _("When"), "to": _("To"), "kind": _("What"), "channel": _("Way")}
    sent |= {"state": _("State"), "ended_at": _("Sent or given up"), "receipt_at": _("Opened")}
    rows = Message.objects.filter(patient_id=patient.pk).exclude(to=Message.To.STAFF).order_by("created_at")
    yield _plain("messages", _("Messages to you, and to somebody you trust"), rows, sent)


def _texts(name: str, title: str, rows: Any, columns: dict[str, str]) -> Section:
    """As `_plain`; times of day in words, which the formats of an export do not know."""
    shown = [{column: _value(getattr(row, column)) for column in columns} for row in rows]
    return Section(name, title, columns, shown)


def _value(value: Any) -> Any:
    return value.isoformat("minutes") if hasattr(value, "minute") and not hasattr(value, "year") else value


COLUMNS = {
    "patients.PatientChoices": Columns(
        "message_choices",
        left_out={"asked": "digests of who was asked to be a trusted person, so that their no holds"},
    ),
    "patients.PatientAddress": Columns(
        "addresses", left_out={"fingerprint": "a keyed digest of the address, against storing it twice"}
    ),
    "patients.Reminder": Columns("reminders"),
    "patients.TrustedPerson": Columns("trusted_person"),
    "clinics.Message": Columns(
        "messages",
        left_out={
            "recipient_id": "you, or the person you trust",
            "is_urgent": "of alerts to staff",
            "facts": "the path of a page",
            "dedupe_key": MACHINERY,
            "why": MACHINERY,
            "attempts": MACHINERY,
            "not_before": MACHINERY,
            "next_try_at": MACHINERY,
            "expires_at": MACHINERY,
            "lease_until": MACHINERY,
            "sent_maybe_twice": MACHINERY,
            "seen_at": MACHINERY,
        },
    ),
}

EXPORTER = Exporter(covers=frozenset(COLUMNS), sections=sections, columns=COLUMNS)
