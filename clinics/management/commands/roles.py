from typing import Any

from django.core.management.base import BaseCommand

from clinics import roles


class Command(BaseCommand):
    help = "Prints who may do what, as docs/roles.md."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(roles.as_markdown(), ending="")
