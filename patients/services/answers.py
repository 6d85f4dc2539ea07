"""Answers to questionnaires: each is kept as given, once, by whatever door, and told of in its transaction.

Nothing that is wrong elsewhere in a form keeps a good answer out: what cannot be kept is refused alone, and
beside it the rest is saved. An answer that arrives late, or when the round is over, is kept and told of like
any other, and marked late. A change of mind is a further row.
"""

import logging
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clinics import access_log
from clinics.access_log import Actor
from patients import signals
from patients.locks import lock_patients
from patients.models import Patient, QuestionnaireAnswer, QuestionnaireRound
from patients.models.questionnaires import LEFT_OPEN
from patients.questionnaires import published
from patients.questionnaires.published import Questionnaire
from patients.services.rounds import counted, rescore

logger = logging.getLogger(__name__)
CLOCK_TOLERANCE = timedelta(minutes=5)
KEY_LIMIT = 80
Door = QuestionnaireAnswer.Door

REASONS: dict[str, str | Promise] = {
    "unknown_item": _("This question is not part of the form."),
    "out_of_range": _("Please choose one of the answers."),
}


@dataclass(frozen=True)
class GivenAnswer:
    """One answer as it came in. `value` None: left open on purpose; what is no number is no answer.

    `answered_at`: the person's own moment, where their device tells. `key`: the device's, against sending
    twice.
    """

    item: str
    value: object
    answered_at: datetime | None = None
    key: str = ""


@dataclass(frozen=True)
class KeptAnswer:
    """`is_new`: this call made it; otherwise its key had brought it before."""

    answer: QuestionnaireAnswer
    is_new: bool


@dataclass(frozen=True)
class RefusedAnswer:
    item: str
    code: str
    key: str = ""

    @property
    def message(self) -> str:
        return str(REASONS[self.code])


@dataclass
class SavedAnswers:
    kept: list[KeptAnswer] = field(default_factory=list)
    refused: list[RefusedAnswer] = field(default_factory=list)

    def has_new(self, item: str) -> bool:
        """Whether this call kept a number above 0 for an item."""
        return any(
            one.is_new and one.answer.item == item and (one.answer.given or 0) > 0 for one in self.kept
        )


@transaction.atomic
def save_answers(
    *, patient: Patient, round_id: uuid.UUID, given: Sequence[GivenAnswer], door: Door, by: Actor
) -> SavedAnswers:
    """Keeps what is an answer and refuses what is none, one by one; item 9 is kept first.

    Raises QuestionnaireRound.DoesNotExist where the round is not this patient's: the gate asks before.
    """
    patient = lock_patients([patient.pk])[patient.pk]  # first lock: a double submit waits here
    round_ = QuestionnaireRound.objects.get(pk=round_id, patient=patient)
    form = published.get(round_.questionnaire)
    saved = SavedAnswers()
    for one in sorted(given, key=lambda one: one.item != form.item_nine):
        if (code := _refusal(form, one)) is not None:
            saved.refused.append(RefusedAnswer(one.item, code, one.key))
            continue
        saved.kept.append(_keep(round_, patient, one, door, by))
    new = [one.answer for one in saved.kept if one.is_new]
    if new:
        access_log.record(
            "questionnaire.answered",
            by=by,
            patient_id=patient.pk,
            objects=[round_.pk, *(answer.pk for answer in new)],
            door=str(door),
        )
        for answer in new:
            _tell(round_, answer)
        if not round_.is_open and counted(round_, new):
            _score_anew(round_)
    return saved


def _score_anew(round_: QuestionnaireRound) -> None:
    """What fails in here costs no answer: those are kept, and told of, before."""
    try:
        with transaction.atomic():
            rescore(round_)
    except Exception as error:
        logger.error("Round %s was not scored anew: %s", round_.pk, type(error).__name__)


def repeats(answers: Iterable[QuestionnaireAnswer], one: GivenAnswer) -> bool:
    """Whether a page sends again what stands already: a form shows it and sends all of itself."""
    newest = {answer.item: answer for answer in answers}
    return one.item in newest and newest[one.item].given == one.value


def _refusal(form: Questionnaire, one: GivenAnswer) -> str | None:
    item = form.text.item(one.item)
    if item is None:
        return "unknown_item"
    if one.value is None:
        return None
    is_whole = isinstance(one.value, int) and not isinstance(one.value, bool)
    return None if is_whole and 0 <= one.value < len(item.answers) else "out_of_range"  # type: ignore[operator]


def _keep(
    round_: QuestionnaireRound, patient: Patient, one: GivenAnswer, door: Door, by: Actor
) -> KeptAnswer:
    key = one.key[:KEY_LIMIT]
    if key and (known := QuestionnaireAnswer.objects.filter(round=round_, idempotency_key=key).first()):
        if known.item == one.item and known.given == one.value:
            return KeptAnswer(known, is_new=False)
        key = ""  # used for another answer: a mistake of the device, which must not cost this one
    now = timezone.now()
    answered_at, is_doubtful = _moment(round_, one.answered_at, now)
    newest = QuestionnaireAnswer.objects.filter(round=round_).aggregate(newest=Max("number"))["newest"] or 0
    answer = QuestionnaireAnswer(
        clinic_id=round_.clinic_id,
        patient=patient,
        round=round_,
        item=one.item,
        value=LEFT_OPEN if one.value is None else str(one.value),
        number=newest + 1,
        answered_at=answered_at,
        saved_at=now,
        door=door,
        saved_by=by.actor_label,
        idempotency_key=key or uuid.uuid4().hex,
        is_late=now >= round_.late_at or not round_.is_open,
        is_clock_doubtful=is_doubtful,
    )
    answer.save(force_insert=True)
    return KeptAnswer(answer, is_new=True)


def _moment(round_: QuestionnaireRound, said: datetime | None, now: datetime) -> tuple[datetime, bool]:
    """The person's moment where it can be true; a wrong clock costs no answer."""
    if said is None:
        return now, False
    if said.utcoffset() is None or not round_.opened_at - CLOCK_TOLERANCE <= said <= now + CLOCK_TOLERANCE:
        return now, True
    return min(said, now), False


def _tell(round_: QuestionnaireRound, answer: QuestionnaireAnswer) -> None:
    signals.answer_saved.send(
        sender=QuestionnaireAnswer,
        clinic_id=answer.clinic_id,
        patient_id=answer.patient_id,
        questionnaire=round_.questionnaire,
        round_id=round_.pk,
        answer_id=answer.pk,
        item=answer.item,
        value=answer.given,
        at=answer.answered_at,
        door=str(answer.door),
        is_late=answer.is_late,
    )
