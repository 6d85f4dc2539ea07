from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.core.management.commands.migrate import Command as DjangoMigrate
from django.db import connections


class Command(DjangoMigrate):
    """Django's migrate, by the owner's login unless told otherwise, and never by the one that serves."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def handle(self, *args: Any, **options: Any) -> None:
        logins = {connections[alias].settings_dict["USER"] for alias in ("default", options["database"])}
        if len(logins) == 1:
            raise CommandError(
                "Set DATABASE_OWNER_URL to a login other than DATABASE_URL's: who serves requests must not"
                " own the tables. Nothing was migrated."
            )
        super().handle(*args, **options)
