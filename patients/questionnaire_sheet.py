"""A questionnaire as a page shows it and takes it back."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.http import QueryDict

from patients.models import QuestionnaireAnswer, QuestionnaireRound
from patients.questionnaires import published
from patients.questionnaires.published import FormText, Item
from patients.services import GivenAnswer, RefusedAnswer

OPEN = "open"
"""What the button sends that leaves a question open."""


@dataclass(frozen=True)
class Choice:
    value: int
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class Question:
    """One item with what stands there. `answer`: in words; empty: nothing was chosen."""

    item: Item
    place: int
    choices: tuple[Choice, ...]
    answer: str
    was_left_open: bool
    error: str

    @property
    def field(self) -> str:
        return field_of(self.item.number)

    @property
    def is_scale(self) -> bool:
        return len(self.choices) > 5


def field_of(number: str) -> str:
    return f"item-{number}"


def text_of(round_: QuestionnaireRound) -> FormText:
    """The words in the language in which this round was asked."""
    return published.get(round_.questionnaire).texts[round_.language]


def questions(
    round_: QuestionnaireRound,
    answers: Iterable[QuestionnaireAnswer],
    refused: Iterable[RefusedAnswer] = (),
) -> list[Question]:
    newest = {answer.item: answer for answer in answers}
    errors = {one.item: one.message for one in refused}
    return [
        _question(item, place, newest.get(item.number), errors.get(item.number, ""))
        for place, item in enumerate(text_of(round_).items, start=1)
    ]


def _question(item: Item, place: int, answer: QuestionnaireAnswer | None, error: str) -> Question:
    given = answer.given if answer is not None else None
    choices = tuple(Choice(value, label, value == given) for value, label in enumerate(item.answers))
    is_open = answer is not None and given is None
    return Question(item, place, choices, item.answer(given), is_open, error)


def sent_back(round_: QuestionnaireRound, body: QueryDict, key: str) -> Iterator[GivenAnswer]:
    """Every answer in a posted page; one field may carry two, and both are kept."""
    for item in text_of(round_).items:
        for nth, text in enumerate(body.getlist(field_of(item.number))):
            own = f"{key}-{item.number}-{nth}" if key else ""
            yield GivenAnswer(item=item.number, value=as_value(text), key=own)


def as_value(sent: object) -> object:
    """A number that came as text; "open" is None. What is neither stays, for the service to refuse."""
    if sent == OPEN:
        return None
    if isinstance(sent, str) and sent.isascii() and sent.isdigit() and len(sent) < 4:
        return int(sent)
    return sent
