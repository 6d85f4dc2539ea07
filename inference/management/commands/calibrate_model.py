"""`manage.py calibrate_model DIR --data DATA`: what a manifest must tell before its model is registered."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from inference.engine.classify import Classifier
from inference.engine.errors import ModelPackageError
from inference.engine.package import MANIFEST, load_unevaluated
from inference.training.calibration import Calibration, calibrate, likelier_order
from inference.training.dataset import SPLITS, load_faces
from inference.training.errors import TrainingError
from inference.training.evaluation import predict
from inference.training.packaging import as_logits, calibrated_figures, chosen_entries
from inference.training.splits import SPLIT_SEED, partition


class Command(BaseCommand):
    help = "Evaluates a model on labelled faces; writes temperature, confusion and figures into its manifest."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("directory", type=Path, help="the folder with manifest.json and the ONNX file")
        parser.add_argument(
            "--data", type=Path, required=True, help="labelled faces, as evaluate_classifier reads"
        )
        parser.add_argument(
            "--split",
            choices=SPLITS,
            help="rows the model was not trained on; default: the held-out rows of our own training",
        )

    def handle(self, *args: Any, directory: Path, data: Path, split: str | None, **options: Any) -> None:
        try:
            manifest = self._evaluated(directory, data, split)
            write_whole(directory / MANIFEST, json.dumps(manifest, indent=1) + "\n")
        except (ModelPackageError, TrainingError) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(json.dumps({"model": manifest["name"], **manifest["metrics"]}))

    def _evaluated(self, directory: Path, data: Path, split: str | None) -> dict[str, Any]:
        """Of the network as it comes: an older temperature and confusion are forgotten."""
        package = load_unevaluated(directory)
        everything = load_faces(data)
        parts = partition(everything, seed=SPLIT_SEED)
        judged = everything.split(split) if split else everything.rows(parts.held_out)
        uncalibrated = package.uncalibrated()
        logits = as_logits(predict(Classifier(uncalibrated), judged, self.stderr.write))
        chosen = calibrate(logits.ferplus, logits.label, judged)
        refuse_wrong_order(chosen, package.manifest["labels"])
        name = split or "held_out"
        return {
            **package.manifest,
            **chosen_entries(chosen, everything.rows(parts.fitted)),
            "metrics": {name: calibrated_figures(logits, judged, chosen)},
        }


def refuse_wrong_order(chosen: Calibration, labels: list[str]) -> None:
    if (likelier := likelier_order(chosen.confusion, labels)) is not None:
        raise ModelPackageError(
            "the manifest's labels seem to be in another order than the model's answers: far more faces are "
            f"named right with {json.dumps(likelier)}"
        )


def write_whole(path: Path, text: str) -> None:
    """All of it or nothing: the old manifest stays where the disk is full."""
    draft = path.with_suffix(".draft")
    try:
        draft.write_text(text)
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise ModelPackageError(f"{path} cannot be written ({error.strerror})") from None
