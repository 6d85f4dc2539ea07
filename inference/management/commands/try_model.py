from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinics.access_log import System
from clinics.errors import DomainError
from inference import promotion
from inference.engine.errors import ModelPackageError
from inference.queries import registered_model

BY = System("try_model")


class Command(BaseCommand):
    help = "Lets a registered model read every photo beside the one in force; it counts for nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "model", nargs="?", metavar="NAME VERSION", help="as list_models prints it, in quotes"
        )
        parser.add_argument("--stop", action="store_true", help="end the trial")

    def handle(self, *args: Any, model: str | None, stop: bool, **options: Any) -> None:
        if stop == bool(model):
            raise CommandError("Name a model, or --stop.")
        try:
            if model:
                promotion.start_trial(registered_model(model), by=BY)
            else:
                promotion.end_trial(by=BY)
        except (DomainError, ModelPackageError) as error:
            raise CommandError(getattr(error, "message", None) or str(error)) from None
