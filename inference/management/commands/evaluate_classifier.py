import json
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from inference.engine.classify import Classifier
from inference.engine.errors import ModelPackageError
from inference.engine.package import ModelPackage, load_package
from inference.training.dataset import SPLITS, Faces, load_faces
from inference.training.errors import TrainingError
from inference.training.evaluation import ACCURACY_HEADS, Predictions, predict, report
from inference.training.sources.reading import FORMS


class Command(BaseCommand):
    help = "Measures the classifier on labelled faces and prints one JSON object; needs no database."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("data", type=Path, help=FORMS)
        parser.add_argument("--split", choices=SPLITS, help="the rows to judge by; default: every row")
        parser.add_argument("--probabilities", type=Path, help="write each row's probabilities to this .npz")
        parser.add_argument("--weights", type=Path, default=settings.WEIGHTS_DIR, help="the model's folder")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            package = load_package(options["weights"])
            faces = load_faces(options["data"], self.stderr.write)
            chosen = faces.split(options["split"]) if options["split"] else faces
            predictions = predict(Classifier(package), chosen, self.stderr.write)
            figures = report(
                predictions, chosen, accuracy_head=accuracy_head(package), abstain_below=package.abstain_below
            )
            if options["probabilities"]:
                write_probabilities(options["probabilities"], predictions, chosen, accuracy_head(package))
        except (ModelPackageError, TrainingError) as error:
            raise CommandError(str(error)) from None
        model = {"name": package.name, "version": package.version, "sha256": package.sha256}
        self.stdout.write(json.dumps({**figures, "split": options["split"], "model": model}))


def accuracy_head(package: ModelPackage) -> str:
    """Which head original labels are predicted from: chosen once, on the held-out rows, by the training."""
    head = package.manifest.get("evaluation", {}).get("accuracy_head", "label")
    if head not in ACCURACY_HEADS:
        raise ModelPackageError(f"the manifest's accuracy_head is {head!r}, not one of {ACCURACY_HEADS}")
    return str(head)


def write_probabilities(path: Path, predictions: Predictions, faces: Faces, head: str) -> None:
    """`probabilities` are the product's (FER+ head), `label_probabilities` those that `accuracy` judges."""
    try:
        np.savez_compressed(
            path,
            probabilities=predictions.ferplus.astype(np.float32),
            label_probabilities=predictions.head(head).astype(np.float32),
            label=faces.labels.astype(np.int8),
        )
    except OSError as error:
        raise TrainingError(f"{path} cannot be written ({error.strerror})") from None
