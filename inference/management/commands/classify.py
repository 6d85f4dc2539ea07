"""`manage.py classify FILE...`: one JSON line for each image. Needs no database and starts no services."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from inference.emotions import EMOTIONS
from inference.engine.errors import ModelPackageError
from inference.engine.package import ModelPackage
from inference.engine.reading import FaceReading, load_engine


class Command(BaseCommand):
    help = "Read the face in each image and print one JSON line for it."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", type=Path)

    def handle(self, *args: Any, files: list[Path], **options: Any) -> None:
        try:
            engine = load_engine(settings.WEIGHTS_DIR, settings.DETECTOR_FILE)
        except ModelPackageError as error:
            raise CommandError(str(error)) from None
        with engine.decoder:
            for file in files:
                reading = engine.read([_bytes_of(file)])[0]
                self.stdout.write(json.dumps(_line(file, reading, engine.package)))


def _bytes_of(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""  # read as `unreadable`, like any other file that is no image


def _line(file: Path, reading: FaceReading, package: ModelPackage) -> dict[str, object]:
    shares = reading.probabilities
    return {
        "file": str(file),
        "scored": reading.scored,
        "reason": reading.reason,
        "faces": reading.faces,
        "box": reading.box,
        "probabilities": dict(zip(EMOTIONS, (round(p, 6) for p in shares), strict=True)) if shares else None,
        "label": reading.label,
        "quality": asdict(reading.quality) if reading.quality else {},
        "model": {"name": package.name, "version": package.version, "sha256": package.sha256},
        "milliseconds": {name: round(ms, 2) for name, ms in asdict(reading.milliseconds).items()},
    }
