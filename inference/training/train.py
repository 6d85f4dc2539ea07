"""The whole of `train_classifier`: read, split, fit, export, compare, calibrate, write the package."""

import datetime
import os
import platform
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import torch

from inference.training.blending import best_blend
from inference.training.dataset import SPLITS, Faces, Reals, load_faces, with_more
from inference.training.errors import TrainingError
from inference.training.evaluation import Say
from inference.training.fit import (
    BEST,
    LOG,
    Cycle,
    Fitting,
    Plan,
    fit,
    load_checkpoint,
    precision_name,
    predict,
)
from inference.training.network import Network
from inference.training.onnx_export import export
from inference.training.overview import lines, overview
from inference.training.packaging import NAME, VERSION, Material, write_package
from inference.training.quantise import quantise
from inference.training.recipes import Recipe
from inference.training.soft_targets import ask_teacher, taught
from inference.training.splits import SPLIT_SEED, partition, refuse_overlap

PROBABILITY_TOLERANCE = 1e-3  # what folding the norms and another order of sums may change
AGREEMENT = 0.9  # of the emotions named: less is a broken file; how much it is stands in the card
COMPARED = 1024
RUN = "run"  # below the package's folder: checkpoints, which are not part of the package


@dataclass(frozen=True)
class Order:
    """What the person at the terminal asked for.

    `start`: the folder of a finished run to begin a further cycle with. `initial_weights`: a released package
    to begin with. `limit`: so many random rows only. `more_data`: faces of a clinic's own, trained on beside
    the others. `workers`: processes that share each batch. `named`: the package's name and version.
    """

    data: Path
    out: Path
    recipe: Recipe
    plan: Plan
    start: Path | None = None
    initial_weights: Path | None = None
    more_data: Path | None = None
    resume: bool = False
    limit: int | None = None
    workers: int = 1
    named: tuple[str, str] = (NAME, VERSION)


def train(order: Order, say: Say) -> dict[str, Any]:
    """Returns the manifest of the package written to `order.out`."""
    material = gather(order, say)
    fitting = Fitting(order.recipe, material.fitted, material.held_out, order.plan)
    if order.start is not None:
        fitting.start_from(load_checkpoint(order.start / RUN))
    if order.initial_weights is not None:
        fitting.start_from_package(order.initial_weights)
    run = order.out / RUN
    if order.initial_weights is not None and order.recipe.teacher_share:
        opinion = ask_teacher(order.initial_weights, material.fitted, run, say)
        fitting.targets = taught(fitting.targets, opinion, order.recipe.teacher_share)
    fitting.add_unreadable(material.fitted)
    fit(fitting, run, resume=order.resume, say=say, workers=order.workers)
    shutil.copyfile(run / LOG, order.out / LOG)
    best = Network(order.recipe.architecture, 0.0)
    state = torch.load(run / BEST, weights_only=True)
    share = None
    if fitting.begun is not None:
        state, share = best_blend(
            order.recipe, fitting.begun, state, fitting.measured_views(), material.held_out, say
        )
    best.modules.load_state_dict(state)
    arrays = {name: value.numpy() for name, value in best.modules.state_dict().items()}
    exported = export(order.recipe.architecture, arrays)
    trained = probabilities_as_trained(best, material.held_out)
    require_same(compare(trained, exported, material.held_out))
    say("turning weights and maps into integers")
    model = quantise(exported, material.fitted, seed=SPLIT_SEED)
    details = {
        **describe(fitting),
        "share_of_the_way": share,
        "export": require_agreement(compare(trained, model, material.held_out)),
    }
    architecture = order.recipe.architecture
    return write_package(order.out, model, architecture, material, details, say, order.named)


def gather(order: Order, say: Say) -> Material:
    faces = load_faces(order.data, say)
    for line in lines(overview(faces)):
        say(line)
    refuse_overlap(faces)
    if order.limit is not None and order.limit < len(faces):
        draw = np.random.default_rng(order.plan.seed)
        faces = faces.rows(np.sort(draw.permutation(len(faces))[: order.limit]))
    parts = partition(faces, seed=SPLIT_SEED)
    fitted, held_out = faces.rows(parts.fitted), faces.rows(parts.held_out)
    if order.more_data is not None:
        apart = np.delete(faces.pixels, parts.fitted, axis=0)
        fitted = with_more(fitted, load_faces(order.more_data, say), apart)
    return Material(fitted, held_out, _public(faces), parts.left_out)


def _public(faces: Faces) -> Faces | None:
    if faces.usage is None or SPLITS.index("PublicTest") not in faces.usage:
        return None
    return faces.split("PublicTest")


def probabilities_as_trained(network: Network, faces: Faces) -> Reals:
    """[N, 7] of the FER+ head on the first rows, as PyTorch computes them."""
    logits, _ = predict(network, faces.rows(np.arange(min(len(faces), COMPARED))))
    return np.asarray(torch.softmax(torch.from_numpy(logits), 1).numpy())


def compare(trained: Reals, model: bytes, faces: Faces) -> dict[str, float]:
    """How far an ONNX file's answers to these rows are from the network's as trained."""
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    pixels = faces.pixels[: len(trained), None].astype(np.float32)
    logits = np.concatenate(
        [
            session.run(["ferplus_logits"], {"faces": part})[0]
            for part in np.array_split(pixels, len(pixels) // 64 + 1)
        ]
    )
    found = torch.softmax(torch.from_numpy(logits), 1).numpy()
    differences = np.abs(found - trained)
    return {
        "largest_difference": round(float(differences.max()), 6),
        "mean_difference": round(float(differences.mean()), 6),
        "agreement": round(float((found.argmax(1) == trained.argmax(1)).mean()), 5),
        "faces": len(trained),
    }


def require_same(figures: dict[str, float]) -> None:
    if figures["largest_difference"] > PROBABILITY_TOLERANCE:
        raise TrainingError(
            "the exported model differs from the trained one: "
            f"probabilities by {figures['largest_difference']:.4f} on {figures['faces']} faces"
        )


def require_agreement(figures: dict[str, float]) -> dict[str, float]:
    if figures["agreement"] < AGREEMENT:
        raise TrainingError(
            f"in integers the model names the same emotion on {figures['agreement']:.2%} of "
            f"{figures['faces']} faces only, {AGREEMENT:.0%} were expected"
        )
    return figures


def describe(fitting: Fitting) -> dict[str, Any]:
    """What the card says of the run."""
    recipe = fitting.recipe
    last: Cycle = {
        "recipe": recipe.name,
        "epochs": fitting.epoch,
        "minutes": round(fitting.seconds / 60, 1),
    }
    cycles = [*fitting.earlier, last]
    return {
        "recipe": recipe.name,
        "channels": list(recipe.channels),
        "blocks": list(recipe.blocks),
        "batch": recipe.batch,
        "imbalance_power": recipe.imbalance_power,
        "unreadable_rows": recipe.unreadable,
        "seed": fitting.plan.seed,
        "cycles": cycles,
        "epochs": sum(cycle["epochs"] for cycle in cycles),
        "minutes": round(sum(cycle["minutes"] for cycle in cycles), 1),
        "precision": precision_name(fitting.precision),
        "hardware": f"{os.cpu_count()} cores of {_processor()}, shared",
        "software": f"PyTorch {torch.__version__.split('+')[0]}, Python {platform.python_version()}",
        "finished": datetime.datetime.now(tz=datetime.UTC).date().isoformat(),
    }


def _processor() -> str:
    """The processor's name where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
