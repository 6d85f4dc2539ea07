import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from inference.training.dataset import load_faces
from inference.training.errors import TrainingError
from inference.training.overview import lines, overview
from inference.training.sources.reading import FORMS


class Command(BaseCommand):
    help = (
        "Counts labelled faces, their copies and contradictions; prints one JSON object, needs no database."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("data", type=Path, help=FORMS)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = overview(load_faces(options["data"], self.stderr.write))
        except TrainingError as error:
            raise CommandError(str(error)) from None
        for line in lines(found):
            self.stderr.write(line)
        self.stdout.write(json.dumps(found))
