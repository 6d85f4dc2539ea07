"""From an exported model to a package: calibration on held-out rows, figures, manifest and card."""

import hashlib
import json
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from inference.emotions import EMOTIONS
from inference.engine.classify import Classifier, softmax
from inference.engine.package import MANIFEST, ModelPackage
from inference.training.calibration import Calibration, calibrate, reference_shares
from inference.training.card import card_plots, render_card
from inference.training.dataset import Faces
from inference.training.errors import TrainingError
from inference.training.evaluation import Predictions, Report, Say, predict, report
from inference.training.layers import Architecture
from inference.training.unreadable_faces import sure_shares

NAME, VERSION = "moodvision-fer", "3"
MODEL, CARD = "model.onnx", "card.md"
LARGEST_BYTES = 6_000_000
UNREADABLE_PICTURES = 300

LICENCE = (
    "The weights are offered under this project's licence (Apache-2.0). They were trained on "
    "FER-2013, which was "
    "published for research, with the FER+ votes (MIT): check whether your use needs more."
)
DATA = (
    "FER-2013 (Goodfellow et al. 2013, arXiv:1307.0414): 48 x 48 grey faces found on the web by "
    "search words; "
    "FER+ votes of ten people per face (Barsoum et al. 2016, arXiv:1608.01041). Only the Training split was "
    "trained on, without the rows whose pixels also are a test row."
)
INTENDED_USE = (
    "Shares of seven apparent expressions in a consenting adult's selfie, summed over days to support a "
    "clinician's own judgement. Not for one photo alone, not for anyone who did not consent, and "
    "never to decide "
    "treatment, employment or access to anything."
)


@dataclass(frozen=True)
class Material:
    """The rows a package is made and judged from; `public` is only reported, where there is one."""

    fitted: Faces
    held_out: Faces
    public: Faces | None
    left_out: int


def _uncalibrated(model: bytes, named: tuple[str, str]) -> ModelPackage:
    name, version = named
    return ModelPackage(
        name=name,
        version=version,
        sha256=hashlib.sha256(model).hexdigest(),
        model=model,
        temperature=1.0,
        label_temperature=1.0,
        abstain_below=0.0,
        flip_average=True,
        confusion=np.zeros((len(EMOTIONS),) * 2),
        reference_shares=np.full(len(EMOTIONS), 1 / len(EMOTIONS)),
        manifest={},
    )


def write_package(
    out: Path,
    model: bytes,
    architecture: Architecture,
    material: Material,
    training: dict[str, Any],
    say: Say,
    named: tuple[str, str] = (NAME, VERSION),
) -> dict[str, Any]:
    """Write model.onnx, manifest.json and card.md into `out`; returns the manifest.

    `named`: name and version. They stand for one file for ever, so a model of somebody's own has its own.
    """
    if len(model) > LARGEST_BYTES:
        raise TrainingError(f"the model has {len(model)} bytes, {LARGEST_BYTES} are allowed")
    classifier = Classifier(_uncalibrated(model, named))
    say("reading the held-out faces")
    held_out = as_logits(predict(classifier, material.held_out, say))
    chosen = calibrate(held_out.ferplus, held_out.label, material.held_out)
    figures = {"held_out": calibrated_figures(held_out, material.held_out, chosen)}
    if material.public is not None:
        say("reading PublicTest")
        public = as_logits(predict(classifier, material.public, say))
        figures["PublicTest"] = calibrated_figures(public, material.public, chosen)
    manifest = {
        **_fixed_entries(classifier.package, architecture),
        **chosen_entries(chosen, material.fitted),
        "metrics": figures,
        "unreadable": _unreadable(classifier.package, chosen, material),
        "training": {**training, "rows": _row_counts(material)},
        "speed": {"milliseconds_per_pass": _pass_ms(classifier), "threads": 1, "batch": 8},
    }
    write_files(out, model, manifest)
    return manifest


