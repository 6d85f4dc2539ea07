"""What patients ask for under data-protection law, and the month there is to answer (GDPR article 12)."""

import calendar
import uuid
from datetime import datetime, time

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics import access_log
from clinics.access_log import Actor
from clinics.errors import DomainError
from clinics.models import Clinic, Membership
from patients.locks import lock_patients
from patients.models import Patient, RightsRequest
from patients.services.erasures import cancel_unless_running

WORDS_LIMIT = 4000
FURTHER_MONTHS = 2


@transaction.atomic
def open_request(
    *, patient: Patient, kind: str, words: str | None, by: Actor, received_at: datetime | None = None
) -> RightsRequest:
    """Starts the clock. A second request of the same kind, while one is open, is that one."""
    if kind not in RightsRequest.Kind.values:
        raise DomainError("unknown_kind", _("Please choose what you ask for."), field="kind")
    words = (words or "").strip() or None
    _check_length(words, "words")
    opened_at = received_at or timezone.now()
    if opened_at > timezone.now():
        raise DomainError("received_in_future", _("This day lies in the future."), field="received_on")
    lock_patients([patient.pk])
    if known := RightsRequest.objects.open().filter(patient=patient, kind=kind).first():
        return known
    request = RightsRequest(
        clinic_id=patient.clinic_id,
        patient=patient,
        kind=kind,
        words=words,
        opened_at=opened_at,
        due_at=due_at(opened_at, Clinic.objects.get(pk=patient.clinic_id)),
        recorded_by=by.actor_label,
    )
    request.save(force_insert=True)
    access_log.record("request.opened", by=by, patient_id=patient.pk, objects=[request.pk], request_kind=kind)
    return request


@transaction.atomic
def close_request(*, request_id: uuid.UUID, is_refused: bool, answer: str, by: Membership) -> RightsRequest:
    """Answered, or refused with a reason: the patient reads these words. The first answer stands."""
    answer = answer.strip()
    if not answer:
        raise DomainError("answer_missing", _("Please write what the patient shall read."), field="answer")
    _check_length(answer, "answer")
    if not by.guards_privacy:
        raise DomainError("may_not_answer", _("Only the privacy desk may answer this."))
    lock_patients(RightsRequest.objects.filter(pk=request_id).values_list("patient_id", flat=True))
    request = RightsRequest.objects.select_for_update(no_key=True).get(pk=request_id)
    if request.state != RightsRequest.State.OPEN:
        return request
    request.state = RightsRequest.State.REFUSED if is_refused else RightsRequest.State.ANSWERED
    request.answer = answer  # type: ignore[assignment]  # the encrypted field's base has no types
    request.closed_at, request.closed_by = timezone.now(), by
    request.save()
    if is_refused and request.kind == RightsRequest.Kind.ERASE:
        cancel_unless_running(patient_id=request.patient_id, by=by)
    action = "request.refused" if is_refused else "request.answered"
    access_log.record(
        action, by=by, patient_id=request.patient_id, objects=[request.pk], request_kind=request.kind
    )
    return request


@transaction.atomic
def extend_request(*, request_id: uuid.UUID, reason: str, by: Membership) -> RightsRequest:
    """Two further months, once, told to the patient within the first (GDPR article 12(3))."""
    reason = reason.strip()
    if not reason:
        raise DomainError("reason_missing", _("Please write why it takes longer."), field="reason")
    _check_length(reason, "reason")
    if not by.guards_privacy:
        raise DomainError("may_not_answer", _("Only the privacy desk may answer this."))
    lock_patients(RightsRequest.objects.filter(pk=request_id).values_list("patient_id", flat=True))
    request = RightsRequest.objects.select_for_update(no_key=True).get(pk=request_id)
    if request.state != RightsRequest.State.OPEN or request.is_extended:
        raise DomainError("extended_already", _("This can be extended once, and only while it is open."))
    if request.is_late:
        raise DomainError(
            "too_late", _("The month is over: it could have been extended only before. Please answer now.")
        )
    clinic = Clinic.objects.get(pk=request.clinic_id)
    request.due_at = due_at(request.opened_at, clinic, months=1 + FURTHER_MONTHS)
    request.extended_at, request.extended_by = timezone.now(), by.actor_label
    request.extension_reason = reason  # type: ignore[assignment]  # the encrypted field's base has no types
    request.save()
    access_log.record(
        "request.extended",
        by=by,
        patient_id=request.patient_id,
        objects=[request.pk],
        request_kind=request.kind,
    )
    return request


def due_at(opened_at: datetime, clinic: Clinic, *, months: int = 1) -> datetime:
    """The end of the same day so many months later, or of that month's last day where it has no such day.

    Regulation (EEC, Euratom) No 1182/71, article 3(2)(c).
    """
    day = opened_at.astimezone(clinic.zone).date()
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    month += 1
    last = calendar.monthrange(year, month)[1]
    due = day.replace(year=year, month=month, day=min(day.day, last))
    return datetime.combine(due, time.max, tzinfo=clinic.zone)


def _check_length(text: str | None, field: str) -> None:
    if text is not None and len(text) > WORDS_LIMIT:
        raise DomainError("too_long", _("Please keep it under 4,000 characters."), field=field)
