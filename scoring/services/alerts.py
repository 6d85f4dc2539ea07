"""Alerts: raised by a judgement, a dead photo or a patient's wish; taken and resolved by people."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics import access_log
from clinics.access_log import Actor, System
from clinics.errors import DomainError
from clinics.models import Membership
from patients.locks import lock_patients
from patients.models import Patient
from scoring import signals
from scoring.models import Alert, AlertEvent, AlertSequence, PatientStanding
from scoring.rules import LineJudgement

SCORING = System("scoring")
NOTE_LIMIT = 4000
HEIGHT = {Alert.Line.NONE: 0, Alert.Line.WARNING: 1, Alert.Line.INTERVENTION: 2}


@dataclass(frozen=True)
class HandledAlert:
    """The alert after the act. `has_changed` is False when somebody (see its columns) had done it before."""

    alert: Alert
    has_changed: bool


def unresolved_of(patient_ids: Collection[uuid.UUID], rule: str) -> dict[uuid.UUID, Alert]:
    """The one unresolved alert of this rule that each patient may have."""
    rows = Alert.objects.unresolved().filter(patient__in=patient_ids, rule=rule)
    return {row.patient_id: row for row in rows}


def follow_judgement(
    *, patient: Patient, standing: PatientStanding, judgement: LineJudgement, unresolved: Alert | None
) -> Alert | None:
    """Acts on one judged window of a locked patient; gives the alert if a line was crossed.

    Of a closed record nothing is raised: nobody could act on it.
    """
    if not patient.is_followed:
        return None
    event = judgement.event
    if event is not None and event.kind == "crossed":
        return _raise(
            patient=patient,
            rule=Alert.Rule.SCORE_LINE,
            line=Alert.Line(event.line),
            standing=standing,
            unresolved=unresolved,
        )
    if unresolved is not None and judgement.state.band != "below":
        _describe(unresolved, standing)
        unresolved.updated_at = timezone.now()
        unresolved.save()
    return None


@transaction.atomic
def report_failed_analysis(*, clinic_id: uuid.UUID, patient_id: uuid.UUID) -> Alert | None:
    """A photo killed its readers: somebody must look themselves. Not at a closed record."""
    if not lock_patients([patient_id])[patient_id].is_followed:
        return None
    return _raise_for(patient_id, Alert.Rule.ANALYSIS_FAILED, by=SCORING)


@transaction.atomic
def ask_for_call(*, patient: Patient) -> Alert:
    """The patient said yes to a call. The wish is an alert of its own, so that it cannot be lost."""
    return _raise_for(patient.pk, Alert.Rule.CALL_WANTED, by=patient)


@transaction.atomic
def acknowledge(*, alert_id: uuid.UUID, by: Membership) -> HandledAlert:
    """Takes an alert. Who comes second changes nothing and reads in `acknowledged_by` who has it."""
    alert = _lock(alert_id, by)
    if alert.state != Alert.State.OPEN:
        return HandledAlert(alert, has_changed=False)
    alert.state = Alert.State.ACKNOWLEDGED
    alert.acknowledged_by, alert.acknowledged_at = by, timezone.now()
    _tell(alert, AlertEvent.Kind.ACKNOWLEDGED, by=by)
    access_log.record("alert.acknowledged", by=by, patient_id=alert.patient_id, objects=[alert.pk])
    return HandledAlert(alert, has_changed=True)


@transaction.atomic
def resolve(*, alert_id: uuid.UUID, note: str, by: Membership) -> HandledAlert:
    """Closes an alert with what was done. The first note stands; a later one changes nothing."""
    note = note.strip()
    if not note:
        raise DomainError("note_missing", _("Please write what was done."), field="note")
    if len(note) > NOTE_LIMIT:
        raise DomainError("note_too_long", _("Please keep the note under 4,000 characters."), field="note")
    alert = _lock(alert_id, by)
    if alert.state == Alert.State.RESOLVED:
        return HandledAlert(alert, has_changed=False)
    alert.state = Alert.State.RESOLVED
    alert.note = note  # type: ignore[assignment]  # the encrypted field's base has no types
    alert.resolved_by, alert.resolved_at = by, timezone.now()
    _tell(alert, AlertEvent.Kind.RESOLVED, by=by)
    access_log.record("alert.resolved", by=by, patient_id=alert.patient_id, objects=[alert.pk])
    return HandledAlert(alert, has_changed=True)


def settle_alerts(*, patient_id: uuid.UUID, state: str, by: Membership) -> None:
    """Before a record is closed. An open alert is somebody's duty, so it forbids that; a death ends the duty,
    and who records it closes what was open, with that word."""
    unresolved = list(Alert.objects.unresolved().filter(patient=patient_id))
    if unresolved and state != Patient.State.DECEASED:
        message = _("An alert of this patient is open. Please resolve it first.")
        raise DomainError("alert_open", message)
    for alert in unresolved:
        resolve(alert_id=alert.pk, note=str(_("Closed: the patient has died.")), by=by)


def tell_new_team(*, patient_id: uuid.UUID) -> None:
    """The patient is another team's now: what is unresolved reaches their open screens as news, under a new
    number. Nothing happened to the alert itself, so its history has no new line."""
    for alert in Alert.objects.unresolved().filter(patient=patient_id).order_by("seq"):
        alert.seq = next_number(alert.clinic_id)
        alert.save(update_fields=["seq"])
        signals.alert_raised.send(sender=Alert, clinic_id=alert.clinic_id, alert_id=alert.pk, seq=alert.seq)


def next_number(clinic_id: uuid.UUID) -> int:
    """The clinic's next number. The row stays locked to the commit: no gaps, and numbers appear in order."""
    counted = AlertSequence.objects.filter(clinic=clinic_id).update(last=F("last") + 1)
    if not counted:
        AlertSequence.objects.bulk_create([AlertSequence(clinic_id=clinic_id)], ignore_conflicts=True)
        AlertSequence.objects.filter(clinic=clinic_id).update(last=F("last") + 1)
    return AlertSequence.objects.values_list("last", flat=True).get(clinic=clinic_id)


