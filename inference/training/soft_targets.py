"""What the heads of a fine-tuned network learn: labels and votes, a teacher's opinion, and "cannot tell"."""

from dataclasses import replace
from pathlib import Path
from typing import TypedDict

import numpy as np
import torch
from torch import Tensor

from inference.emotions import EMOTIONS
from inference.engine.classify import Classifier, softmax
from inference.engine.package import load_package
from inference.training.coverings import surgical_masks
from inference.training.dataset import SIDE, Bytes, Faces, Reals, label_shares, vote_shares, vote_weights
from inference.training.evaluation import Say, predict
from inference.training.non_faces import non_faces, scrambled
from inference.training.recipes import Recipe

# houses and written pages are left out on purpose: they tell whether the lesson carries over
TAUGHT_KINDS = ("noise", "hand", "car", "drawing", "back_of_head", "pattern")
SHIFTS = ((0, 0), (2, 1), (-1, -2))
TEACHER = "teacher.npz"
CANNOT_TELL = 1 / len(EMOTIONS)


class Opinion(TypedDict):
    """A teacher's label shares and vote shares of each face, float32 [N, 7]."""

    labels: Reals
    shares: Reals


class Targets:
    """[N, 7] each: label shares, and vote shares times how much each row's votes weigh; weights [N]."""

    def __init__(self, labels: Tensor, shares: Tensor, weights: Tensor) -> None:
        self.labels, self.shares, self.weights = labels, shares, weights

    def rows(self, index: Tensor) -> "Targets":
        return Targets(self.labels[index], self.shares[index], self.weights[index])

    def blend(self, other: "Targets", share: float) -> "Targets":
        """`share` of these targets and the rest of the other's."""
        return Targets(
            self.labels.lerp(other.labels, 1 - share),
            self.shares.lerp(other.shares, 1 - share),
            self.weights.lerp(other.weights, 1 - share),
        )

    def followed_by(self, other: "Targets") -> "Targets":
        return Targets(
            torch.cat([self.labels, other.labels]),
            torch.cat([self.shares, other.shares]),
            torch.cat([self.weights, other.weights]),
        )


def targets_of(faces: Faces) -> Targets:
    """Copies that are labelled differently share their labels; without votes these stand in for them."""
    labels = torch.from_numpy(label_shares(faces))
    if faces.votes is None:
        return Targets(labels, labels, torch.ones(len(labels)))
    weights = torch.from_numpy(vote_weights(faces.votes))
    return Targets(labels, torch.from_numpy(vote_shares(faces.votes)) * weights[:, None], weights)


def taught(targets: Targets, opinion: Opinion, share: float) -> Targets:
    """`share` of each target is a released package's opinion of the face: its calibrated label head, and its
    FER+ head as it was trained, before the temperature that sharpens votes into majorities.

    Distillation into a network of the same form: Furlanello et al. 2018, arXiv:1805.04770.
    """
    shares = torch.from_numpy(opinion["shares"]) * targets.weights[:, None]
    told = Targets(torch.from_numpy(opinion["labels"]), shares, targets.weights)
    return targets.blend(told, 1 - share)


def ask_teacher(package: Path, faces: Faces, kept_in: Path, say: Say) -> Opinion:
    """What a released package sees in each face, over small shifts; kept in a file for a resumed run."""
    teacher = load_package(package)
    file = kept_in / TEACHER
    if file.is_file():
        with np.load(file) as archive:
            if str(archive["sha256"]) == teacher.sha256 and len(archive["labels"]) == len(faces):
                return {"labels": archive["labels"], "shares": archive["shares"]}
    say(f"asking {teacher.name} {teacher.version} about the training faces")
    classifier = Classifier(teacher)
    views = [predict(classifier, replace(faces, pixels=_shifted(faces.pixels, *by)), say) for by in SHIFTS]
    ferplus = np.mean([np.log(np.maximum(view.ferplus, 1e-12)) for view in views], axis=0)
    labels = np.mean([np.log(np.maximum(view.label, 1e-12)) for view in views], axis=0)
    opinion: Opinion = {
        "labels": softmax(labels).astype(np.float32),
        "shares": softmax(ferplus * teacher.temperature).astype(np.float32),
    }
    kept_in.mkdir(parents=True, exist_ok=True)
    np.savez(file, sha256=teacher.sha256, **opinion)
    return opinion


def _shifted(pixels: Bytes, across: int, down: int) -> Bytes:
    """Moved by whole pixels, the border repeated."""
    wide = np.pad(pixels, ((0, 0), (2, 2), (2, 2)), mode="edge")
    return np.roll(wide, (down, across), (1, 2))[:, 2:-2, 2:-2]


def unreadable(faces: Faces, recipe: Recipe, *, seed: int) -> tuple[Bytes, Targets]:
    """Drawn non-faces and masked training faces, of which every emotion is equally likely."""
    count = recipe.unreadable
    draw = np.random.default_rng(seed)
    some = [faces.pixels[draw.permutation(len(faces))[:amount]] for amount in (count // 6, count // 2)]
    drawn = [non_faces(kind, count // 12, SIDE, seed=seed + place) for place, kind in enumerate(TAUGHT_KINDS)]
    pixels = np.concatenate([*drawn, scrambled(some[0], seed=seed), surgical_masks(some[1], seed=seed)])
    flat = torch.full((len(pixels), len(EMOTIONS)), CANNOT_TELL)
    return pixels, Targets(flat, flat, torch.ones(len(pixels)))
