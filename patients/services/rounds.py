"""The rounds of a questionnaire: opened by the clinic's schedule or by a clinician, finished by the patient,
closed when their time is over, and then scored."""

import logging
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics import access_log, keys, tenancy
from clinics.access_log import Actor, System
from clinics.errors import DomainError
from clinics.models import Clinic, Membership
from patients import signals
from patients.locks import lock_patients
from patients.models import Patient, QuestionnaireAnswer, QuestionnaireRound
from patients.questionnaires import published, scoring
from patients.questionnaires.schedule import next_due, window
from patients.services.plans import SAME_SERIES, PlanInUse, plans_in_use, why_not_offered

logger = logging.getLogger(__name__)
SCHEDULE = System("questionnaires")
State = QuestionnaireRound.State


@transaction.atomic
def open_due_rounds(*, patient: Patient) -> list[QuestionnaireRound]:
    """What is due for one patient now, after closing what is over. Safe to run at any time."""
    patient = lock_patients([patient.pk])[patient.pk]
    now = timezone.now()
    _close_over(QuestionnaireRound.objects.open().filter(patient=patient, closes_at__lte=now))
    plans = plans_in_use(patient.clinic)
    return [opened for plan in plans if (opened := _open_if_due(patient, plan, now)) is not None]


def turn_rounds(*, clinic: Clinic) -> int:
    """The sweep of one clinic, outside of every transaction: closes what is over and opens what is due, one
    patient at a time; how many were opened."""
    with tenancy.enter(clinic.pk):
        waiting = _waiting(clinic)
    opened = 0
    for patient_id in waiting:
        try:
            with tenancy.enter(clinic.pk):
                opened += len(open_due_rounds(patient=Patient.objects.get(pk=patient_id)))
        except Exception as error:  # one record's fault keeps nobody else from being asked
            logger.error(
                "Forms of a patient of clinic %s were not turned: %s", clinic.pk, type(error).__name__
            )
    return opened


def _waiting(clinic: Clinic) -> list[uuid.UUID]:
    """Those with a round that is over, and those for whom one may be due by now somewhere on earth."""
    now = timezone.now()
    found = set(
        QuestionnaireRound.objects.open()
        .filter(clinic=clinic, closes_at__lte=now)
        .values_list("patient_id", flat=True)
    )
    followed = Patient.objects.filter(
        clinic=clinic, state=Patient.State.ACTIVE, user__isnull=False, restricted_at=None, kept_until=None
    )
    latest = timezone.localdate(now, ZoneInfo("UTC")) + timedelta(days=1)
    for plan in plans_in_use(clinic):
        too_new = QuestionnaireRound.objects.filter(
            clinic=clinic,
            questionnaire__in=SAME_SERIES.get(plan.questionnaire, (plan.questionnaire,)),
            due_on__gt=latest - timedelta(days=plan.every_days),
        )
        found |= set(followed.exclude(pk__in=too_new.values("patient")).values_list("pk", flat=True))
    return sorted(found)


@transaction.atomic
def ask_questionnaire(*, patient: Patient, questionnaire: str, by: Membership) -> QuestionnaireRound:
    """A clinician asks outside the schedule; the next is counted from it. An open one is asked already."""
    patient = lock_patients([patient.pk])[patient.pk]
    plan = next((plan for plan in plans_in_use(patient.clinic) if plan.questionnaire == questionnaire), None)
    if plan is None:
        raise DomainError("not_in_use", _("Your clinic does not use this form."), field="questionnaire")
    if (reason := why_not_offered(patient, published.get(questionnaire))) is not None:
        raise DomainError(reason.code, reason.message, field="questionnaire")
    now = timezone.now()
    _close_over(QuestionnaireRound.objects.open().filter(patient=patient, closes_at__lte=now))
    series = _series(patient, questionnaire)
    if (known := next((one for one in series if one.is_open), None)) is not None:
        return known
    today = timezone.localdate(now, patient.zone)
    last = series[0] if series else None
    shortest = published.get(questionnaire).schedule.shortest_days
    if last is not None and last.ended_at is not None:
        ended_on = timezone.localdate(last.ended_at, patient.zone)
        if last.state == State.FINISHED and (today - ended_on).days < shortest:
            message = _("This form was answered less than %(days)d days ago.") % {"days": shortest}
            raise DomainError("asked_too_soon", message, field="questionnaire")
    return _open(patient, plan, now, by)


@transaction.atomic
def finish_questionnaire(*, patient: Patient, round_id: uuid.UUID, by: Actor) -> QuestionnaireRound:
    """Sent by the patient: scored from what was given. Twice is once. What is over is closed instead."""
    patient = lock_patients([patient.pk])[patient.pk]
    round_ = QuestionnaireRound.objects.get(pk=round_id, patient=patient)
    now = timezone.now()
    if not round_.is_open:
        return round_
    if now >= round_.closes_at:
        return _end(round_, State.CLOSED, round_.closes_at, by=SCHEDULE)
    if not QuestionnaireAnswer.objects.filter(round=round_).exists():
        raise DomainError("nothing_answered", _("Nothing is answered yet."))
    return _end(round_, State.FINISHED, now, by=by)


def close_quietly(patient: Patient, by: Actor) -> None:
    """When a record is closed: what was given is scored and kept, and nobody is told that it is open."""
    for round_ in QuestionnaireRound.objects.open().filter(patient=patient):
        _end(round_, State.CLOSED, timezone.now(), by=by, is_quiet=True)


def tell_of_merged(round_ids: Iterable[uuid.UUID]) -> None:
    """Closed quietly in the double, and in another record now: what was left open there is news here."""
    for round_ in QuestionnaireRound.objects.filter(pk__in=round_ids).order_by("opened_at"):
        _tell_closed(round_)


