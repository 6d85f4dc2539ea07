"""Whether the processes that must not stand still do run: by a row that they write and others read.

All times are the database's: a host whose clock was set back neither beats into the future nor looks alive.
"""

from datetime import timedelta

from django.db import connection
from django.db.models.functions import Now

from clinics.models import Heartbeat

SILENT_AFTER = timedelta(minutes=3)
DUTY = "duty"

BEAT = """
INSERT INTO clinics_heartbeat (name, beaten_at) VALUES (%s, clock_timestamp())
ON CONFLICT (name) DO UPDATE SET beaten_at = clock_timestamp()
"""


def beat(name: str) -> None:
    """ "I run." Called by the sweeper at the end of each round, in no clinic."""
    with connection.cursor() as cursor:
        cursor.execute(BEAT, [name])


def is_silent(name: str) -> bool:
    """Whether nobody has heard of a process for three minutes, or it beat in what is the future now."""
    heard = Heartbeat.objects.filter(
        name=name, beaten_at__gt=Now() - SILENT_AFTER, beaten_at__lt=Now() + SILENT_AFTER
    )
    return not heard.exists()
