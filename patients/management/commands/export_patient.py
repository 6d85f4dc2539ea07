import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinics import tenancy
from clinics.access_log import System
from clinics.errors import DomainError
from clinics.models import Clinic
from patients import services
from patients.models import Patient
from patients.services import Export

REASONS = ("patient_request", "handover", "legal_order")
OWNER_ONLY = 0o600


class Command(BaseCommand):
    help = "Writes all that is kept of one patient into a ZIP file that only you can read; logged."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("clinic", help="the clinic's part of every address")
        parser.add_argument("record_number", type=int)
        parser.add_argument("--out", type=Path, required=True, help="a file that does not exist yet")
        parser.add_argument("--reason", choices=REASONS, required=True, help="written to the access log")

    def handle(self, *args: Any, **options: Any) -> None:
        clinic = Clinic.objects.filter(slug=options["clinic"]).first()
        if clinic is None:
            raise CommandError(f"There is no clinic {options['clinic']}.")
        if options["out"].exists():
            raise CommandError(f"{options['out']} exists already; nothing was written.")
        export = self._export(clinic, options["record_number"], options["reason"])
        descriptor = os.open(options["out"], os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
        with os.fdopen(descriptor, "wb") as file:
            file.write(export.content)
        self.stdout.write(f"{len(export.content)} bytes in {options['out']}: plain data, keep it safe.")

    def _export(self, clinic: Clinic, record_number: int, reason: str) -> Export:
        """The entry in the log is committed before a byte is written."""
        with tenancy.enter(clinic.pk):
            patient = Patient.objects.filter(clinic=clinic, record_number=record_number).first()
            if patient is None:
                raise CommandError(f"Clinic {clinic.slug} has no record {record_number}.")
            try:
                return services.export_patient(patient=patient, by=System("export_patient"), purpose=reason)
            except DomainError as refusal:
                raise CommandError(str(refusal.message)) from None
