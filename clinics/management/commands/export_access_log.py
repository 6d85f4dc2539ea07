from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinics import log_segments, signing
from clinics.errors import DomainError
from clinics.models import Clinic


class Command(BaseCommand):
    help = "Writes a clinic's access log to a file that `python -m clinics.verify_log` verifies offline."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("clinic", metavar="SLUG")
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        clinic = Clinic.objects.filter(slug=options["clinic"]).first()
        if clinic is None:
            raise CommandError(f"There is no clinic {options['clinic']}.")
        try:
            self._run(clinic, options)
        except (DomainError, OSError, ValueError) as error:
            raise CommandError(str(getattr(error, "message", error))) from error

    def _run(self, clinic: Clinic, options: dict[str, Any]) -> None:
        verdict = log_segments.export_clinic(clinic, options["file"])
        self.stdout.write(f"{options['file']}: {verdict.rows} rows. Public key: {signing.public_key_text()}")
