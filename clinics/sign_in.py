"""What a session must show before a member reaches a clinic: a second factor, and that somebody is there.

All of it is read from the session's own content, so pages and sockets ask the same functions. What is missing
counts against the session.
"""

import time
import uuid
from collections.abc import Mapping, MutableMapping
from enum import StrEnum
from typing import Any

from allauth.mfa.models import Authenticator
from django.http import HttpRequest

from clinics import second_factor, signals
from clinics.models import User

LONGEST_SECONDS = 12 * 3600
IDLE_SECONDS = 15 * 60
PIN_IDLE_SECONDS = 2 * 60
NOTED_EVERY_SECONDS = 15
"""A page of a busy minute does not write the session again; a lock comes at most so much early."""

SIGNED_IN_AT = "moodvision_signed_in_at"
SEEN_AT = "moodvision_seen_at"
IS_LOCKED = "moodvision_is_locked"
IDLE_LIMIT = "moodvision_idle_limit"
SECOND_FACTOR_OF = "moodvision_second_factor_of"
LET_IN_BY = "moodvision_let_in_by"
"""The person and the one clinic whose colleague stood in for their second factor."""
ON_CALL_UNLOCK = "on_call_unlock"

Content = Mapping[str, Any]


class Hindrance(StrEnum):
    """Why somebody who is signed in does not reach a page of a clinic yet."""

    SECOND_FACTOR = "second_factor_required"
    LOCKED = "locked"
    NOT_FRESH = "not_confirmed_again"


def is_over(content: Content) -> bool:
    """A session ends after twelve hours, however busy it was."""
    return bool(time.time() - content.get(SIGNED_IN_AT, 0.0) > LONGEST_SECONDS)


def can_lock(content: Content) -> bool:
    """Whether this session is one that locks: of somebody with a second factor, or of a portal with a PIN."""
    return SECOND_FACTOR_OF in content or LET_IN_BY in content or IDLE_LIMIT in content


def is_locked(content: Content) -> bool:
    """Locked by hand, or because nobody asked for a page for a quarter of an hour, or for the time chosen."""
    idle_seconds = content.get(IDLE_LIMIT, IDLE_SECONDS)
    return bool(content.get(IS_LOCKED)) or time.time() - content.get(SEEN_AT, 0.0) > idle_seconds


def has_shown_factor(content: Content, user_id: uuid.UUID) -> bool:
    """A factor of their own, which counts everywhere."""
    return bool(content.get(SECOND_FACTOR_OF) == str(user_id))


def is_let_in(content: Content, user_id: uuid.UUID, clinic_id: uuid.UUID) -> bool:
    """Whether a colleague of this clinic stood in for the factor. Their word counts in no other."""
    return bool(content.get(LET_IN_BY) == f"{user_id}:{clinic_id}")


def rests_on_a_colleague(content: Content, user_id: uuid.UUID) -> bool:
    """Signed in by somebody's word and by no factor: it changes no account and opens no portal."""
    return LET_IN_BY in content and not has_shown_factor(content, user_id)


def hindrance(
    content: Content, user_id: uuid.UUID, clinic_id: uuid.UUID, *, is_enrolled: bool
) -> Hindrance | None:
    """What keeps this member's session out of a clinic, if anything. `is_enrolled`: has a factor now."""
    has_shown = has_shown_factor(content, user_id) or is_let_in(content, user_id, clinic_id)
    if not is_enrolled or not has_shown:
        return Hindrance.SECOND_FACTOR
    return Hindrance.LOCKED if is_locked(content) else None


def note_presence(session: MutableMapping[str, Any]) -> None:
    """Somebody is there."""
    if time.time() - session.get(SEEN_AT, 0.0) > NOTED_EVERY_SECONDS:
        session[SEEN_AT] = time.time()


def lock(session: MutableMapping[str, Any]) -> None:
    session[IS_LOCKED] = True


def shorten(session: MutableMapping[str, Any]) -> None:
    """This person chose a PIN: two minutes, until they sign in again without one."""
    if session.get(IDLE_LIMIT) != PIN_IDLE_SECONDS:
        session[IDLE_LIMIT] = PIN_IDLE_SECONDS


def unlock(session: MutableMapping[str, Any]) -> None:
    session[SEEN_AT] = time.time()
    session.pop(IS_LOCKED, None)


def begin(*, request: HttpRequest, **kwargs: Any) -> None:
    """On Django's `user_logged_in`."""
    request.session[SIGNED_IN_AT] = request.session[SEEN_AT] = time.time()
    request.session.pop(IS_LOCKED, None)


def note_step(
    *, request: HttpRequest, user: User, method: str, reauthenticated: bool = False, **kwargs: Any
) -> None:
    """On allauth's `authentication_step_completed`: a password or a second factor was right."""
    if method == "mfa" and kwargs.get("type") == ON_CALL_UNLOCK:
        request.session[LET_IN_BY] = f"{user.pk}:{kwargs['clinic']}"
    elif method == "mfa":
        request.session[SECOND_FACTOR_OF] = str(user.pk)
    if reauthenticated:
        _unlock(request, user)


def _unlock(request: HttpRequest, user: User) -> None:
    was_locked = is_locked(request.session)
    unlock(request.session)
    if was_locked:
        request.session.save()  # before the screens look
        signals.sign_ins_changed.send(sender=User, user_id=user.pk)


def note_enrolment(*, request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    """On allauth's `authenticator_added`: adding a factor proves that one holds it."""
    if authenticator.type in second_factor.FACTORS:
        second_factor.spend_enrolment(authenticator)
        request.session[SECOND_FACTOR_OF] = str(user.pk)
