"""Whether the processes that must not stand still do run: by a row that they write and others read.

All times are the database's: a host whose clock was set back neither beats into the future nor looks alive.
The operator is told by `manage.py watchdog`, a process of its own that needs neither Celery nor Redis.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from smtplib import SMTPException
from time import monotonic

from django.conf import settings
from django.core.mail import send_mail
from django.db import DatabaseError, connection
from django.db.models.functions import Now
from django.utils import timezone

from clinics.models import Heartbeat

logger = logging.getLogger(__name__)

SILENT_AFTER = timedelta(minutes=3)
MOST_APART = timedelta(seconds=60)
DUTY, MESSAGES = "duty", "messages"
AGAIN_SECONDS = 3600.0
"""While it stays silent the operator is told again, every hour."""

BEAT = """
INSERT INTO clinics_heartbeat (name, beaten_at) VALUES (%s, clock_timestamp())
ON CONFLICT (name) DO UPDATE SET beaten_at = clock_timestamp()
"""


def beat(name: str) -> None:
    """ "I run." Called by the sweeper at the end of each round, in no clinic."""
    with connection.cursor() as cursor:
        cursor.execute(BEAT, [name])


def clocks_agree() -> bool:
    """Whether the clock of this host is that of the database, to a minute: timers are due by the one, and
    looked after by the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        gap = timezone.now() - cursor.fetchone()[0]
    if abs(gap) > MOST_APART:
        logger.critical("The clock of this host is %d s ahead of the database's", gap.total_seconds())
    return bool(abs(gap) <= MOST_APART)


def silent() -> str:
    """Which of the two nobody has heard of for three minutes, or beat in what is the future now: the sweeper
    before the sender, empty for neither."""
    beaten = Heartbeat.objects.filter(beaten_at__gt=Now() - SILENT_AFTER, beaten_at__lt=Now() + SILENT_AFTER)
    heard = set(beaten.values_list("name", flat=True))
    return next((name for name in (DUTY, MESSAGES) if name not in heard), "")


@dataclass
class Watch:
    """Looks again and again; tells the operator when something falls silent, hourly while it stays so, and
    when it is back. What it told is remembered here: a watchdog that starts anew tells anew."""

    now: Callable[[], float] = monotonic
    told: str = ""
    told_at: float = 0.0

    def look(self) -> str:
        """One round: what is wrong, in a word; empty when nothing is."""
        wrong = self._wrong()
        if wrong and (wrong != self.told or self.now() - self.told_at >= AGAIN_SECONDS):
            if _tell(wrong):
                self.told, self.told_at = wrong, self.now()
        elif not wrong and self.told and _tell("back"):
            self.told = ""
        return wrong

    def _wrong(self) -> str:
        try:
            return silent()
        except DatabaseError:
            return "database"
        finally:
            connection.close()


SUBJECTS = {
    DUTY: "MoodVision: timers stand still",
    MESSAGES: "MoodVision: urgent messages do not get out",
    "database": "MoodVision: the database does not answer",
    "back": "MoodVision: timers run and messages get out again",
}
BODIES = {
    DUTY: "The sweeper of alert timers has not been heard of for three minutes. Nothing is escalated and "
    "nobody is reminded. Every clinical page says so. Look at worker, beat and Redis (docs/operations.md).",
    MESSAGES: "For minutes the sender of messages has not been heard of, or urgent ones found no mail server "
    "or text message service that takes them. Alerts reach open screens alone. Every clinical page says so.",
    "database": "The watchdog cannot ask the database. Nothing is escalated, and pages do not open.",
    "back": "What was due meanwhile is judged and sent now.",
}


def _tell(what: str) -> bool:
    """By mail, at once and past the outbox, whose sender may be what has died. Whether it left."""
    logger.critical("watchdog: %s", SUBJECTS[what])
    if not settings.OPERATOR_EMAIL:
        return True
    site = settings.SITE_ORIGINS[0]
    try:
        send_mail(SUBJECTS[what], f"{BODIES[what]}\n\n{site}\n", None, settings.OPERATOR_EMAIL)
    except (SMTPException, OSError) as error:
        logger.critical("watchdog: the operator could not be told: %s", type(error).__name__)
        return False
    return True
