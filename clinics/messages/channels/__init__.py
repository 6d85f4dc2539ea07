"""The ways a message goes. Each is opened for one run of sending, and closed at its end."""

from clinics.messages.channels.base import Line, Parcel
from clinics.messages.channels.chat import ChatLine
from clinics.messages.channels.email import EmailLine
from clinics.messages.channels.push import PushLine
from clinics.messages.channels.sms import SmsLine
from clinics.models import Channel

__all__ = ["Line", "Parcel", "is_offered", "line_of", "offered"]

LINES: dict[str, type[Line]] = {
    Channel.EMAIL: EmailLine,
    Channel.PUSH: PushLine,
    Channel.CHAT: ChatLine,
    Channel.SMS: SmsLine,
}


def is_offered(channel: str) -> bool:
    """Whether the operator has set it up: a channel whose keys are missing is not offered."""
    return channel in LINES and LINES[channel].is_set_up()


def offered() -> list[str]:
    return [channel for channel in Channel.values if is_offered(channel)]


def line_of(channel: str) -> Line | None:
    return LINES[channel]() if is_offered(channel) else None
