from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from moodvision import serving
from moodvision.demo import cast
from moodvision.starting import refuse_to_start_wrongly


class Command(BaseCommand):
    help = "Runs web, worker, beat and watchdog on this machine, with the demo clinics."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--without-demo", action="store_true", help="make no demo clinics")

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = options["host"], options["port"]
        address = f"http://{host}:{port}"
        settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns of a missing one
        call_command("migrate", verbosity=0)
        refuse_to_start_wrongly()
        if not options["without_demo"]:
            if settings.IS_PRODUCTION:
                raise CommandError("The demo clinics have a published password: use --without-demo here.")
            cast.ensure(say=self.stdout.write)
        environment = {} if address in settings.SITE_ORIGINS else {"SITE_ORIGINS": address}
        children = serving.everything(host, port, environment)
        try:
            with serving.running(children):
                serving.wait_until_ready(address, children)
                self.stdout.write(self._welcome(address, with_logins=not options["without_demo"]))
                serving.watch(children)
        except serving.NotReadyError as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            self.stdout.write("Stopped.")

    def _welcome(self, address: str, *, with_logins: bool) -> str:
        lines = ["", f"MoodVision is at {address}", ""]
        if with_logins:
            lines += [f"  {login.email:34} {login.role:20} {login.clinic}" for login in cast.LOGINS]
            lines += [
                "",
                f"  Password of all: {cast.PASSWORD}",
                "  All but the patients also need six digits. Add this secret to an authenticator app:",
                f"    {cast.TOTP_SECRET}",
                f"    otpauth://totp/MoodVision%20demo?secret={cast.TOTP_SECRET}&issuer=MoodVision",
                "  or ask for the digits of the moment: .venv/bin/python manage.py demo --code",
                "  All demo data is synthetic. Stop with Ctrl-C.",
            ]
        return "\n".join(lines)
