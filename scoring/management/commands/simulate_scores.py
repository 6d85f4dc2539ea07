import json
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from inference.engine.classify import Classifier
from inference.engine.errors import ModelPackageError
from inference.engine.package import load_package
from inference.training.dataset import SPLITS, Faces, load_faces, strict_majority
from inference.training.errors import TrainingError
from scoring.rules import confusion_of
from scoring.simulation import Readout, SimulationError, simulate

BATCH = 64


class Command(BaseCommand):
    help = "Measures how faithful scores are, on patients simulated from labelled faces; prints JSON."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("data", type=Path, help="a folder in the packed form, or an .npz with votes")
        parser.add_argument("--split", choices=SPLITS, help="the split to draw from; default: every face")
        parser.add_argument("--weeks", type=int, default=2000, help="simulated weeks of each profile")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--weights", type=Path, default=settings.WEIGHTS_DIR, help="the model's folder")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            classifier = Classifier(load_package(options["weights"]))
            faces = load_faces(options["data"])
            chosen = faces.split(options["split"]) if options["split"] else faces
            report = simulate(read_faces(classifier, chosen), weeks=options["weeks"], seed=options["seed"])
        except (ModelPackageError, TrainingError, SimulationError) as error:
            raise CommandError(str(error)) from None
        package = classifier.package
        model = {"name": package.name, "version": package.version, "sha256": package.sha256}
        split = options["split"] or "all"
        whole = {**report, "settings": {**report["settings"], "split": split, "model": model}}
        self.stdout.write(json.dumps(whole, indent=2))


def read_faces(classifier: Classifier, faces: Faces) -> Readout:
    """The classifier's answer to every face that people agree on, beside what they agreed on."""
    if faces.votes is None:
        raise SimulationError("the data hold no FER+ votes, so nobody knows what the faces show")
    truth = strict_majority(faces.votes)
    agreed = faces.rows(truth >= 0)
    if not len(agreed):
        raise SimulationError("the data hold no face that people agree on")
    batches = [agreed.pixels[start : start + BATCH] for start in range(0, len(agreed), BATCH)]
    return Readout(
        probabilities=np.concatenate([classifier.probabilities(batch) for batch in batches]),
        truth=truth[truth >= 0],
        confusion=confusion_of(classifier.package.confusion),
        abstain_below=classifier.package.abstain_below,
    )
