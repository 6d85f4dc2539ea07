"""What follows a commit may fail: nobody who asked meets it, and no address comes into the log."""

import smtplib
from unittest import mock

import pytest
from django.db import transaction

from clinics.after_commit import after_commit


@pytest.mark.django_db(transaction=True)
def test_a_failure_reaches_the_log_by_its_name_alone(caplog: pytest.LogCaptureFixture) -> None:
    refused = smtplib.SMTPRecipientsRefused({"olga@north.example": (550, b"no")})
    send, ring = mock.Mock(side_effect=refused), mock.Mock()
    send.__name__, ring.__name__ = "send_mail", "ring"
    with transaction.atomic():
        after_commit(send, "subject")
        after_commit(ring, 7)
    ring.assert_called_once_with(7)
    assert "send_mail failed after a commit: SMTPRecipientsRefused" in caplog.text
    assert "olga" not in caplog.text


@pytest.mark.django_db(transaction=True)
def test_nothing_follows_what_was_rolled_back() -> None:
    ring = mock.Mock()
    with transaction.atomic():
        after_commit(ring)
        transaction.set_rollback(True)
    ring.assert_not_called()
