"""How high each patient's newest questionnaires lie, as triage sorts by them."""

import uuid
from collections.abc import Iterable
from datetime import timedelta

from django.utils import timezone

from patients.models import QuestionnaireRound
from scoring.queries.rule_facts import band_rank

NEWEST_DAYS = 28
WARNING_BAND = {"phq9": 3, "phq8": 3, "gad7": 3, "phq4": 3}
"""From this band on (moderately severe, or the highest of a shorter form) as high as the warning line."""

INTERVENTION_BAND = {"phq9": 4, "phq8": 4}
"""Severe."""


def questionnaire_heights(patient_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
    """0 is left out; 1: as high as the warning line, 2: as high as the intervention line. Of each form the
    newest total counts, and of all forms the highest."""
    since = timezone.now() - timedelta(days=NEWEST_DAYS)
    rows = (
        QuestionnaireRound.objects.with_total()
        .filter(patient__in=list(patient_ids), ended_at__gt=since)
        .order_by("patient_id", "questionnaire", "-ended_at")
        .distinct("patient_id", "questionnaire")
    )
    found: dict[uuid.UUID, int] = {}
    for patient_id, name, band in rows.values_list("patient_id", "questionnaire", "band"):
        height = height_of(name, band_rank(name, band))
        if height:
            found[patient_id] = max(height, found.get(patient_id, 0))
    return found


def height_of(questionnaire: str, rank: int) -> int:
    never = 99
    if rank >= INTERVENTION_BAND.get(questionnaire, never):
        return 2
    return 1 if rank >= WARNING_BAND.get(questionnaire, never) else 0
