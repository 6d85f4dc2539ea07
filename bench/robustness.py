"""How much accuracy is lost to light, blur, JPEG, small pictures, tilt and covered places, step by step."""

import numpy as np

from bench.harness import SHARED, Figures
from bench.peer import every_nth
from inference import registry
from inference.engine.classify import Classifier
from inference.engine.package import ModelPackage
from inference.management.commands.evaluate_classifier import accuracy_head
from inference.training.dataset import Faces, load_faces, strict_majority
from inference.training.disturbances import DISTURBANCES
from inference.training.evaluation import predict

FER2013 = SHARED / "data" / "fer2013"
ROWS, QUICK_ROWS = 1200, 48
MEASURED = (
    "Faces of PublicTest, spread evenly over the split, disturbed at 48 x 48 pixels and read as in use. Per "
    "step: accuracy against the strict FER+ majority and against the original labels, and the points lost to "
    "the same faces undisturbed. The engine refuses faces that are too dark, bright or blurred before they "
    "come to this."
)


def run(*, is_quick: bool = False) -> Figures:
    if not FER2013.is_dir():
        return {"skipped": "FER-2013 lies in ../shared, which is not on this machine"}
    package = registry.active_package()
    faces = every_nth(load_faces(FER2013).split("PublicTest"), QUICK_ROWS if is_quick else ROWS)
    return {
        "model": f"{package.name} {package.version}",
        "n": len(faces),
        **losses(package, faces),
        "measured": MEASURED,
    }


def losses(package: ModelPackage, faces: Faces) -> Figures:
    """Undisturbed accuracies, and of each step the accuracies and the points lost."""
    classifier, head = Classifier(package), accuracy_head(package)
    plain = _accuracies(classifier, faces, faces.pixels, head)
    steps = {
        name: [
            _step(plain, step, _accuracies(classifier, faces, disturb(faces.pixels, step), head))
            for step in all_steps
        ]
        for name, (disturb, all_steps) in DISTURBANCES.items()
    }
    return {"undisturbed": plain, "steps": steps}


def _accuracies(
    classifier: Classifier, faces: Faces, pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], head: str
) -> dict[str, float]:
    found = predict(classifier, Faces(pixels, faces.labels), lambda line: None)
    accuracies = {"labels": float((found.head(head).argmax(1) == faces.labels).mean())}
    if faces.votes is not None:
        majority = strict_majority(faces.votes)
        clear = majority >= 0
        accuracies["ferplus"] = float((found.ferplus.argmax(1) == majority)[clear].mean())
    return {name: round(value, 4) for name, value in accuracies.items()}


def _step(plain: dict[str, float], step: float, found: dict[str, float]) -> dict[str, float]:
    lost = {f"{name}_points_lost": round(100 * (plain[name] - found[name]), 1) for name in found}
    return {"step": step, **found, **lost}
