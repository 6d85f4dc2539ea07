"""E-mail by Django's backend: plain text, one recipient, one connection for a run."""

import contextlib
import smtplib
from email.utils import formataddr, parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from clinics.messages.channels.base import Line, Parcel
from clinics.messages.outcomes import Accepted, ChannelDown, InDoubt, NotNow, RefusedForGood

FOR_GOOD = 500


class EmailLine(Line):
    def __init__(self) -> None:
        self._backend: Any = None
        self._has_handed_over = False

    @classmethod
    def is_set_up(cls) -> bool:
        return bool(settings.EMAIL_BACKEND)

    def send(self, parcel: Parcel) -> Accepted:
        try:
            self._open()
        except (OSError, smtplib.SMTPException):
            self.close()
            raise ChannelDown("mail_server_unreachable") from None
        self._has_handed_over = False
        try:
            self._backend.send_messages([_mail(parcel)])
        except smtplib.SMTPRecipientsRefused as error:
            code = max(code for code, _answer in error.recipients.values())
            raise _refused(code, "address_refused") from None
        except smtplib.SMTPDataError as error:
            raise _refused(error.smtp_code, "message_refused") from None
        except UnicodeError:
            raise RefusedForGood("address_unusable") from None
        except (OSError, smtplib.SMTPException):
            self.close()
            if self._has_handed_over:
                raise InDoubt("mail_server_went_silent") from None
            raise ChannelDown("mail_server_failed") from None
        return Accepted()

    def close(self) -> None:
        backend, self._backend = self._backend, None
        if backend is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                backend.close()

    def _open(self) -> None:
        """Anew where the server has closed an idle line."""
        if self._backend is None:
            self._backend = get_connection()
        self._backend.open()
        smtp = getattr(self._backend, "connection", None)
        if isinstance(smtp, smtplib.SMTP) and not hasattr(smtp, "moodvision_data"):
            self._watch(smtp)

    def _watch(self, smtp: smtplib.SMTP) -> None:
        """Only after the words themselves went out may a broken line mean that they arrived."""
        hand_over = smtp.data

        def data(*args: Any) -> Any:
            self._has_handed_over = True
            return hand_over(*args)

        smtp.data = data  # type: ignore[method-assign, assignment]
        smtp.moodvision_data = True  # type: ignore[attr-defined]


def _refused(code: int, why: str) -> Exception:
    return RefusedForGood(why) if code >= FOR_GOOD else NotNow(why)


def _mail(parcel: Parcel) -> EmailMessage:
    """The Message-ID is the row's: a mail that went twice is one mail to a program that compares."""
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    sender = formataddr((parcel.words.sender_name or name, address))
    headers = {"Message-ID": f"<{parcel.id}@{address.partition('@')[2] or 'localhost'}>"}
    headers["Auto-Submitted"] = "auto-generated"
    return EmailMessage(parcel.words.subject, parcel.words.body, sender, [parcel.address], headers=headers)
