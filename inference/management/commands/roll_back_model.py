from typing import Any

from django.core.management.base import BaseCommand, CommandError

from clinics.access_log import System
from clinics.errors import DomainError
from inference import promotion
from inference.engine.errors import ModelPackageError


class Command(BaseCommand):
    help = "Puts back in force what was before the active model."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            model = promotion.roll_back(by=System("roll_back_model"))
        except (DomainError, ModelPackageError) as error:
            raise CommandError(getattr(error, "message", None) or str(error)) from None
        self.stdout.write(f"{model or 'The shipped model'} is in force.")
