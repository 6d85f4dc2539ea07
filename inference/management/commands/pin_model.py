from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinics import tenancy
from clinics.access_log import System
from clinics.errors import DomainError
from clinics.models import Clinic
from inference import promotion
from inference.engine.errors import ModelPackageError
from inference.queries import registered_model

BY = System("pin_model")
SHIPPED = "shipped"


class Command(BaseCommand):
    help = "Keeps one clinic on one model, whatever is promoted."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("clinic", help="slug")
        parser.add_argument("model", nargs="?", metavar="NAME VERSION", help=f"in quotes, or {SHIPPED!r}")
        parser.add_argument("--unpin", action="store_true", help="the clinic follows the others again")

    def handle(self, *args: Any, clinic: str, model: str | None, unpin: bool, **options: Any) -> None:
        if unpin == bool(model):
            raise CommandError("Name a model, or --unpin.")
        found = Clinic.objects.filter(slug=clinic).first()
        if found is None:
            raise CommandError(f"There is no clinic {clinic}.")
        try:
            with tenancy.enter(found.pk):
                if model:
                    chosen = None if model == SHIPPED else registered_model(model)
                    promotion.pin_model(chosen, clinic=found, by=BY)
                else:
                    promotion.unpin_model(clinic=found, by=BY)
        except (DomainError, ModelPackageError) as error:
            raise CommandError(getattr(error, "message", None) or str(error)) from None
