"""What allauth tells of an account, as actions of the access log; connected in moodvision/pipeline.py.

Ids and kinds only: neither an address nor the name somebody gave a key.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from allauth.account import signals as account
from allauth.account.models import EmailAddress
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from django.dispatch import Signal

from clinics.models import User
from clinics.signals import sessions_ended
from patients import services


def _log(action: str, *, user: User, **kwargs: Any) -> None:
    services.record_account_change(user=user, action=action)


def _log_factor(action: str, *, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    services.record_account_change(user=user, action=action, factor=str(authenticator.type))


def _log_use(*, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    """A recovery code is used up; of the others the sign-in itself tells."""
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        services.record_account_change(user=user, action="account.recovery_code_used")


def _log_confirmed(*, email_address: EmailAddress, **kwargs: Any) -> None:
    services.record_account_change(user=email_address.user, action="account.address_confirmed")


def _log_failure(*, user: User, **kwargs: Any) -> None:
    services.record_failed_second_step(user=user)


def _log_ended(*, user_id: Any, count: int, **kwargs: Any) -> None:
    services.record_ended_sessions(user=User.objects.get(pk=user_id), count=count)


RECEIVERS: tuple[tuple[Signal, Callable[..., None]], ...] = (
    (account.password_changed, partial(_log, "account.password_changed")),
    (account.password_set, partial(_log, "account.password_changed")),
    (account.password_reset, partial(_log, "account.password_reset")),
    (account.email_added, partial(_log, "account.address_added")),
    (account.email_removed, partial(_log, "account.address_removed")),
    (account.email_changed, partial(_log, "account.address_changed")),
    (account.email_confirmed, _log_confirmed),
    (mfa.authenticator_added, partial(_log_factor, "account.factor_added")),
    (mfa.authenticator_removed, partial(_log_factor, "account.factor_removed")),
    (mfa.authenticator_reset, partial(_log_factor, "account.factor_renewed")),
    (mfa.authenticator_used, _log_use),
    (mfa.authentication_failed, _log_failure),
    (sessions_ended, _log_ended),
)
