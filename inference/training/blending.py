"""Weights between those that a fine-tuning began with and those that it came to.

On the straight line between the two there often is a network better than both, and steadier on other faces
(Wortsman et al. 2022, arXiv:2109.01903). The share is chosen on the held-out rows, among those that are still
in doubt where no face can be read: half way back to a package that never met non-faces forgets that lesson.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from inference.engine.classify import softmax
from inference.training.calibration import calibrate
from inference.training.dataset import Bytes, Faces, strict_majority
from inference.training.fit import predict
from inference.training.network import Network
from inference.training.recipes import Recipe
from inference.training.soft_targets import unreadable
from inference.training.unreadable_faces import LIMIT, sure_share

SHARES = (1.0, 0.75, 0.5)
CHOOSING_SEED = 77_003  # neither the training's pictures nor those of the card

State = dict[str, Any]


def best_blend(
    recipe: Recipe, begun: State, found: State, views: Tensor, held_out: Faces, say: Callable[[str], None]
) -> tuple[State, float]:
    """The state of the best network on the line and its share of `found`; norms are measured on `views`."""
    results = []
    blank = unreadable(held_out, recipe, seed=CHOOSING_SEED)[0] if recipe.unreadable else None
    for share in SHARES:
        network = blended(recipe, begun, found, share, views)
        score = _score(network, held_out)
        sure = 0.0 if blank is None else _sure_share(network, held_out, blank)
        say(f"{share:.0%} of the way from the package: {score:.4f} held out, {sure:.1%} sure of no face")
        results.append((sure <= LIMIT, score, share, network.modules.state_dict()))
    *_figures, share, state = max(results, key=lambda one: one[:2])
    return state, share


def _sure_share(network: Network, held_out: Faces, blank: Bytes) -> float:
    """How often the network, calibrated on the held-out rows, is sure where no face can be read."""
    logits, label = (one.astype(np.float64) for one in predict(network, held_out))
    temperature = calibrate(logits, label, held_out).temperature
    none = predict(network, Faces(blank, np.zeros(len(blank), dtype=np.int64)))[0]
    return sure_share(softmax(none.astype(np.float64) / temperature))


def blended(recipe: Recipe, begun: State, found: State, share: float, views: Tensor) -> Network:
    network = Network(recipe.architecture, 0.0)
    state = {
        name: torch.lerp(begun[name], value, share) if value.is_floating_point() else value
        for name, value in found.items()
    }
    network.modules.load_state_dict(state)
    if share < 1.0:
        _measure_norms_anew(network, views)
    return network


def _measure_norms_anew(network: Network, views: Tensor) -> None:
    """Statistics do not lie on the line: those of the blended network are taken from the faces."""
    norms = [module for module in network.modules.modules() if isinstance(module, nn.BatchNorm2d)]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # a plain mean over the batches
    network.modules.train()
    with torch.no_grad():
        for part in views.split(128):
            network(part)
    network.modules.eval()


def _score(network: Network, faces: Faces) -> float:
    """Mean accuracy of the two heads, without mirroring as during the run."""
    ferplus, label = predict(network, faces)
    figures = [float((label.argmax(1) == faces.labels).mean())]
    if faces.votes is not None:
        majority = strict_majority(faces.votes)
        figures.append(float((ferplus.argmax(1) == majority)[majority >= 0].mean()))
    return float(np.mean(figures))
