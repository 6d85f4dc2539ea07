from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinics.access_log import System
from clinics.errors import DomainError
from inference import promotion
from inference.engine.errors import ModelPackageError


class Command(BaseCommand):
    help = "Checks a classifier package and copies it into MODELS_DIR. It reads nobody until it is promoted."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("directory", type=Path, help="the folder with manifest.json and the ONNX file")

    def handle(self, *args: Any, directory: Path, **options: Any) -> None:
        try:
            model = promotion.register_model(directory, by=System("register_model"))
        except (DomainError, ModelPackageError) as error:
            raise CommandError(getattr(error, "message", None) or str(error)) from None
        self.stdout.write(f"{model} is registered. Next: try_model, promote_model.")
