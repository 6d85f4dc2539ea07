"""Alerts are raised here and nowhere else: by a rule, a judgement, a dead photo, a wish or an answer."""

import uuid
from collections.abc import Collection

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics.access_log import Actor
from clinics.cover import Snapshot
from clinics.errors import DomainError
from clinics.going_live import is_live
from clinics.messages import AlertState
from clinics.models import Clinic, Membership
from patients.locks import lock_patients
from patients.models import Patient
from scoring import signals
from scoring.duty import calling, telling
from scoring.duty.transitions import Act
from scoring.models import Alert, AlertEvent, PatientStanding
from scoring.rules import LineJudgement
from scoring.services import endings
from scoring.services.moves import SCORING, Facts, move, next_number, record, tell

WEIGHT: dict[str, int] = {
    Alert.Severity.NOTICE: 0,
    Alert.Severity.WARNING: 1,
    Alert.Severity.INTERVENTION: 2,
    Alert.Severity.URGENT: 3,
}


def unresolved_of(patient_ids: Collection[uuid.UUID], rule: str) -> dict[uuid.UUID, Alert]:
    """The one unresolved alert of this rule that each patient may have."""
    rows = Alert.objects.unresolved().filter(patient__in=patient_ids, rule=rule)
    return {row.patient_id: row for row in rows}


@transaction.atomic
def raise_alert(
    *,
    patient: Patient,
    rule: str,
    lane: str,
    severity: str,
    facts: Facts,
    by: Actor,
    line: str = "",
    text: str = "",
    standing: PatientStanding | None = None,
    is_change: bool = False,
    read: Snapshot | None = None,
) -> Alert | None:
    """The only way to raise an alert, or to update the open one of this patient and rule. Locks the patient.

    News in an urgent lane, or at a higher severity than before, returns it to open: somebody is wanted anew.
    Other news is added to its history. `facts`: plain scalars that hold no answer and no word of the patient.
    `text`: the clinic's own words of the rule. `is_change`: a change to the better, shown and not obeyed.
    `read`: the clinic's cover as of now, from who raises many.
    None, and nothing raised, of a record at which nobody could act: merged, erased or of the dead, and for
    all but the urgent lanes every closed one. While the clinic is in shadow, alerts of photos are recorded
    only.
    """
    locked = lock_patients([patient.pk]).get(patient.pk)
    if locked is None or not _can_be_raised(locked, lane):
        return None
    is_shadow = _is_shadow(locked.clinic_id, lane)
    rows = Alert.objects.filter(patient=locked, rule=rule, is_shadow=is_shadow)
    known = rows.exclude(state=Alert.State.RESOLVED).select_for_update(no_key=True).first()
    if is_change and (known is None or is_shadow):
        return known
    is_higher = known is not None and WEIGHT[severity] > WEIGHT[known.severity]
    alert = known or _new(locked, rule, lane, is_shadow=is_shadow)
    if known is None or is_higher:
        alert.line, alert.severity = line, severity
    alert.facts, alert.text = dict(facts), text or alert.text  # type: ignore[assignment]  # encrypted: no types
    if standing is not None:
        describe(alert, standing)
    if is_shadow or known is None:
        _write(alert, facts, by, read)
    else:
        _add(alert, facts, by, is_change=is_change, is_higher=is_higher)
    return alert


def follow_judgement(
    *, patient: Patient, standing: PatientStanding, judgement: LineJudgement, unresolved: Alert | None
) -> Alert | None:
    """Acts on one judged window of a locked patient; gives the alert if a line was crossed, and if somebody's
    duty came of it."""
    event = judgement.event
    if event is not None and event.kind == "crossed":
        alert = raise_alert(
            patient=patient,
            rule=Alert.Rule.SCORE_LINE,
            lane=Alert.Lane.FACE,
            severity=str(event.line),
            line=event.line,
            facts={},
            by=SCORING,
            standing=standing,
        )
        return None if alert is None or alert.is_shadow else alert
    if patient.is_followed and unresolved is not None and judgement.state.band != "below":
        describe(unresolved, standing)
        unresolved.updated_at = timezone.now()
        unresolved.save()
    return None


def report_failed_analysis(*, clinic_id: uuid.UUID, patient_id: uuid.UUID) -> Alert | None:
    """A photo killed its readers: somebody must look themselves. Not at a closed record."""
    return raise_alert(
        patient=Patient.objects.get(pk=patient_id),
        rule=Alert.Rule.ANALYSIS_FAILED,
        lane=Alert.Lane.ROUTINE,
        severity=Alert.Severity.NOTICE,
        facts={},
        by=SCORING,
    )


def settle_alerts(*, patient_id: uuid.UUID, state: str, by: Membership) -> None:
    """Before a record is closed. An open alert is somebody's duty, so it forbids that unless a named receiver
    has accepted it; a death ends the duty. Who closes the record closes these, with that word."""
    unresolved = list(Alert.objects.unresolved().filter(patient=patient_id).order_by("seq"))
    is_death = state == Patient.State.DECEASED
    if not is_death and any(alert.received_at is None for alert in unresolved):
        message = _("An alert of this patient is open. Resolve it first, or write who has accepted it.")
        raise DomainError("alert_open", message)
    for alert in unresolved:
        endings.close(
            alert_id=alert.pk,
            outcome=Alert.Outcome.DIED if is_death else Alert.Outcome.HANDED_OVER,
            note=str(_("Closed: the patient has died.") if is_death else _("Closed: handed over.")),
            by=by,
        )


