import base64
from itertools import chain as chain_of
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinics import log_replay, signing, verification
from clinics.models import Clinic
from clinics.verify_log import Given, Verdict, check_export, key_id, read_export, read_given


class Command(BaseCommand):
    help = "Verifies the access log: exit 0 and the verified range, or exit 1 and the first broken entry."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--clinic", metavar="SLUG", help="one clinic; default: all, and the platform")
        parser.add_argument("--file", type=Path, metavar="EXPORT", help="an exported file instead")
        parser.add_argument("--public-key", action="append", default=[], help="of the file, beside our own")
        parser.add_argument(
            "--anchor", action="append", default=[], type=Path, metavar="FILE",
            help="anchor lines you kept, as they were mailed (repeatable)",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        verdicts = self._verdicts(options)
        for name, verdict in verdicts:
            self.stdout.write(str(verdict).replace(verdict.chain, name, 1))
            for finding in verdict.findings[1:]:
                self.stdout.write(f"  also {finding}")
        if not all(verdict.is_sound for _name, verdict in verdicts):
            raise SystemExit(1)

    def _verdicts(self, options: dict[str, Any]) -> list[tuple[str, Verdict]]:
        trusted = _trusted(options["public_key"])
        given = _given(options["anchor"], trusted)
        if options["file"]:
            return [(str(options["file"]), _of_file(options["file"], trusted, given))]
        clinics = Clinic.objects.order_by("slug")
        if slug := options["clinic"]:
            clinics = clinics.filter(slug=slug)
            if not clinics:
                raise CommandError(f"There is no clinic {slug}.")
        verdicts = [(clinic.slug, verification.verify_clinic(clinic, given)) for clinic in clinics]
        if slug:
            return verdicts
        if losses := log_replay.losses():
            self.stdout.write(f"{losses} spooled entries were lost or refused: the platform's log names them")
        return [*verdicts, ("platform", verification.verify_platform(given))]


def _trusted(public_keys: list[str]) -> dict[str, bytes]:
    try:
        given = [base64.b64decode(text, validate=True) for text in public_keys]
    except ValueError as error:
        raise CommandError(f"--public-key cannot be read: {error}") from None
    return signing.trusted() | {key_id(key): key for key in given}


def _given(files: list[Path], trusted: dict[str, bytes]) -> Given:
    if not files:
        return Given()
    try:
        texts = [file.read_text(encoding="utf-8").splitlines() for file in files]
        return read_given(chain_of.from_iterable(texts), trusted)
    except (OSError, ValueError) as error:
        raise CommandError(f"the given anchors cannot be read: {error}") from None


def _of_file(file: Path, trusted: dict[str, bytes], given: Given) -> Verdict:
    try:
        with file.open(encoding="utf-8") as lines:
            return check_export(read_export(lines), trusted, given)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CommandError(f"{file} cannot be verified: {error}") from None
