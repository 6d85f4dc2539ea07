"""`manage.py watch_classifiers [--weeks N]`: what beat does on its own, or over more weeks again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinics import tenancy
from clinics.models import Clinic
from inference import services

DEFAULT_WEEKS = 4
MOST_WEEKS = 520


class Command(BaseCommand):
    help = "Counts the newest whole weeks of each clinic's classifier again; prints numbers of rows."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--clinic", help="slug; default: all of them")
        parser.add_argument("--weeks", type=int, default=DEFAULT_WEEKS)

    def handle(self, *args: Any, clinic: str | None, weeks: int, **options: Any) -> None:
        if not 1 <= weeks <= MOST_WEEKS:
            raise CommandError(f"--weeks must be 1 to {MOST_WEEKS}.")
        clinics = Clinic.objects.filter(slug=clinic) if clinic else Clinic.objects.order_by("slug")
        if clinic and not clinics:
            raise CommandError(f"There is no clinic {clinic}.")
        for found in clinics:
            with tenancy.enter(found.pk):
                written = services.watch(clinic=found, weeks=weeks)
            self.stdout.write(f"{found.slug}: {written} rows")
