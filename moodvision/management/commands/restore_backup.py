from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from moodvision import backup


class Command(BaseCommand):
    help = "Makes a new database of a dump and the youngest keys, and erases again who was erased since."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("dump", type=Path)
        parser.add_argument("--keys", type=Path, required=True, help="the youngest backup of the keys")
        parser.add_argument("--erased", type=Path, required=True, help="the youngest list of erased ids")
        parser.add_argument("--database", required=True, help="name of the new database")

    def handle(self, *args: Any, **options: Any) -> None:
        files = backup.Backup(options["dump"], options["keys"], options["erased"])
        for file in (files.dump, files.keys, files.erased):
            if not file.is_file():
                raise CommandError(f"There is no file {file}.")
        try:
            replayed = backup.restore(files, options["database"])
        except backup.BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Restored into {options['database']}; {replayed} erasures replayed.")
