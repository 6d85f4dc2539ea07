"""What a message says, made as it is sent, in its recipient's language. Nothing about a patient: staff read
the record's number, the age and the state; patients that there is a note."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinics.messages import links
from clinics.messages.kinds import AlertState, Kind
from clinics.messages.recipients import Target
from clinics.models import Message

HOURS_FROM_MINUTES = 120
DAYS_FROM_MINUTES = 48 * 60


@dataclass(frozen=True)
class Words:
    subject: str
    body: str
    link: str
    sender_name: str

    @property
    def short(self) -> str:
        """For channels that hold a line: a text message, a chat."""
        return f"{self.subject} {self.link}".strip()


def write(message: Message, target: Target, now: datetime) -> Words:
    with translation.override(target.language):
        subject, lines = WRITERS[Kind(message.kind)](message, target, now)
        link = links.address(message) if message.to != Message.To.TRUSTED else ""
        if link:
            lines = [*lines, _("Sign in to see it:"), link]
        if target.stop_path:
            lines = [
                *lines,
                _("You do not want these messages? Stop them here:"),
                links.site(target.stop_path),
            ]
        return Words(
            subject, "\n\n".join(lines) + "\n", link or links.site(target.stop_path), target.sender_name
        )


def age(since: datetime | None, now: datetime) -> str:
    """Minutes up to two hours, then hours, then days; never below nothing though a clock was set back."""
    minutes = max(0, int((now - since).total_seconds() // 60)) if since else 0
    if minutes < HOURS_FROM_MINUTES:
        return _("%(minutes)d min") % {"minutes": minutes}
    if minutes < DAYS_FROM_MINUTES:
        return _("%(hours)d h") % {"hours": minutes // 60}
    return _("%(days)d d") % {"days": minutes // (24 * 60)}


Written = tuple[str, list[str]]


def _alert(message: Message, target: Target, now: datetime) -> Written:
    facts = message.facts
    state = AlertState(facts["state"]).label
    subject = f"{facts['number']}, {age(message.since, now)}, {state}"
    return subject, [
        _("An alert of record %(number)d is waiting.") % {"number": facts["number"]},
        _("This message holds nothing else about it. It may have been answered in the meantime."),
    ]


def _digest(message: Message, target: Target, now: datetime) -> Written:
    count = message.facts["count"]
    subject = ngettext("%(n)d warning is waiting", "%(n)d warnings are waiting", count) % {"n": count}
    return subject, [_("None of them is of the urgent kind; you get this once a day.")]


def _test_alert(message: Message, target: Target, now: datetime) -> Written:
    if message.to != Message.To.STAFF:
        return _note(message, target, now)
    return _("Test alert: please confirm"), [
        _("This is how an urgent alert reaches you. No patient is waiting."),
        _("Open the page below to confirm that it arrived."),
    ]


def _rota_empty(message: Message, target: Target, now: datetime) -> Written:
    return _("Nobody is on the rota"), [
        _("An alert found nobody on shift or on call. The lead and the clinicians are being told."),
        _("Please fill the rota."),
    ]


def _undelivered(message: Message, target: Target, now: datetime) -> Written:
    count = message.facts["count"]
    subject = ngettext(
        "%(n)d message could not be delivered", "%(n)d messages could not be delivered", count
    ) % {"n": count}
    return subject, [_("The page of messages says to whom, by which channel and why.")]


def _way_added(message: Message, target: Target, now: datetime) -> Written:
    return _("A way of being written to was added"), [
        _("In your account somebody added a way to write to you, or a person to be written to."),
        _("If that was you, all is well. If not, remove it there and change your password."),
    ]


def _note(message: Message, target: Target, now: datetime) -> Written:
    return _("You have a note"), []


def _reminder(message: Message, target: Target, now: datetime) -> Written:
    lines = [_("This is the reminder that you asked for.")]
    if message.facts.get("has_form"):
        lines.append(
            _("There are a few questions for you as well. Answer as many as you like; there is no hurry.")
        )
    return _("Whenever you are ready"), lines


def _trusted_ask(message: Message, target: Target, now: datetime) -> Written:
    return _("%(name)s would like to write to you") % {"name": target.sender_name}, [
        target.own_words,
        _("Somebody chose you as a person they trust. Now and then a short message of theirs may reach you."),
        _("Nobody asks you to do anything. Nothing is sent unless you agree."),
    ]


def _trusted(message: Message, target: Target, now: datetime) -> Written:
    return _("A message from %(name)s") % {"name": target.sender_name}, [target.own_words]


WRITERS: dict[Kind, Callable[[Message, Target, datetime], Written]] = {
    Kind.ALERT: _alert,
    Kind.DIGEST: _digest,
    Kind.TEST_ALERT: _test_alert,
    Kind.ROTA_EMPTY: _rota_empty,
    Kind.UNDELIVERED: _undelivered,
    Kind.WAY_ADDED: _way_added,
    Kind.NOTE: _note,
    Kind.REMINDER: _reminder,
    Kind.TRUSTED_ASK: _trusted_ask,
    Kind.TRUSTED: _trusted,
}
