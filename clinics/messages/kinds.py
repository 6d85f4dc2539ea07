"""The kinds of messages, and what each may say: nothing else gets into the outbox.

A new kind is added here and in words.py, a new state of an alert here. No fact names or describes a patient:
the record number is a pseudonym, a path asks for sign-in, all else is a number, a moment or a code.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinics.models import Message

URGENT_LANES = {"item_9", "call"}
LANES = URGENT_LANES | {"face", "routine"}
PATH = re.compile(r"^/[A-Za-z0-9_][A-Za-z0-9/_.-]*(\?[a-z_]+=[A-Za-z0-9_-]+)?(#[A-Za-z0-9_-]+)?$")


class Kind(models.TextChoices):
    # to members
    ALERT = "alert", _("an alert")
    DIGEST = "digest", _("the day's warnings")
    TEST_ALERT = "test_alert", _("a test alert")
    ROTA_EMPTY = "rota_empty", _("nobody on the rota")
    UNDELIVERED = "undelivered", _("messages that could not be delivered")
    # to members and patients
    WAY_ADDED = "way_added", _("a way of being written to was added")
    # to patients
    NOTE = "note", _("a note")
    REMINDER = "reminder", _("a reminder")
    # to somebody a patient trusts
    TRUSTED_ASK = "trusted_ask", _("whether they want to be written to")
    TRUSTED = "trusted", _("a patient's own words")


class AlertState(models.TextChoices):
    """What a staff subject says of an alert: "4127, 40 min, not taken"."""

    NOT_TAKEN = "not_taken", _("not taken")
    ANSWERED_AGAIN = "answered_again", _("again, not taken")
    OPEN_AGAIN = "open_again", _("open again")
    NOT_REACHED = "not_reached", _("taken, not reached")
    HANDED_TO_YOU = "handed_to_you", _("handed to you, not accepted")
    NOT_ACCEPTED = "not_accepted", _("handed over, not accepted")
    NOT_RESOLVED = "not_resolved", _("reached, not resolved")
    SNOOZE_OVER = "snooze_over", _("put off until now")
    NOTE_UNREAD = "note_unread", _("note not read")


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_moment(value: Any) -> bool:
    try:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def _is_path(value: Any) -> bool:
    return isinstance(value, str) and bool(PATH.match(value)) and len(value) <= 300


def _is_lane(value: Any) -> bool:
    return value in LANES


def _is_alert_state(value: Any) -> bool:
    return value in AlertState.values


Check = Callable[[Any], bool]
FACTS: dict[Kind, dict[str, Check]] = {
    Kind.ALERT: {
        "number": _is_count,
        "since": _is_moment,
        "state": _is_alert_state,
        "lane": _is_lane,
        "path": _is_path,
    },
    Kind.DIGEST: {"count": _is_count, "path": _is_path},
    Kind.TEST_ALERT: {"since": _is_moment, "path": _is_path},
    Kind.ROTA_EMPTY: {"lane": _is_lane, "path": _is_path},
    Kind.UNDELIVERED: {"count": _is_count, "path": _is_path},
    Kind.WAY_ADDED: {"path": _is_path},
    Kind.NOTE: {"path": _is_path},
    Kind.REMINDER: {"path": _is_path, "has_form": _is_flag},
    Kind.TRUSTED_ASK: {},
    Kind.TRUSTED: {},
}
DROPPED_WHEN_LATE = {Kind.REMINDER, Kind.NOTE, Kind.DIGEST, Kind.TRUSTED}
"""Too late, these are dropped without a word; of all others the administrator learns."""


class ForbiddenFactError(ValueError):
    """A fact that this kind of message may not carry, or one that is missing. Its value is not repeated."""


def check(kind: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts as they are stored; ForbiddenFactError for one too many, missing, or of a wrong form."""
    allowed = FACTS[Kind(kind)]
    if wrong := set(facts) ^ set(allowed):
        raise ForbiddenFactError(f"{kind}: {', '.join(sorted(wrong))}")
    plain = {
        name: value.isoformat() if isinstance(value, datetime) else value for name, value in facts.items()
    }
    for name, fits in allowed.items():
        if not fits(plain[name]):
            raise ForbiddenFactError(f"{kind}: {name}")
    return plain


def is_urgent(to: str, kind: str, facts: Mapping[str, Any]) -> bool:
    """Of the lanes that nothing mutes, caps or orders below another; a member's test alert goes the same way.

    Nothing to a patient does: it could hold up what is about another.
    """
    is_alike = kind == Kind.TEST_ALERT or facts.get("lane") in URGENT_LANES
    return to == Message.To.STAFF and is_alike
