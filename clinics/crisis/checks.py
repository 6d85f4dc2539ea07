"""A start says which crisis numbers nobody has looked up for 90 days; it stops on what is no number."""

import logging
from typing import Any

from django.core.checks import CheckMessage, Error, Info, register
from django.utils import timezone

from clinics.crisis import directory

logger = logging.getLogger(__name__)


@register()
def numbers_are_whole(**kwargs: Any) -> list[CheckMessage]:
    try:
        found = directory.countries().values()
    except (ValueError, KeyError, TypeError) as error:
        return [Error(f"The crisis numbers cannot be read: {error}", id="clinics.E002")]
    doubles = directory.double_zones(found)
    return [Error(f"Two countries claim the time zone {zone}.", id="clinics.E003") for zone in doubles]


@register()
def numbers_are_fresh(**kwargs: Any) -> list[CheckMessage]:
    """No more than told: a date that passes must not turn a build red that changed nothing."""
    hint = "Look it up, and write today's date beside it: docs/crisis.md"
    return [Info(sentence, hint=hint, id="clinics.I001") for sentence in overdue_sentences()]


def warn_operator() -> list[str]:
    """Once a day: a program that runs for months does not read its checks again."""
    found = overdue_sentences()
    for sentence in found:
        logger.warning("%s", sentence)
    return found


def overdue_sentences() -> list[str]:
    try:
        found = directory.overdue(timezone.now().date())
    except (ValueError, KeyError, TypeError):
        return []  # said by the other check
    return [
        f"Crisis number {number.name} ({country.name}) was last looked up on {number.checked_on:%d %B %Y}."
        for country, number in found
    ]
