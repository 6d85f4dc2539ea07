"""Reading questionnaires: rounds with their answers, and what a clinician makes of them."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clinics import keys
from patients.models import Patient, QuestionnaireAnswer, QuestionnaireRound
from patients.questionnaire_chart import Chart, chart
from patients.questionnaires import published, scoring
from patients.questionnaires.published import Questionnaire

BANDS: dict[str, str | Promise] = {
    "normal": _("normal"),
    "minimal": _("minimal"),
    "mild": _("mild"),
    "moderate": _("moderate"),
    "moderately_severe": _("moderately severe"),
    "severe": _("severe"),
}
"""The words of the published forms, for clinicians. Patients read none of them."""

SUBSCALES: dict[str, str | Promise] = {"anxiety": _("anxiety"), "depression": _("depression")}
OUT_OF_SIGHT = 200


@dataclass(frozen=True)
class Part:
    """A subscale. `counts`: it reaches the published figure."""

    name: str | Promise
    figure: int
    most: int
    counts: bool


@dataclass(frozen=True)
class Result:
    """One round as a clinician reads it. `values`: what counts; `late`: what came after the end."""

    round: QuestionnaireRound
    form: Questionnaire
    answers: list[QuestionnaireAnswer]
    values: dict[str, int | None]
    change: scoring.Change
    first: int | None
    missing: tuple[str, ...]

    @property
    def band(self) -> str | Promise:
        return BANDS.get(self.round.band, self.round.band)

    @property
    def was_started(self) -> bool:
        return bool(self.answers)

    @property
    def has_total(self) -> bool:
        return self.round.total is not None

    @property
    def parts(self) -> list[Part]:
        rules = self.form.rules
        return [
            Part(
                SUBSCALES[name],
                figure,
                rules.most * len(rules.subscales[name]),
                figure >= rules.subscale_from,
            )
            for name, figure in self.round.subscales.items()
        ]

    @property
    def item_nine(self) -> int | None:
        return self.values.get(self.form.item_nine)

    @property
    def left_item_nine_open(self) -> bool:
        """Begun and ended without it."""
        return (
            bool(self.form.item_nine)
            and self.was_started
            and not self.round.is_open
            and self.item_nine is None
        )

    @property
    def without_item_nine(self) -> int | None:
        """The sum of the other items where only item 9 is missing: not a total, and something to go by."""
        if self.missing != (self.form.item_nine,) or not self.form.item_nine:
            return None
        return sum(value or 0 for item, value in self.values.items() if item in self.form.rules.scored)

    @property
    def late(self) -> list[QuestionnaireAnswer]:
        ended = self.round.ended_at
        return [one for one in self.answers if ended is not None and one.answered_at > ended]

    @property
    def figures(self) -> list[tuple[str, int | None]]:
        """Each question with its number, for a form without a total."""
        return [(item.text, self.values.get(item.number)) for item in self.form.text.items]


@dataclass(frozen=True)
class Series:
    """One questionnaire over time, newest first."""

    form: Questionnaire
    results: list[Result]
    chart: Chart | None
    item_nine: list[QuestionnaireAnswer]


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


@dataclass(frozen=True)
class Newest:
    """The newest total of one form, for the page of the patient."""

    round: QuestionnaireRound
    form: Questionnaire

    @property
    def band(self) -> str | Promise:
        return BANDS.get(self.round.band, self.round.band)


def newest_totals(patient: Patient) -> list[Newest]:
    """Of each form that makes one; without opening an answer."""
    rounds = QuestionnaireRound.objects.filter(patient=patient).with_total()
    newest = {one.questionnaire: one for one in rounds.order_by("ended_at")}
    return [Newest(newest[name], form) for name, form in published.questionnaires().items() if name in newest]


def series_of(patient: Patient) -> list[Series]:
    """All questionnaires this patient was ever asked."""
    rounds = list(
        QuestionnaireRound.objects.filter(patient=patient).order_by("-due_on", "-opened_at")[:OUT_OF_SIGHT]
    )
    said = answers_of(rounds)
    found = []
    for name, form in published.questionnaires().items():
        own = [one for one in rounds if one.questionnaire == name]
        if own:
            found.append(_series(patient, form, own, said))
    return found


def _series(
    patient: Patient,
    form: Questionnaire,
    rounds: list[QuestionnaireRound],
    said: dict[uuid.UUID, list[QuestionnaireAnswer]],
) -> Series:
    totals = [(one.ended_at, one.total) for one in reversed(rounds)]
    known = sorted((at, total) for at, total in totals if at is not None and total is not None)
    most = form.most_total
    steps = [band.low for band in form.rules.bands[1:]]
    return Series(
        form,
        [result_of(one, form, said.get(one.pk, []), known) for one in rounds],
        chart(known, most=most, steps=steps) if most else None,
        last_answers(patient.pk, form.name, form.item_nine) if form.item_nine else [],
    )


def result_of(
    round_: QuestionnaireRound,
    form: Questionnaire,
    answers: list[QuestionnaireAnswer],
    totals: Iterable[tuple[object, int]],
) -> Result:
    """`totals`: when each total of this form was made, and what it was, oldest first."""
    earlier = [total for at, total in totals if round_.ended_at is not None and at < round_.ended_at]  # type: ignore[operator]
    ended = round_.ended_at
    values = {one.item: one.given for one in answers if ended is None or one.answered_at <= ended}
    found = scoring.score(form.rules, values)
    first = earlier[0] if earlier else None
    previous = earlier[-1] if earlier else None
    return Result(
        round_,
        form,
        answers,
        values,
        scoring.change(form.rules, round_.total, first=first, previous=previous),
        first,
        found.missing,
    )
