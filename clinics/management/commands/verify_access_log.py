import base64
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinics import signing, verification
from clinics.models import Clinic
from clinics.verify_log import Verdict, check_export, key_id, read_export


class Command(BaseCommand):
    help = "Verifies the access log: exit 0 and the verified range, or exit 1 and the first broken entry."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--clinic", metavar="SLUG", help="one clinic; default: all, and the platform")
        parser.add_argument("--file", type=Path, metavar="EXPORT", help="an exported file instead")
        parser.add_argument("--public-key", action="append", default=[], help="of the file, beside our own")

    def handle(self, *args: Any, **options: Any) -> None:
        verdicts = self._verdicts(options)
        for name, verdict in verdicts:
            self.stdout.write(str(verdict).replace(verdict.chain, name, 1))
            for finding in verdict.findings[1:]:
                self.stdout.write(f"  also {finding}")
        if not all(verdict.is_sound for _name, verdict in verdicts):
            raise SystemExit(1)

    def _verdicts(self, options: dict[str, Any]) -> list[tuple[str, Verdict]]:
        if options["file"]:
            return [(str(options["file"]), self._of_file(options["file"], options["public_key"]))]
        clinics = Clinic.objects.order_by("slug")
        if slug := options["clinic"]:
            clinics = clinics.filter(slug=slug)
            if not clinics:
                raise CommandError(f"There is no clinic {slug}.")
        verdicts = [(clinic.slug, verification.verify_clinic(clinic)) for clinic in clinics]
        return verdicts if slug else [*verdicts, ("platform", verification.verify_platform())]

    def _of_file(self, file: Path, public_keys: list[str]) -> Verdict:
        try:
            given = [base64.b64decode(text, validate=True) for text in public_keys]
            with file.open(encoding="utf-8") as lines:
                return check_export(
                    read_export(lines), signing.trusted() | {key_id(key): key for key in given}
                )
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CommandError(f"{file} cannot be verified: {error}") from None
