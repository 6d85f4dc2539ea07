"""The second factor of a sign-in: who has one, and that a code opens the door once.

allauth keeps used codes in the cache for 30 seconds; here the row itself remembers the newest time step that
was used, so a code read over a shoulder opens nothing again, whatever the cache forgets (RFC 6238, 5.2).
It does not look at a security key's counter; here a copy of the key that lags behind opens nothing (Web
Authentication Level 2, 7.2, step 21).
"""

import uuid
from collections.abc import Iterable

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.mfa.utils import decrypt
from django.db import transaction

from clinics.models import User

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
"""Recovery codes replace a lost factor; alone they are none."""


def enrolled_among(user_ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Those of these users who have a second factor."""
    rows = Authenticator.objects.filter(user__in=list(user_ids), type__in=FACTORS)
    return set(rows.values_list("user_id", flat=True))


def is_enrolled(user: User) -> bool:
    return user.pk in enrolled_among([user.pk])


def enrol_totp(user: User, secret: str = "") -> str:
    """An authenticator app and recovery codes for an account made by a program; the app's secret."""
    secret = secret or generate_totp_secret()
    TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    return secret


def code_of(secret: str) -> str:
    """What an authenticator app with this secret shows now."""
    value: str = format_hotp_value(hotp_value(secret, _step_now()))
    return value


@transaction.atomic
def spend(authenticator: Authenticator, code: str) -> bool:
    """Whether this code of an app is newer than all that were used; from now on it is not."""
    row = Authenticator.objects.select_for_update().get(pk=authenticator.pk)
    secret = decrypt(row.data["secret"])
    counter = next((step for step in _steps() if _is_code_at(secret, step, code)), None)
    if counter is None or counter <= row.data.get("last_counter", -1):
        return False
    _remember(row, counter)
    return True


@transaction.atomic
def spend_signature(authenticator: Authenticator, count: int) -> bool:
    """Whether a security key's counter went on since it was last shown; keys that do not count stay at 0."""
    row = Authenticator.objects.select_for_update().get(pk=authenticator.pk)
    last = row.data.get("last_counter", row.wrap().authenticator_data.counter)
    if count <= last and (count or last):
        return False
    _remember(row, count)
    return True


def spend_enrolment(authenticator: Authenticator) -> None:
    """The code that confirmed a new app does not also sign in with it."""
    if authenticator.type == Authenticator.Type.TOTP:
        _remember(authenticator, _step_now())


def _steps() -> list[int]:
    return sorted(yield_hotp_counters_from_time())


def _step_now() -> int:
    steps = _steps()
    return steps[len(steps) // 2]


def _is_code_at(secret: str, step: int, code: str) -> bool:
    return bool(compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, step))))


def _remember(row: Authenticator, counter: int) -> None:
    row.data["last_counter"] = counter
    row.save(update_fields=["data"])
