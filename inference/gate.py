"""The gate before a model is put in force: it must be no worse than the one it takes the place of."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from inference.emotions import EMOTIONS
from inference.engine.classify import Classifier, Doubles
from inference.engine.package import ModelPackage
from inference.training import metrics
from inference.training.dataset import Codes, Faces, strict_majority

BATCH_TOLERANCE = 1e-4
RECALL_LOSS = 0.03
COMPARED_FACES = 64
FEWEST_FACES = 10


@dataclass(frozen=True)
class Check:
    """One question of the gate; `figures`: what was measured, by which the answer was given."""

    name: str
    passed: bool
    figures: dict[str, Any]


@dataclass(frozen=True)
class Verdict:
    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        return all(check.passed for check in self.checks)

    def as_json(self) -> dict[str, Any]:
        return {"passed": self.passed, "checks": [asdict(check) for check in self.checks]}


@dataclass(frozen=True)
class Comparison:
    """Candidate and model in force on the golden set: the faces' truth 0..6, calibrated shares [N, 7]."""

    candidate: ModelPackage
    active: ModelPackage
    truth: Codes
    candidate_shares: Doubles
    active_shares: Doubles


Judge = Callable[[Comparison], Check]
_judges: list[Judge] = []


def register(judge: Judge) -> None:
    """Higher apps add what they ask of a model (scoring: that scores do not become worse)."""
    if judge not in _judges:
        _judges.append(judge)


def judge(candidate: ModelPackage, active: ModelPackage, golden: Faces) -> Verdict:
    """All checks on a golden set: labelled faces that neither model was trained on.

    Truth is the strict FER+ majority where there are votes, else the label; rows without a majority are left
    out.
    """
    truth = golden.labels if golden.votes is None else strict_majority(golden.votes)
    faces = golden.rows(truth >= 0)
    classifiers = Classifier(candidate), Classifier(active)
    shares = [_shares(one, faces) for one in classifiers]
    comparison = Comparison(candidate, active, truth[truth >= 0], *shares)
    checks = [
        whole_golden_set(comparison),
        batch_equals_single(classifiers[0], faces),
        no_class_worse(comparison),
    ]
    return Verdict((*checks, *(ask(comparison) for ask in _judges)))


def whole_golden_set(comparison: Comparison) -> Check:
    """Each emotion often enough that a recall means something."""
    counts = np.bincount(comparison.truth, minlength=len(EMOTIONS))
    faces = dict(zip(EMOTIONS, counts.tolist(), strict=True))
    return Check(
        "golden_set", bool((counts >= FEWEST_FACES).all()), {"faces": faces, "at_least": FEWEST_FACES}
    )


def batch_equals_single(classifier: Classifier, faces: Faces) -> Check:
    """A face must not be read differently because of who waited beside it."""
    some = faces.pixels[:COMPARED_FACES]
    alone = np.concatenate([classifier.probabilities(face[None]) for face in some])
    difference = float(np.abs(classifier.probabilities(some) - alone).max())
    return Check("batch_equals_single", difference <= BATCH_TOLERANCE, {"largest_difference": difference})


def no_class_worse(comparison: Comparison) -> Check:
    """The recall of no emotion more than three points under that of the model in force."""
    recalls = [
        {name: one["recall"] for name, one in _class_figures(comparison.truth, shares).items()}
        for shares in (comparison.candidate_shares, comparison.active_shares)
    ]
    losses = {name: round(recalls[1][name] - recalls[0][name], 4) for name in EMOTIONS}
    return Check("no_class_worse", max(losses.values()) <= RECALL_LOSS, {"loss_of_recall": losses})


def _class_figures(truth: Codes, shares: Doubles) -> dict[str, metrics.ClassFigures]:
    return metrics.class_figures(metrics.confusion_counts(truth, shares.argmax(1)))


def _shares(classifier: Classifier, faces: Faces) -> Doubles:
    parts = [
        classifier.probabilities(faces.pixels[start : start + COMPARED_FACES])
        for start in range(0, len(faces), COMPARED_FACES)
    ]
    return np.concatenate(parts)