def _lock(alert_id: uuid.UUID, by: Membership) -> Alert:
    """The patient's row first, as everywhere, then the alert's."""
    if not by.treats_patients:
        raise DomainError("may_not_treat", _("Only a treating clinician may do this."))
    lock_patients(Alert.objects.filter(pk=alert_id).values_list("patient_id", flat=True))
    alert = Alert.objects.filter(pk=alert_id).select_for_update(no_key=True).first()
    if alert is None:
        raise DomainError("no_such_alert", _("This alert does not exist."))
    return alert


def _raise_for(patient_id: uuid.UUID, rule: Alert.Rule, *, by: Actor) -> Alert:
    patient = lock_patients([patient_id])[patient_id]
    unresolved = unresolved_of([patient_id], rule).get(patient_id)
    return _raise(patient=patient, rule=rule, unresolved=unresolved, actor=by)


def _raise(
    *,
    patient: Patient,
    rule: Alert.Rule,
    unresolved: Alert | None,
    line: Alert.Line = Alert.Line.NONE,
    standing: PatientStanding | None = None,
    actor: Actor = SCORING,
) -> Alert:
    """A new alert, or the unresolved one of this rule with the news. A higher line, or another wish for a
    call, needs somebody anew."""
    now = timezone.now()
    alert = unresolved or Alert(clinic_id=patient.clinic_id, patient=patient, rule=rule, opened_at=now)
    kind = AlertEvent.Kind.REPEATED if unresolved else AlertEvent.Kind.OPENED
    is_higher = HEIGHT[line] > HEIGHT[Alert.Line(alert.line)]
    if is_higher:
        alert.line = line
        kind = AlertEvent.Kind.ESCALATED if unresolved else kind
    if is_higher or rule == Alert.Rule.CALL_WANTED:
        alert.state, alert.acknowledged_by, alert.acknowledged_at = Alert.State.OPEN, None, None
    if standing is not None:
        _describe(alert, standing)
    _tell(alert, kind, by=None)
    access_log.record(
        f"alert.{kind.value}", by=actor, patient_id=patient.pk, objects=[alert.pk], rule=rule.value
    )
    return alert


def _describe(alert: Alert, standing: PatientStanding) -> None:
    """How high, how surely, on how many readings of which days."""
    alert.score, alert.low, alert.high = standing.score, standing.low, standing.high
    is_higher = alert.line == Alert.Line.INTERVENTION
    alert.probability = standing.over_intervention if is_higher else standing.over_warning
    alert.readings = standing.readings
    alert.window_start, alert.window_end = standing.window_start, standing.window_end


def _tell(alert: Alert, kind: AlertEvent.Kind, *, by: Membership | None) -> None:
    """Saves the alert under the clinic's next number, writes its history and rings."""
    alert.seq = next_number(alert.clinic_id)
    alert.updated_at = timezone.now()
    alert.save()
    AlertEvent.objects.create(
        clinic_id=alert.clinic_id,
        alert=alert,
        seq=alert.seq,
        kind=kind,
        line=alert.line,
        by=by,
        score=alert.score,
        readings=alert.readings,
    )
    signals.alert_raised.send(sender=Alert, clinic_id=alert.clinic_id, alert_id=alert.pk, seq=alert.seq)