def raise_again(*, patient_id: uuid.UUID, by: Membership) -> None:
    """The death was recorded by mistake: the duties that it ended are somebody's again, as they were."""
    patient = Patient.objects.get(pk=patient_id)
    standing = PatientStanding.objects.filter(patient=patient, score__isnull=False).first()
    for ended in _ended_by_death(patient_id):
        is_line = ended.rule == Alert.Rule.SCORE_LINE
        if is_line and standing is None:
            continue  # nothing stands behind it any more
        raise_alert(
            patient=patient,
            rule=ended.rule,
            lane=ended.lane,
            severity=ended.severity,
            line=ended.line,
            facts=ended.facts,
            text=str(ended.text or ""),
            by=by,
            standing=standing if is_line else None,
        )


def _ended_by_death(patient_id: uuid.UUID) -> list[Alert]:
    """The newest of each rule, where it was a death that ended it: one that was raised again and resolved
    since is no duty any more. In the order in which they were raised."""
    newest: dict[str, Alert] = {}
    for alert in Alert.objects.of_duty().filter(patient=patient_id).order_by("-opened_at", "-seq"):
        newest.setdefault(alert.rule, alert)
    ended = [alert for alert in newest.values() if alert.outcome == Alert.Outcome.DIED]
    return sorted(ended, key=lambda alert: alert.opened_at)


def tell_new_team(*, patient_id: uuid.UUID) -> None:
    """The patient is another team's now: what is unresolved reaches their open screens as news, under a new
    number. Nothing happened to the alert itself, so its history has no new line; but an urgent one that is
    nobody's calls anew: whom it called before are not those who look after the patient now."""
    for alert in Alert.objects.unresolved().filter(patient=patient_id).order_by("seq"):
        if alert.is_urgent_lane and alert.state == Alert.State.OPEN:
            _call_new_team(alert)
            continue
        alert.seq = next_number(alert.clinic_id)
        alert.save(update_fields=["seq"])
        signals.alert_raised.send(sender=Alert, clinic_id=alert.clinic_id, alert_id=alert.pk, seq=alert.seq)


def _call_new_team(alert: Alert) -> None:
    alert.called_seq = 0
    tell(alert, AlertEvent.Kind.CALLED, facts={"why": "team"})
    telling.stop(alert)
    calling.begin(alert, AlertState.NOT_TAKEN, timezone.now())
    record(alert, AlertEvent.Kind.CALLED, SCORING)


def describe(alert: Alert, standing: PatientStanding) -> None:
    """How high, how surely, on how many readings of which days."""
    alert.score, alert.low, alert.high = standing.score, standing.low, standing.high
    is_higher = alert.line == Alert.Line.INTERVENTION
    alert.probability = standing.over_intervention if is_higher else standing.over_warning
    alert.readings = standing.readings
    alert.window_start, alert.window_end = standing.window_start, standing.window_end


def _can_be_raised(patient: Patient, lane: str) -> bool:
    """An answer that came late, from a phone without a net, is heard although the record was closed. What is
    left of an erased one nobody may open: an alert of it could never be resolved."""
    if patient.kept_until is not None:
        return False
    if lane in {Alert.Lane.ITEM_9, Alert.Lane.CALL}:
        return patient.state not in Patient.SHUT_STATES
    return patient.is_followed


def _is_shadow(clinic_id: uuid.UUID, lane: str) -> bool:
    """Alerts of photos are recorded only, until the clinic is live."""
    return lane == Alert.Lane.FACE and not is_live(Clinic.objects.get(pk=clinic_id))


def _new(patient: Patient, rule: str, lane: str, *, is_shadow: bool) -> Alert:
    return Alert(
        clinic_id=patient.clinic_id,
        patient=patient,
        rule=rule,
        lane=lane,
        is_shadow=is_shadow,
        state=Alert.State.SHADOW if is_shadow else Alert.State.OPEN,
        opened_at=timezone.now(),
    )


def _add(alert: Alert, facts: Facts, by: Actor, *, is_change: bool, is_higher: bool) -> None:
    """News of an alert that is somebody's duty already."""
    if is_change:
        move(alert, Act.NEWS, AlertEvent.Kind.CHANGED, actor=by, facts=facts)
        return
    kind = AlertEvent.Kind.ESCALATED if is_higher else AlertEvent.Kind.REPEATED
    move(alert, Act.CALL if is_higher or alert.is_urgent_lane else Act.NEWS, kind, actor=by, facts=facts)


def _write(alert: Alert, facts: Facts, by: Actor, read: Snapshot | None) -> None:
    """A new alert, or one more line of a shadow's history."""
    kind = AlertEvent.Kind.RECORDED if alert.is_shadow else AlertEvent.Kind.OPENED
    tell(alert, kind, facts=facts)
    if not alert.is_shadow:
        calling.begin(alert, AlertState.NOT_TAKEN, timezone.now(), read)
    record(alert, kind, by)
