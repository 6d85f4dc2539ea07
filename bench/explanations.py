"""Which map is faithful: deletion and insertion areas of each, beside a random map and a plain centre."""

from collections import defaultdict
from time import perf_counter

import numpy as np

from bench.harness import SHARED, BenchError, Figures, median
from inference import registry
from inference.engine.classify import Classifier, Doubles
from inference.engine.explaining import METHODS, Map, faithfulness
from inference.models import Explanation
from inference.training.dataset import Faces, load_faces, strict_majority

FER2013 = SHARED / "data" / "fer2013"
PER_EMOTION = 12
MEASURED = (
    "Faces of PublicTest, as many for each emotion by strict FER+ majority; explained is the model's "
    "answer. Mean areas under the deletion (less is better) and insertion (more is better) curves; gain is "
    "their difference. random: places in random order; centre: nearest to the middle of the face first."
)


def run(*, is_quick: bool = False) -> Figures:
    if not FER2013.is_dir():
        return {"skipped": "FER-2013 lies in ../shared, which is not on this machine"}
    faces = some_of_each(load_faces(FER2013).split("PublicTest"), 1 if is_quick else PER_EMOTION)
    areas, times = measure(Classifier(registry.active_package()), faces)
    figures = {
        name: {
            "deletion": round(float(np.mean([one[0] for one in found])), 4),
            "insertion": round(float(np.mean([one[1] for one in found])), 4),
            "gain": round(float(np.mean([one[1] - one[0] for one in found])), 4),
            **({"ms": median(times[name])} if name in times else {}),
        }
        for name, found in areas.items()
    }
    most_faithful = max(METHODS, key=lambda name: figures[name]["gain"])
    return {
        "faces": len(faces),
        "methods": figures,
        "most_faithful": most_faithful,
        "is_default": most_faithful == Explanation.MOST_FAITHFUL,
        "measured": MEASURED,
    }


def some_of_each(faces: Faces, count: int) -> Faces:
    if faces.votes is None:
        raise BenchError("the faces have no votes")
    truth = strict_majority(faces.votes)
    return faces.rows(np.concatenate([np.flatnonzero(truth == emotion)[:count] for emotion in range(7)]))


def measure(
    classifier: Classifier, faces: Faces
) -> tuple[dict[str, list[tuple[float, float]]], dict[str, list[float]]]:
    """Areas (deletion, insertion) of each face and method, and milliseconds of each map."""
    areas: dict[str, list[tuple[float, float]]] = defaultdict(list)
    times: dict[str, list[float]] = defaultdict(list)
    for number, face in enumerate(faces.pixels):
        emotion = int(classifier.probabilities(face[None])[0].argmax())
        maps: dict[str, Map] = {}
        for name, method in METHODS.items():
            started = perf_counter()
            maps[name] = method(classifier, face, emotion)
            times[name].append((perf_counter() - started) * 1000)
        for name, importance in (maps | _plain_maps(face.shape[0], number)).items():
            found = faithfulness(classifier, face, emotion, importance)
            areas[name].append((found.deletion, found.insertion))
    return areas, times


def _plain_maps(side: int, seed: int) -> dict[str, Doubles]:
    rows, columns = np.mgrid[:side, :side]
    middle = (side - 1) / 2
    return {
        "random": np.random.default_rng(seed).random((side, side)),
        "centre": -((rows - middle) ** 2 + (columns - middle) ** 2),
    }