def write_files(out: Path, model: bytes, manifest: dict[str, Any]) -> None:
    """The manifest comes last: a folder that the disk cut short is no package."""
    try:
        (out / MODEL).write_bytes(model)
        for name, picture in card_plots(manifest).items():
            (out / name).write_text(picture)
        (out / CARD).write_text(render_card(manifest))
        (out / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n")
    except OSError as error:
        raise TrainingError(f"the package cannot be written to {out} ({error.strerror})") from None


def _unreadable(package: ModelPackage, chosen: Calibration, material: Material) -> dict[str, float]:
    """How often it is sure of pictures without a readable face, with the temperature of its release."""
    calibrated = Classifier(replace(package, temperature=chosen.temperature))
    return sure_shares(calibrated, material.held_out.pixels[:UNREADABLE_PICTURES], UNREADABLE_PICTURES)


def as_logits(predictions: Predictions) -> Predictions:
    """Logarithms of uncalibrated probabilities: logits up to a constant per row, which softmax ignores."""
    floor = np.finfo(np.float64).tiny
    return replace(
        predictions,
        ferplus=np.log(np.maximum(predictions.ferplus, floor)),
        label=np.log(np.maximum(predictions.label, floor)),
    )


def calibrated_figures(logits: Predictions, faces: Faces, chosen: Calibration) -> Report:
    """The figures of `evaluate_classifier` once the temperatures are applied."""
    predictions = Predictions(
        softmax(logits.ferplus / chosen.temperature), softmax(logits.label / chosen.label_temperature)
    )
    return report(predictions, faces, accuracy_head=chosen.accuracy_head, abstain_below=chosen.abstain_below)


def _fixed_entries(package: ModelPackage, architecture: Architecture) -> dict[str, Any]:
    side = architecture.side
    return {
        "name": package.name,
        "version": package.version,
        "file": MODEL,
        "sha256": package.sha256,
        "bytes": len(package.model),
        "parameters": architecture.exported_parameters,
        "weights": "int8",
        "input": {
            "name": "faces",
            "width": side,
            "height": side,
            "channels": 1,
            "scale": "0..255",
            "crop_margin": package.input.crop_margin,
            "layout": "NCHW",
        },
        "outputs": {
            "ferplus_logits": "[N, 7] shares of FER+ votes: the product's head",
            "label_logits": "[N, 7] original FER-2013 labels",
            "activation_maps": "[N, 7, 6, 6] whose spatial mean is ferplus_logits",
        },
        "labels": list(EMOTIONS),
        "flip_average": package.flip_average,
        "licence": LICENCE,
        "data": DATA,
        "intended_use": INTENDED_USE,
    }


def chosen_entries(chosen: Calibration, fitted: Faces) -> dict[str, Any]:
    """What a calibration adds to a manifest; `fitted`: the rows whose class shares the model assumes."""
    return {
        "temperature": chosen.temperature,
        "label_temperature": chosen.label_temperature,
        "confusion": {
            "rows": "true FER+ majority",
            "columns": "argmax",
            "counts": chosen.confusion.tolist(),
        },
        "reference_shares": reference_shares(fitted),
        "abstain_below": chosen.abstain_below,
        "evaluation": {"accuracy_head": chosen.accuracy_head},
    }


def _row_counts(material: Material) -> dict[str, int]:
    return {
        "fitted": len(material.fitted),
        "held_out": len(material.held_out),
        "left_out_as_copies_of_test_rows": material.left_out,
    }


def _pass_ms(classifier: Classifier) -> float:
    """Milliseconds per face of a pass of eight on one core, the best of 15: other work only adds."""
    faces = np.random.default_rng(0).integers(0, 256, (4, 48, 48), dtype=np.uint8)
    times = []
    for _ in range(16):
        started = time.perf_counter()
        classifier.probabilities(faces)  # four faces and their mirror images
        times.append((time.perf_counter() - started) / 8 * 1000)
    return round(min(times[1:]), 2)
