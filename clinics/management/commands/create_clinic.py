from getpass import getpass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from clinics import password_strength, services
from clinics.jurisdictions import jurisdictions
from clinics.models import Clinic, User


class Command(BaseCommand):
    help = "Makes a clinic and its first administrator."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="the clinic's part of every address, for example north-ward")
        parser.add_argument("--name", required=True, help="the clinic's name as its people read it")
        parser.add_argument("--time-zone", default="UTC", help="IANA name, for example Europe/Berlin")
        parser.add_argument("--admin-email", required=True)
        parser.add_argument("--admin-name", required=True)
        parser.add_argument(
            "--jurisdiction",
            choices=sorted(jurisdictions()),
            help="whose law the clinic works under; without it nothing that needs consent is allowed until "
            "its administrator has chosen",
        )
        parser.add_argument("--password-stdin", action="store_true", help="read the password from the input")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        if Clinic.objects.filter(slug=options["slug"]).exists():
            raise CommandError(f"There is a clinic {options['slug']} already.")
        try:
            clinic = services.create_clinic(
                slug=options["slug"],
                name=options["name"],
                time_zone=options["time_zone"],
                admin=self._administrator(options),
                admin_name=options["admin_name"],
                jurisdiction=options["jurisdiction"],
            )
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error
        self.stdout.write(f"Clinic {clinic.slug} is at /c/{clinic.slug}/")

    def _administrator(self, options: dict[str, Any]) -> User:
        email = options["admin_email"]
        if user := User.objects.filter(email__iexact=email).first():
            return user
        password = input() if options["password_stdin"] else getpass(f"Password for {email}: ")
        validate_password(password, User(email=email))
        password_strength.refuse_known_words(
            password, [options["slug"], options["name"], options["admin_name"]]
        )
        return services.create_account(email=email, password=password)
