import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from moodvision import backup, drill


class Command(BaseCommand):
    help = "Restores an older dump with younger keys into a scratch database and says what can be read there."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = drill.run()
        except backup.BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps(found, indent=2))
        if not found["passed"]:
            raise CommandError("The drill failed: what is false above is not as it must be.")
