"""Forms in the demonstration: PHQ-9 and GAD-7 every two weeks, with made-up answers of some patients."""

from datetime import datetime, time, timedelta

from django.utils import timezone

from clinics.models import Clinic, Membership, Role
from patients import services
from patients.models import Patient, QuestionnaireAnswer, QuestionnaireRound
from patients.questionnaires import published, scoring
from patients.services.rounds import SCHEDULE

EVERY_DAYS = 14
TOTALS: dict[str, dict[str, tuple[int | None, ...]]] = {
    "Hugo Hahn": {"phq9": (19, 17, 14, 10, 8, 4), "gad7": (13, 12, 9, 7, 5, 4)},
    "Clara Conrad": {"phq9": (9, 8, None, 11, 14, 16)},
    "Ines Iden": {"phq9": (17, 19, 18, 20), "gad7": (11, 14, 15, 15)},
}
"""Oldest first, the newest ten days ago; None: asked, and not answered. Item 9 is 0 in all of them."""


def use_forms(clinic: Clinic) -> None:
    """As the clinic's administrator would switch them on."""
    admin = Membership.objects.get(clinic=clinic, role=Role.ADMINISTRATOR)
    for name in ("phq9", "gad7"):
        days = published.get(name).schedule
        services.save_plan(
            clinic=clinic,
            questionnaire=name,
            is_on=True,
            every_days=days.every_days,
            late_after_days=days.late_after_days,
            closes_after_days=days.closes_after_days,
            by=admin,
        )


def write(patient: Patient, name: str) -> None:
    """The past of one patient; it raises nothing."""
    for questionnaire, totals in TOTALS.get(name, {}).items():
        for place, total in enumerate(totals):
            ago = 10 + EVERY_DAYS * (len(totals) - 1 - place)
            _round(patient, questionnaire, total, timezone.now() - timedelta(days=ago))


def _round(patient: Patient, questionnaire: str, total: int | None, at: datetime) -> None:
    form = published.get(questionnaire)
    days, text = form.schedule, form.texts[published.FIRST_LANGUAGE]
    opened_at = datetime.combine(at.date(), time(6), at.tzinfo)
    closes_at = opened_at + timedelta(days=days.closes_after_days)
    answered_at = opened_at + timedelta(hours=14)
    values = _spread(form.rules, total) if total is not None else {}
    score = scoring.score(form.rules, values)
    is_answered = total is not None
    round_ = QuestionnaireRound.objects.create(
        clinic_id=patient.clinic_id,
        patient=patient,
        questionnaire=questionnaire,
        language=text.language,
        text_sha256=text.sha256,
        opened_by=SCHEDULE.actor_label,
        opened_at=opened_at,
        due_on=at.date(),
        late_at=opened_at + timedelta(days=days.late_after_days),
        closes_at=closes_at,
        state=QuestionnaireRound.State.FINISHED if is_answered else QuestionnaireRound.State.CLOSED,
        ended_at=answered_at if is_answered else closes_at,
        total=score.total,
        band=score.band or "",
    )
    for number, (item, value) in enumerate(values.items(), start=1):
        QuestionnaireAnswer(
            clinic_id=patient.clinic_id,
            patient=patient,
            round=round_,
            item=item,
            value=str(value),
            number=number,
            answered_at=answered_at,
            saved_at=answered_at,
            door=QuestionnaireAnswer.Door.PAGE,
            saved_by=patient.actor_label,
            idempotency_key=f"demo-{number}",
        ).save(force_insert=True)


def _spread(rules: scoring.Rules, total: int) -> dict[str, int | None]:
    """A total over the questions, item 9 at 0."""
    asked = [item for item in rules.scored if item != rules.item_nine]
    whole, rest = divmod(total, len(asked))
    values: dict[str, int | None] = {item: min(3, whole + (n < rest)) for n, item in enumerate(asked)}
    return values | ({rules.item_nine: 0} if rules.item_nine else {})
