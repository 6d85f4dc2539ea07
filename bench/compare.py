"""`python -m bench.compare [REPORT.json...]`: the table of docs/models.md, each row measured on PublicTest.

The released model and mini_XCEPTION are run; rows of other models are read from the reports that
`train_classifier --recipe NAME` wrote.
"""

import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moodvision.settings")

COLUMNS = ("accuracy", "mirrored_accuracy", "ferplus_accuracy", "macro_f1", "balanced_accuracy", "macro_auc")


def main(reports: list[str]) -> None:
    import django

    django.setup()
    print(f"| model | parameters | {' | '.join(COLUMNS)} |\n|---|---:|{'---:|' * len(COLUMNS)}")
    for path in map(Path, reports):
        report = json.loads(path.read_text())
        print(row(report["recipe"]["name"], report["parameters"], report["metrics"]["PublicTest"]))
    for name, parameters, figures in (peer(), ours()):
        print(row(name, parameters, figures))


def row(name: str, parameters: int, figures: Any) -> str:
    cells = (f"{figures[column]:.4f}" for column in COLUMNS)
    return f"| {name} | {parameters:,} | {' | '.join(cells)} |"


def peer() -> tuple[str, int, Any]:
    from bench.peer import FER2013, PEER_FILE, Peer
    from inference.training.dataset import load_faces
    from inference.training.seeds.figures import figures

    faces = load_faces(FER2013).split("PublicTest")
    model = Peer()
    straight, mirrored = (
        np.concatenate([model.probabilities(part) for part in np.array_split(pixels, 60)])
        for pixels in (faces.pixels, faces.pixels[:, :, ::-1])
    )
    constants = onnx.load(PEER_FILE).graph.initializer
    parameters = sum(int(np.prod(one.dims)) for one in constants if one.data_type == onnx.TensorProto.FLOAT)
    return "mini_XCEPTION", parameters, figures(straight.astype(float), mirrored.astype(float), faces)


def ours() -> tuple[str, int, Any]:
    """Labels by the head that `evaluate_classifier` judges, the FER+ majority by the FER+ head."""
    from bench.peer import FER2013
    from inference import registry
    from inference.engine.classify import Classifier
    from inference.management.commands.evaluate_classifier import accuracy_head
    from inference.training.dataset import load_faces
    from inference.training.evaluation import predict
    from inference.training.seeds.figures import figures

    package = registry.active_package()
    faces = load_faces(FER2013).split("PublicTest")
    single = predict(Classifier(replace(package, flip_average=False)), faces, lambda line: None)
    both = predict(Classifier(package), faces, lambda line: None)
    head = accuracy_head(package)
    by_label: Any = figures(single.head(head), both.head(head), faces)
    by_label["mirrored_accuracy"] = float((both.head(head).argmax(1) == faces.labels).mean())
    by_label["ferplus_accuracy"] = figures(both.ferplus, both.ferplus, faces)["ferplus_accuracy"]
    name, parameters = f"{package.name} {package.version}", package.manifest["parameters"]
    return name, parameters, by_label


if __name__ == "__main__":
    main(sys.argv[1:])
