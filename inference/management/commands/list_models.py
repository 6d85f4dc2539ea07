import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from inference.queries import models_and_trials


class Command(BaseCommand):
    help = "Prints one JSON line for each model: its state, what the gate said, how a trial compares."

    def handle(self, *args: Any, **options: Any) -> None:
        for line in models_and_trials():
            self.stdout.write(json.dumps(asdict(line)))
