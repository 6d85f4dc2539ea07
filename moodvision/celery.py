"""The Celery application: workers that read photos, and beat that sweeps."""

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, worker_init, worker_process_init, worker_process_shutdown
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moodvision.settings")

app = Celery("moodvision")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.set_default()  # without it, the current app is unknown to a web server's other threads


@worker_init.connect
def refuse_to_read_wrongly(**kwargs: Any) -> None:
    """With the wrong key or an altered model not a single photo may be claimed."""
    from moodvision.starting import refuse_to_start_wrongly

    reads_photos = settings.WORKER_READS_PHOTOS
    refuse_to_start_wrongly(
        needs_model=reads_photos, reads_photos=reads_photos
    )  # a SystemExit: Celery would only log any other exception of a receiver


@beat_init.connect
def refuse_to_beat_wrongly(**kwargs: Any) -> None:
    from moodvision.starting import refuse_to_start_wrongly

    refuse_to_start_wrongly(needs_model=False)


@worker_process_init.connect
def load_engine(**kwargs: Any) -> None:
    """After the fork: each process has a session and a decoding child of its own. Before the first photo."""
    from inference import registry

    if settings.WORKER_READS_PHOTOS:
        registry.engine()


@worker_process_shutdown.connect
def close_engine(**kwargs: Any) -> None:
    from inference import registry

    registry.close_engine()
