from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinics import log_segments
from clinics.access_log import System
from clinics.errors import DomainError
from clinics.models import Clinic


class Command(BaseCommand):
    help = "By the owner's login: deletes the rows of a closed segment whose export still verifies."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("clinic", metavar="SLUG")
        parser.add_argument("file", type=Path, help="the export that close_access_log wrote")

    def handle(self, *args: Any, **options: Any) -> None:
        clinic = Clinic.objects.filter(slug=options["clinic"]).first()
        if clinic is None:
            raise CommandError(f"There is no clinic {options['clinic']}.")
        try:
            self._run(clinic, options)
        except (DomainError, OSError, ValueError) as error:
            raise CommandError(str(getattr(error, "message", error))) from error

    def _run(self, clinic: Clinic, options: dict[str, Any]) -> None:
        removed = log_segments.remove_segment(
            clinic=clinic, file=options["file"], by=System("remove_access_log")
        )
        self.stdout.write(f"{removed} rows were removed; the chain goes on from their signed closing record.")
