"""Mails about who signs in for a record, to whom it may concern. No clinic's name, nothing clinical."""

from django.core.mail import send_mail
from django.utils.translation import gettext as _

from clinics.after_commit import after_commit


def tell_of_link(address: str) -> None:
    """To the address that the clinic wrote down, where another one joined."""
    _send(
        address,
        _("An account was connected"),
        _(
            "An account with another e-mail address was connected to a record that names this address. If "
            "that was you, all is well. If not, please tell the place that keeps your record, as soon as you "
            "can: they can undo it."
        ),
    )


def tell_of_end(address: str) -> None:
    """To the account that is no longer connected."""
    _send(
        address,
        _("Your account was disconnected"),
        _(
            "Your account is no longer connected to a record it was connected to. If you did not expect "
            "that, please ask the place that keeps your record."
        ),
    )


def _send(address: str, subject: str, body: str) -> None:
    after_commit(send_mail, subject, body + "\n", None, [address])
