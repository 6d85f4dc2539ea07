import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinics.watchdog import Watch

LOOK_SECONDS = 20


class Command(BaseCommand):
    help = (
        "Watches the process that judges the timers of alerts: tells OPERATOR_EMAIL when it falls silent. "
        "Runs beside web, worker and beat; needs neither Celery nor Redis."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="look once; ends with 1 when it is silent")

    def handle(self, *args: Any, **options: Any) -> None:
        watch = Watch()
        if options["once"]:
            if wrong := watch.look():
                raise CommandError(wrong)
            return
        try:
            while True:
                time.sleep(LOOK_SECONDS)  # first: what starts together with it has its time to beat
                watch.look()
        except KeyboardInterrupt:
            self.stdout.write("Stopped.")