def counted(round_: QuestionnaireRound, answers: Iterable[QuestionnaireAnswer]) -> list[QuestionnaireAnswer]:
    """Those given before the round ended, oldest first; what came later is shown, and not counted."""
    in_time = [one for one in answers if round_.ended_at is None or one.answered_at <= round_.ended_at]
    return sorted(in_time, key=lambda one: (one.answered_at, one.number))


def newest_values(
    round_: QuestionnaireRound, answers: Iterable[QuestionnaireAnswer]
) -> dict[str, int | None]:
    """What counts: of each item the newest answer given in time."""
    return {one.item: one.given for one in counted(round_, answers)}


def rescore(round_: QuestionnaireRound) -> QuestionnaireRound:
    """After an answer that was given in time arrived when the round was over."""
    before = round_.total, round_.band
    _set_score(round_)
    if (round_.total, round_.band) != before:
        round_.save(update_fields=["total", "band", "subscales", "is_imputed"])
        _tell_closed(round_)
    return round_


def _open_if_due(patient: Patient, plan: PlanInUse, now: datetime) -> QuestionnaireRound | None:
    series = _series(patient, plan.questionnaire)
    if any(one.is_open for one in series):
        return None
    today = timezone.localdate(now, patient.zone)
    answered = next((one.ended_at for one in series if one.state == State.FINISHED), None)
    due = next_due(
        today,
        last_due=series[0].due_on if series else None,
        last_answered=timezone.localdate(answered, patient.zone) if answered else None,
        every_days=plan.every_days,
        shortest_days=published.get(plan.questionnaire).schedule.shortest_days,
    )
    if due > today or why_not_offered(patient, published.get(plan.questionnaire)) is not None:
        return None
    return _open(patient, plan, now, SCHEDULE)


def _series(patient: Patient, questionnaire: str) -> list[QuestionnaireRound]:
    """Newest first; PHQ-9 and PHQ-8 stand in for one another."""
    same = SAME_SERIES.get(questionnaire, (questionnaire,))
    rounds = QuestionnaireRound.objects.filter(patient=patient, questionnaire__in=same)
    return list(rounds.order_by("-due_on", "-opened_at"))


def _open(patient: Patient, plan: PlanInUse, now: datetime, by: Actor) -> QuestionnaireRound:
    text = published.get(plan.questionnaire).texts[patient_language(patient)]
    days = window(
        timezone.localdate(now, patient.zone),
        patient.zone,
        late_after_days=plan.late_after_days,
        closes_after_days=plan.closes_after_days,
    )
    round_ = QuestionnaireRound.objects.create(
        clinic_id=patient.clinic_id,
        patient=patient,
        questionnaire=plan.questionnaire,
        language=text.language,
        text_sha256=text.sha256,
        opened_by=by.actor_label,
        opened_at=now,
        due_on=days.due_on,
        late_at=days.late_at,
        closes_at=days.closes_at,
    )
    access_log.record("questionnaire.opened", by=by, patient_id=patient.pk, objects=[round_.pk])
    return round_


def patient_language(patient: Patient) -> str:
    language = patient.user.language if patient.user is not None else published.FIRST_LANGUAGE
    return language.split("-")[0]


def _close_over(rounds: Iterable[QuestionnaireRound]) -> None:
    for round_ in rounds:
        _end(round_, State.CLOSED, round_.closes_at, by=SCHEDULE)


def _end(
    round_: QuestionnaireRound, state: State, at: datetime, *, by: Actor, is_quiet: bool = False
) -> QuestionnaireRound:
    given = [answer.answered_at for answer in answers_of(round_)]
    round_.state, round_.ended_at = state, max([at, *given])  # a clock set back loses no answer
    _set_score(round_)
    round_.save()
    verb = "finished" if state == State.FINISHED else "closed"
    access_log.record(f"questionnaire.{verb}", by=by, patient_id=round_.patient_id, objects=[round_.pk])
    if not is_quiet:
        _tell_closed(round_)
    return round_


def _set_score(round_: QuestionnaireRound) -> None:
    found = scoring.score(
        published.get(round_.questionnaire).rules, newest_values(round_, answers_of(round_))
    )
    round_.total, round_.band = found.total, found.band or ""
    round_.subscales, round_.is_imputed = dict(found.subscales), found.is_imputed


def answers_of(round_: QuestionnaireRound) -> Sequence[QuestionnaireAnswer]:
    answers = list(QuestionnaireAnswer.objects.filter(round=round_).order_by("number"))
    keys.preload(answer.sealed_under() for answer in answers)
    return answers


def _tell_closed(round_: QuestionnaireRound) -> None:
    answers = answers_of(round_)
    item_nine = published.get(round_.questionnaire).item_nine
    said = {answer.item: answer.given for answer in answers}  # also what came too late to count
    earlier = QuestionnaireRound.objects.filter(
        patient=round_.patient_id, questionnaire=round_.questionnaire, ended_at__lt=round_.ended_at
    ).with_total()
    previous, first = earlier.order_by("-ended_at").first(), earlier.order_by("ended_at").first()
    signals.questionnaire_closed.send(
        sender=QuestionnaireRound,
        clinic_id=round_.clinic_id,
        patient_id=round_.patient_id,
        round_id=round_.pk,
        questionnaire=round_.questionnaire,
        total=round_.total,
        band=round_.band or None,
        previous_total=previous.total if previous else None,
        previous_band=previous.band or None if previous else None,
        baseline=first.total if first else None,
        has_unanswered_item_nine=bool(item_nine and answers and said.get(item_nine) is None),
        was_started=bool(answers),
        at=round_.ended_at,
    )
