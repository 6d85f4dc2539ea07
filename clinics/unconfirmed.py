"""Accounts whose address nobody ever confirmed: a typing error, or somebody else's mailbox."""

from datetime import timedelta

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from clinics import access_log
from clinics.access_log import System
from clinics.models import User

KEPT_DAYS = 30


def remove_old() -> int:
    """Those that never signed in; how many. One that a record or a membership names stays."""
    since = timezone.now() - timedelta(days=KEPT_DAYS)
    old = User.objects.filter(date_joined__lt=since, last_login=None, emailaddress__verified=False)
    found = list(old.exclude(emailaddress__verified=True).distinct())
    removed = sum(_remove(user) for user in found)
    if removed:
        access_log.record_on_platform(
            "account.unconfirmed_removed", by=System("unconfirmed_accounts"), accounts=removed
        )
    return removed


def _remove(user: User) -> bool:
    """Outside of every clinic no row can be seen that names an account: the database itself says no."""
    try:
        with transaction.atomic():
            user.delete()
            connection.check_constraints()
    except IntegrityError:
        return False
    return True
