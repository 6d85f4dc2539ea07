from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinics import anchoring, verification
from clinics.errors import DomainError
from clinics.models import Clinic


class Command(BaseCommand):
    help = "Signs an access log on after a finding that a person looked into; the former anchors are kept."

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--clinic", metavar="SLUG")
        which.add_argument("--platform", action="store_true", help="the platform's own chain")
        parser.add_argument("--reason", required=True, help="kept with the signature: no name of a patient")

    def handle(self, *args: Any, **options: Any) -> None:
        clinic = Clinic.objects.filter(slug=options["clinic"]).first()
        if clinic is None and not options["platform"]:
            raise CommandError(f"There is no clinic {options['clinic']}.")
        if not options["reason"].strip():
            raise CommandError("Say why: the reason is kept with the signature.")
        chain = str(clinic.pk) if clinic else verification.PLATFORM
        try:
            verdict = anchoring.resume(chain, reason=options["reason"].strip())
        except (DomainError, OSError) as error:
            raise CommandError(str(getattr(error, "message", error))) from error
        self.stdout.write(
            f"Signed on from row {verdict.last}. The earlier anchors are kept beside the new ones."
        )
