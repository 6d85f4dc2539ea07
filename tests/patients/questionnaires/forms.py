"""A clinic that uses a questionnaire, and a round of it."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.dispatch import Signal
from django.utils import timezone

from clinics import cover, tenancy
from clinics.models import Clinic
from patients import services
from patients.models import Patient, QuestionnaireAnswer, QuestionnairePlan, QuestionnaireRound
from patients.questionnaires import published
from patients.services import GivenAnswer, SavedAnswers
from tests.clinics.factories import make_member, ready_for_item_nine

Door = QuestionnaireAnswer.Door


def make_ready_for_item_nine(clinic: Clinic) -> None:
    """What must exist before a PHQ-9 may be asked."""
    with tenancy.enter(clinic.pk):
        if not cover.missing_for_item_nine(clinic):
            return
    lead, deputy = (make_member(clinic, "clinician", name) for name in ("Lena Lead", "Dan Deputy"))
    ready_for_item_nine(clinic, lead, deputy)


def switch_on(clinic: Clinic, questionnaire: str = "phq9", **days: int) -> None:
    if questionnaire == "phq9":
        make_ready_for_item_nine(clinic)
    usual = published.get(questionnaire).schedule
    chosen = {
        "every_days": usual.every_days,
        "late_after_days": usual.late_after_days,
        "closes_after_days": usual.closes_after_days,
        **days,
    }
    with tenancy.enter(clinic.pk):
        QuestionnairePlan.objects.update_or_create(
            clinic=clinic, questionnaire=questionnaire, defaults={"is_on": True, **chosen}
        )


def make_round(patient: Patient, questionnaire: str = "phq9") -> QuestionnaireRound:
    """An open one, of a clinic that uses this form."""
    switch_on(patient.clinic, questionnaire)
    with tenancy.enter(patient.clinic_id):
        services.open_due_rounds(patient=patient)
        return QuestionnaireRound.objects.open().get(patient=patient, questionnaire=questionnaire)


def answer(
    round_: QuestionnaireRound,
    values: dict[str, Any],
    *,
    at: datetime | None = None,
    key: str = "",
    door: Door = Door.API,
) -> SavedAnswers:
    """By the patient; `key` of a single answer."""
    given = [GivenAnswer(item=item, value=value, answered_at=at, key=key) for item, value in values.items()]
    with tenancy.enter(round_.clinic_id):
        patient = Patient.objects.get(pk=round_.patient_id)
        return services.save_answers(patient=patient, round_id=round_.pk, given=given, door=door, by=patient)


def finish(round_: QuestionnaireRound) -> QuestionnaireRound:
    with tenancy.enter(round_.clinic_id):
        patient = Patient.objects.get(pk=round_.patient_id)
        return services.finish_questionnaire(patient=patient, round_id=round_.pk, by=patient)


def finished_round(patient: Patient, total: int, *, questionnaire: str = "phq9") -> QuestionnaireRound:
    """Sent now, with this total; due so long ago that the next one is due."""
    round_ = make_round(patient, questionnaire)
    answer(round_, spread(total, questionnaire))
    ended = finish(round_)
    with tenancy.enter(patient.clinic_id):
        long_ago = timezone.now() - timedelta(days=20)
        QuestionnaireRound.objects.filter(pk=ended.pk).update(
            due_on=long_ago.date(), opened_at=long_ago, ended_at=long_ago
        )
        return QuestionnaireRound.objects.get(pk=ended.pk)


def spread(total: int, questionnaire: str = "phq9") -> dict[str, int]:
    """Answers that make this total, item 9 the last to be above 0."""
    left, values = total, {}
    for item in published.get(questionnaire).rules.scored:
        values[item] = min(3, left)
        left -= values[item]
    return values


@contextmanager
def heard(signal: Signal) -> Iterator[list[dict[str, Any]]]:
    """What a signal said meanwhile."""
    said: list[dict[str, Any]] = []

    def listen(**kwargs: Any) -> None:
        said.append({name: value for name, value in kwargs.items() if name not in {"signal", "sender"}})

    uid = uuid.uuid4().hex
    signal.connect(listen, weak=False, dispatch_uid=uid)
    try:
        yield said
    finally:
        signal.disconnect(dispatch_uid=uid)
