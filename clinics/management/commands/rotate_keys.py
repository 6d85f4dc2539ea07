import uuid
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinics import rewrapping, rotation
from clinics.access_log import System
from clinics.models import Clinic, KeyRotation

BY = System("rotate_keys")
WRAPPING = "wrapping"
EVERY_CLINIC = "every clinic"


def _confirm(name: str, options: dict[str, Any]) -> None:
    """The host's login stands in for the sign-in asked again; typing the name for the second look."""
    if options["yes"]:
        return
    try:
        typed = input(f"This rotates keys. Type `{name}` to go on: ")
    except EOFError:
        typed = ""
    if typed.strip() != name:
        raise CommandError(f"Not confirmed: type `{name}`, or give --yes. Nothing was changed.")


class Command(BaseCommand):
    help = (
        "Rotates keys while everything goes on working. `wrapping` wraps all under the first key of "
        "FIELD_ENCRYPTION_KEY; the others make a new version of data keys. Killed, run it again: it goes on."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=[WRAPPING, *KeyRotation.Kind.values])
        parser.add_argument("--clinic", help="slug; without it every clinic in turn")
        parser.add_argument("--patient", type=uuid.UUID, help="id, for the kind `patient`")
        parser.add_argument("--batch", type=int, default=rotation.BATCH, help="rows in a transaction")
        parser.add_argument(
            "--at-once",
            action="store_true",
            help="remove the old versions now, though older dumps cannot be read without them",
        )
        parser.add_argument(
            "--yes", action="store_true", help="do not ask to type the name of what is rotated"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["batch"] < 1:
            raise CommandError("--batch must be at least 1.")
        if options["kind"] == WRAPPING:
            _confirm(WRAPPING, options)
            self._rewrap(options["batch"])
            return
        is_of_one = options["kind"] == KeyRotation.Kind.PATIENT
        if is_of_one != (options["patient"] is not None) or (is_of_one and not options["clinic"]):
            raise CommandError("`patient` needs --clinic and --patient; the other kinds take no --patient.")
        clinics = self._clinics(options)
        _confirm(options["clinic"] or EVERY_CLINIC, options)
        incomplete = [clinic.slug for clinic in clinics if not self._rotate(clinic, options)]
        if incomplete:
            raise CommandError(f"Not complete in {', '.join(incomplete)}: run it again.")

    def _clinics(self, options: dict[str, Any]) -> list[Clinic]:
        clinics = list(Clinic.objects.order_by("slug"))
        if options["clinic"]:
            clinics = [clinic for clinic in clinics if clinic.slug == options["clinic"]]
            if not clinics:
                raise CommandError(f"There is no clinic {options['clinic']}.")
        return clinics

    def _rewrap(self, batch: int) -> None:
        report = rewrapping.rewrap_all(by=BY, batch=batch, say=self.stdout.write)
        self.stdout.write(f"wrapped anew {report.done}, already {report.already}")
        if report.unreadable:
            raise CommandError("No key of the list opens: " + ", ".join(report.unreadable))
        if left := rewrapping.check_all(batch=batch).done:
            raise CommandError(
                f"{left} were meanwhile written under an older key: some process has not got the new list."
            )
        self.stdout.write("Everything lies under the first key: the others may leave FIELD_ENCRYPTION_KEY.")

    def _rotate(self, clinic: Clinic, options: dict[str, Any]) -> bool:
        report = rotation.rotate(
            clinic,
            options["kind"],
            by=BY,
            subject=options["patient"],
            batch=options["batch"],
            at_once=options["at_once"],
            say=lambda line: self.stdout.write(f"{clinic.slug}: {line}"),
        )
        for name in sorted(report.unreadable):
            self.stderr.write(f"{clinic.slug}: does not open, left as it is: {name}")
        self.stdout.write(
            f"{clinic.slug}: sealed again {report.resealed}, keys wrapped anew {report.rewrapped}, "
            f"verified {report.verified}, old versions retired {report.retired}, removed {report.removed}"
        )
        return report.is_complete
