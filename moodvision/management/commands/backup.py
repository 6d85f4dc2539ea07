from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from moodvision import backup


class Command(BaseCommand):
    help = "Writes a dump without the keys, and the keys and the list of erased ids into another folder."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="where dumps are kept for DUMP_DAYS")
        parser.add_argument(
            "--keys", type=Path, required=True, help="another place, where keys are kept for KEY_BACKUP_DAYS"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = backup.write(options["folder"], options["keys"])
        except (backup.BackupError, OSError) as error:
            raise CommandError(str(error)) from error
        for file in (made.dump, made.keys, made.erased):
            self.stdout.write(str(file))
