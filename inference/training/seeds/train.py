"""The whole of `train_classifier` for a recipe of the source documents: a report, and weights to look at.

No package is written: these networks are there to be compared with, not to read patients' faces.
"""

import datetime
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch

from inference.training.dataset import SPLITS, Faces, load_faces
from inference.training.errors import TrainingError
from inference.training.overview import lines, overview
from inference.training.seeds.figures import SeedFigures, figures, over_folds
from inference.training.seeds.fit import SeedFitting, fit
from inference.training.seeds.folds import fold_numbers, training_rows
from inference.training.seeds.keras_weights import read_backbone
from inference.training.seeds.linear_svm import choose_svm
from inference.training.seeds.network import SeedNetwork, features, probabilities
from inference.training.seeds.options import SeedOrder
from inference.training.splits import SPLIT_SEED, partition, refuse_overlap

RUN, REPORT = "run", "report.json"
Say = Callable[[str], None]


def train_seed(order: SeedOrder, say: Say) -> dict[str, Any]:
    """Returns what `order.out`/report.json says."""
    faces = load_faces(order.data, say)
    for line in lines(overview(faces)):
        say(line)
    refuse_overlap(faces)
    if order.limit is not None and order.limit < len(faces):
        chosen = np.random.default_rng(order.seed).permutation(len(faces))[: order.limit]
        faces = faces.rows(np.sort(chosen))
    order.out.mkdir(parents=True, exist_ok=True)
    found = cross_validate(order, faces, say) if order.folds else _once(order, faces, say)
    report = {**_described(order), **found}
    (order.out / REPORT).write_text(json.dumps(report, indent=1) + "\n")
    return report


def _once(order: SeedOrder, faces: Faces, say: Say) -> dict[str, Any]:
    """Trained on nine tenths of Training, the epoch chosen on the last, judged on PublicTest."""
    parts = partition(faces, seed=SPLIT_SEED)
    fitted, held_out = faces.rows(parts.fitted), faces.rows(parts.held_out)
    fitting = _trained(order, fitted, held_out, order.out / RUN, say)
    judged = {"held_out": held_out}
    if faces.usage is not None and SPLITS.index("PublicTest") in faces.usage:
        judged["PublicTest"] = faces.split("PublicTest")
    report: dict[str, Any] = {
        "rows": {"fitted": len(fitted), "held_out": len(held_out), "left_out_as_copies": parts.left_out},
        "epochs": fitting.epoch,
        "minutes": round(fitting.seconds / 60, 1),
        "metrics": {name: judge(fitting.network, rows) for name, rows in judged.items()},
    }
    if order.head == "svm":
        say("fitting the support vector machine")
        report["svm"] = _svm(fitting.network, fitted, judged)
    return report


def _trained(order: SeedOrder, fitted: Faces, held_out: Faces | None, run: Path, say: Say) -> SeedFitting:
    fitting = SeedFitting(order, fitted, held_out)
    if order.pretrained is not None:
        fitting.network.put(read_backbone(order.pretrained, order.recipe.architecture))
    fit(fitting, run, say)
    return fitting


def judge(network: SeedNetwork, faces: Faces) -> SeedFigures:
    return figures(probabilities(network, faces), probabilities(network, faces, mirrored=True), faces)


def _svm(network: SeedNetwork, fitted: Faces, judged: dict[str, Faces]) -> dict[str, Any]:
    held_out = judged["held_out"]
    labels = [torch.from_numpy(rows.labels) for rows in (fitted, held_out)]
    svm = choose_svm(features(network, fitted), labels[0], features(network, held_out), labels[1])
    named = {name: svm.margins(features(network, rows)).argmax(1).numpy() for name, rows in judged.items()}
    accuracy = {name: float((named[name] == rows.labels).mean()) for name, rows in judged.items()}
    return {"cost": svm.cost, "accuracy": {name: round(value, 5) for name, value in accuracy.items()}}


def cross_validate(order: SeedOrder, faces: Faces, say: Say) -> dict[str, Any]:
    """Each row of Training is judged once by a network that saw none of its fold.

    The last epoch counts: choosing one on the fold that it is judged by, as source 004 may have done, would
    flatter it. A finished fold is kept in a file of its own and not repeated with `--resume`.
    """
    if order.folds is None:
        raise TrainingError("no number of folds was given")
    rows = faces.rows(training_rows(faces))
    numbers = fold_numbers(rows, order.folds, seed=SPLIT_SEED)
    found = []
    for fold in range(order.folds):
        kept = order.out / f"fold_{fold + 1:02}.json"
        if not (order.resume and kept.is_file()):
            say(f"fold {fold + 1} of {order.folds}")
            run = order.out / RUN / f"fold_{fold + 1:02}"
            fitting = _trained(order, rows.rows(numbers != fold), None, run, say)
            judged = judge(fitting.network, rows.rows(numbers == fold))
            kept.write_text(json.dumps({**_described(order), "figures": judged}) + "\n")
        found.append(_figures_of_fold(kept, order))
    return {"rows": len(rows), "metrics": over_folds(found), "each_fold": found}


def _figures_of_fold(path: Path, order: SeedOrder) -> SeedFigures:
    """Refuses what an earlier run left with other choices."""
    fold = json.loads(path.read_text())
    wanted = json.loads(json.dumps(_described(order)))
    if any(fold.get(name) != value for name, value in wanted.items() if name != "finished"):
        raise TrainingError(f"{path} is of another recipe, seed or choice of options")
    figures_of_fold: SeedFigures = fold["figures"]
    return figures_of_fold


def _described(order: SeedOrder) -> dict[str, Any]:
    recipe = order.recipe
    architecture = recipe.architecture
    choices = asdict(recipe)
    del choices["architecture"]
    return {
        "recipe": choices,
        "parameters": architecture.parameters,
        "trainable_parameters": architecture.trainable_parameters,
        "initial_weights": order.pretrained.name if order.pretrained else "none",
        "seed": order.seed,
        "folds": order.folds,
        "epochs_wanted": order.epochs,
        "finished": datetime.datetime.now(tz=datetime.UTC).date().isoformat(),
    }
