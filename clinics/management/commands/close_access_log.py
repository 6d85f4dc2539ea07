from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinics import log_segments
from clinics.access_log import System
from clinics.errors import DomainError
from clinics.models import Clinic


class Command(BaseCommand):
    help = "Signs and exports a clinic's entries before a day. They stay until remove_access_log."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("clinic", metavar="SLUG")
        parser.add_argument("--before", type=date.fromisoformat, required=True, metavar="YYYY-MM-DD")
        parser.add_argument("--out", type=Path, required=True, metavar="FOLDER")

    def handle(self, *args: Any, **options: Any) -> None:
        clinic = Clinic.objects.filter(slug=options["clinic"]).first()
        if clinic is None:
            raise CommandError(f"There is no clinic {options['clinic']}.")
        try:
            self._run(clinic, options)
        except (DomainError, OSError, ValueError) as error:
            raise CommandError(str(getattr(error, "message", error))) from error

    def _run(self, clinic: Clinic, options: dict[str, Any]) -> None:
        before = datetime.combine(options["before"], time(), clinic.zone)
        segment, file = log_segments.close_segment(
            clinic=clinic, before=before, folder=options["out"], by=System("close_access_log")
        )
        self.stdout.write(f"Rows {segment.first_number}..{segment.last_number} are closed, and in {file}")
