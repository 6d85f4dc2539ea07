"""`manage.py install_detector FILE_OR_URL`: put the YuNet detector in place, and nothing but it."""

import urllib.request
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from inference.engine.detector_file import SHA256, is_known_detector

MAX_BYTES = 1024 * 1024
TIMEOUT_SECONDS = 60


class Command(BaseCommand):
    help = "Install the YuNet face detector from a file or an https address, after checking its SHA-256."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", metavar="FILE_OR_URL")

    def handle(self, *args: Any, source: str, **options: Any) -> None:
        data = _fetch(source) if "://" in source else _read(Path(source))
        if not is_known_detector(data):
            raise CommandError(f"{source} is not the YuNet detector: its SHA-256 is not {SHA256}.")
        target: Path = settings.DETECTOR_FILE
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_suffix(".partial")
        partial.write_bytes(data)
        partial.replace(target)
        self.stdout.write(f"Installed {target}. Workers use it after their next start.")


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from None


def _fetch(url: str) -> bytes:
    """The body, over https only, after redirects too: this opener knows no other scheme."""
    if not url.startswith("https://"):
        raise CommandError("Only https addresses are fetched.")
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPRedirectHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.UnknownHandler(),
    ):
        opener.add_handler(handler)
    try:
        with opener.open(url, timeout=TIMEOUT_SECONDS) as response:
            return bytes(response.read(MAX_BYTES + 1))
    except (OSError, ValueError) as error:
        raise CommandError(f"{url} cannot be fetched: {error}.") from None
