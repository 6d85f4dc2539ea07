"""A channel that is half set up stops the start with a clear line."""

import pytest
from pytest_django import Settings

from clinics import checks

NAMES = ("VAPID_PRIVATE_KEY", "VAPID_CONTACT", "CHAT_WEBHOOK_SECRET", "SMS_ADAPTER")
KEY = "kqzJyFjGvVVuv-oLJ5Gu6M6LLO54-mtqMcXJHY0jJ2s"


def ids() -> list[str | None]:
    return [problem.id for problem in checks.message_channels_are_whole()]


def test_nothing_set_up_is_fine(settings: Settings) -> None:
    settings.VAPID_PRIVATE_KEY = settings.VAPID_CONTACT = settings.CHAT_WEBHOOK_SECRET = (
        settings.SMS_ADAPTER
    ) = ""
    assert ids() == []


def test_all_set_up_is_fine(settings: Settings) -> None:
    settings.VAPID_PRIVATE_KEY, settings.VAPID_CONTACT = KEY, "mailto:operator@example.org"
    settings.CHAT_WEBHOOK_SECRET = "s" * 32
    settings.SMS_ADAPTER = "clinics.messages.channels.sms.FileAdapter"
    assert ids() == []


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("VAPID_PRIVATE_KEY", KEY, "clinics.E010"),
        ("VAPID_CONTACT", "mailto:operator@example.org", "clinics.E010"),
        ("CHAT_WEBHOOK_SECRET", "short", "clinics.E012"),
        ("SMS_ADAPTER", "nowhere.Adapter", "clinics.E013"),
        ("SMS_ADAPTER", "builtins.object", "clinics.E013"),
    ],
)
def test_half_set_up_is_found(settings: Settings, name: str, value: str, found: str) -> None:
    settings.VAPID_PRIVATE_KEY = settings.VAPID_CONTACT = settings.CHAT_WEBHOOK_SECRET = (
        settings.SMS_ADAPTER
    ) = ""
    setattr(settings, name, value)
    assert ids() == [found]


def test_a_key_that_is_none_is_found(settings: Settings) -> None:
    settings.VAPID_PRIVATE_KEY, settings.VAPID_CONTACT = "AAAA", "mailto:operator@example.org"
    assert "clinics.E011" in ids()
