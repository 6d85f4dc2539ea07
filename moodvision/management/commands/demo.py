import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinics import second_factor
from moodvision.demo import cast
from moodvision.serving import NotReadyError


class Command(BaseCommand):
    help = "Brings all up, sends a real photo as a patient and waits for the alert as the clinician."

    def add_arguments(self, parser: CommandParser) -> None:
        act = parser.add_mutually_exclusive_group(required=True)
        act.add_argument("--once", action="store_true", help="one check-in, then stop all")
        parser.add_argument(
            "--item9",
            action="store_true",
            help="with --once: a yes to the last question of the PHQ-9 instead, up to the escalation mail",
        )
        act.add_argument("--code", action="store_true", help="the six digits of the demo's accounts, now")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["code"]:
            self.stdout.write(second_factor.code_of(cast.TOTP_SECRET))
        else:
            self._play_once(is_item_nine=options["item9"])

    def _play_once(self, *, is_item_nine: bool) -> None:
        try:
            from moodvision.demo import item_nine, once, stage
        except ImportError as error:
            raise CommandError(
                f"The demonstration needs the development tools: make setup ({error})."
            ) from error
        try:
            outcome = item_nine.play() if is_item_nine else once.play()
        except (stage.DemoError, NotReadyError) as error:
            self.stdout.write(json.dumps({"alert_reached_screen": False, "error": str(error)}))
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps(outcome, indent=2))
