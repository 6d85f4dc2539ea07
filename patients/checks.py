"""What people read and what the law allows are data: a start without them, or with edited ones, stops."""

from collections.abc import Iterable
from typing import Any

from django.core.checks import CheckMessage, Error, register

from clinics.jurisdictions import jurisdictions
from patients import texts
from patients.models import Notice, Purpose
from patients.questionnaires import published


@register()
def texts_are_whole(**kwargs: Any) -> list[CheckMessage]:
    """Every purpose and notice has its words, unedited since they were published."""
    try:
        missing = _missing(Purpose.values, texts.consent_texts()) + _missing(
            Notice.values, texts.notice_texts()
        )
    except (texts.TextChanged, ValueError, KeyError) as error:
        return [Error(str(error), id="patients.E001")]
    return [Error(f"There is no text about {name}.", id="patients.E001") for name in missing]


@register()
def questionnaires_are_as_published(**kwargs: Any) -> list[CheckMessage]:
    """A published form with a changed word is one that nobody has validated."""
    try:
        published.questionnaires()
    except (published.FormChanged, ValueError, KeyError, TypeError) as error:
        return [Error(str(error), id="patients.E003")]
    return []


@register()
def policies_are_whole(**kwargs: Any) -> list[CheckMessage]:
    """A rule about a purpose nobody knows is a typing error, and would leave the real one without a rule."""
    unknown = [
        f"{place.code}: {purpose}"
        for place in jurisdictions().values()
        for purpose in _missing(place.rules, Purpose.values)
    ]
    return [
        Error(f"A rule about a purpose that does not exist ({name}).", id="patients.E002") for name in unknown
    ]


def _missing(wanted: Iterable[str], there: Iterable[str]) -> list[str]:
    return sorted(set(wanted) - set(there))
