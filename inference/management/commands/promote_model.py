import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinics.access_log import System
from clinics.errors import DomainError
from inference import promotion
from inference.engine.errors import ModelPackageError
from inference.queries import registered_model
from inference.training.dataset import SPLITS, load_faces
from inference.training.errors import TrainingError


class Command(BaseCommand):
    help = "Puts a registered model in force if it is no worse than the one in force; prints the verdict."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("model", metavar="NAME VERSION", help="as list_models prints it, in quotes")
        parser.add_argument(
            "--golden", type=Path, required=True, help="labelled faces that neither model was trained on"
        )
        parser.add_argument(
            "--split",
            choices=SPLITS,
            help="the rows to judge by; default: every row, of which none may be a Training row",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            faces = load_faces(options["golden"])
            golden = faces.split(options["split"]) if options["split"] else faces
            model = registered_model(options["model"])
            verdict = promotion.promote_model(model, golden=golden, by=System("promote_model"))
        except (DomainError, ModelPackageError, TrainingError) as error:
            raise CommandError(getattr(error, "message", None) or str(error)) from None
        self.stdout.write(json.dumps(verdict.as_json(), indent=1))
        if not verdict.passed:
            failed = ", ".join(check.name for check in verdict.checks if not check.passed)
            raise CommandError(f"{model} stays out of force: {failed}")
        self.stdout.write(f"{model} is in force. roll_back_model undoes it.")
