"""What somebody needs to know before they call: of one alert, beside its history."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from clinics import cover
from clinics.models import Clinic, Membership
from patients import access as patients_access
from patients import queries as patient_queries
from patients import services as patient_services
from patients.models import Intake, QuestionnaireAnswer, QuestionnaireRound
from scoring.models import Alert, AlertEvent, AlertSeen, AlertTimer, AlertWords

LAST_ANSWERS = 3


@dataclass(frozen=True)
class AlertBackground:
    """`answers`: the last three to the last question of the PHQ-9, newest first; of a restricted record too,
    since the alert is a duty. `assessed`: when somebody last resolved such an alert. `plan_at`: when the
    newest safety plan was written, with the clinic or by the patient alone."""

    answers: list[QuestionnaireAnswer]
    last_form: QuestionnaireRound | None
    assessed: Alert | None
    plan_at: datetime | None
    contacts: patients_access.ContactsSeen
    timers: list[AlertTimer]
    seen: list[AlertSeen]
    no_answer_protocol: str
    intake: Intake | None


@dataclass(frozen=True)
class ToldEvent:
    """One line of the history, and what somebody wrote at it."""

    event: AlertEvent
    words: AlertWords | None


def alert_background(alert: Alert, member: Membership, clinic: Clinic) -> AlertBackground:
    """Of an alert that a gate gave to this member."""

    forms = QuestionnaireRound.objects.filter(patient=alert.patient_id, questionnaire="phq9")
    seen = AlertSeen.objects.filter(alert=alert, seq__gte=alert.called_seq).select_related("membership")
    return AlertBackground(
        answers=last_answers(alert.patient_id),
        last_form=forms.with_total().order_by("-ended_at").first(),
        assessed=_last_assessed(alert),
        plan_at=patient_queries.safety_plan_date(alert.patient),
        contacts=patients_access.see_emergency_contacts(member, alert.patient),
        timers=list(AlertTimer.objects.filter(alert=alert).order_by("due_at")),
        seen=list(seen.order_by("at")),
        no_answer_protocol=str(cover.safety_of(clinic).no_answer_protocol or ""),
        intake=patient_services.newest_intake(alert.patient),
    )


def last_answers(patient_id: uuid.UUID) -> list[QuestionnaireAnswer]:
    rows = QuestionnaireAnswer.objects.filter(patient=patient_id, item="9", round__questionnaire="phq9")
    return list(rows.order_by("-answered_at", "-saved_at")[:LAST_ANSWERS])


def told_events(alert: Alert) -> list[ToldEvent]:
    """What happened to an alert that a gate gave, oldest first, with who did it and what they wrote."""
    words = {row.event_id: row for row in AlertWords.objects.filter(event__alert=alert)}
    events = AlertEvent.objects.filter(alert=alert).select_related("by", "toward").order_by("seq")
    return [ToldEvent(event, words.get(event.pk)) for event in events]


def _last_assessed(alert: Alert) -> Alert | None:
    rows = Alert.objects.filter(patient=alert.patient_id, rule=Alert.Rule.ITEM_9, state=Alert.State.RESOLVED)
    return rows.exclude(pk=alert.pk).select_related("spoken_by").order_by("-resolved_at").first()
