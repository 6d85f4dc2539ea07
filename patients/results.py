"""Reading questionnaires: rounds with their answers, and what a clinician makes of them."""

import uuid
from collections import defaultdict
from collections.abc import Iterable

from clinics import keys
from patients.models import Patient, QuestionnaireAnswer, QuestionnaireRound


def own_rounds(patient: Patient) -> list[QuestionnaireRound]:
    """Newest first, without those that passed unanswered."""
    answered = QuestionnaireAnswer.objects.filter(patient=patient).values("round")
    rounds = QuestionnaireRound.objects.filter(patient=patient).order_by("-due_on", "-opened_at")
    return list(rounds.filter(state=QuestionnaireRound.State.OPEN) | rounds.filter(pk__in=answered))


def answers_of(rounds: Iterable[QuestionnaireRound]) -> dict[uuid.UUID, list[QuestionnaireAnswer]]:
    """Of each round all that was said, in the order in which it was said."""
    rows = QuestionnaireAnswer.objects.filter(round__in=list(rounds)).order_by("answered_at", "number")
    found: dict[uuid.UUID, list[QuestionnaireAnswer]] = defaultdict(list)
    for row in rows:
        found[row.round_id].append(row)
    keys.preload(row.sealed_under() for group in found.values() for row in group)
    return dict(found)


def last_answers(
    patient_id: uuid.UUID, questionnaire: str, item: str, limit: int = 3
) -> list[QuestionnaireAnswer]:
    """The newest answers to one question over all rounds, newest first; those left open too."""
    rows = QuestionnaireAnswer.objects.filter(
        patient=patient_id, item=item, round__questionnaire=questionnaire
    ).order_by("-answered_at", "-number")
    found = list(rows.select_related("round")[:limit])
    keys.preload(row.sealed_under() for row in found)
    return found
