"""A linear support vector machine on a network's last features, as source 001 tried.

One against the rest with squared hinge loss: Tang 2013 (arXiv:1306.0239), who won FER-2013 with it.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from inference.emotions import EMOTIONS

COSTS = (1.0, 10.0, 100.0, 1000.0)  # of the mean loss: as much as C = cost / rows of the summed one
STEPS = 100


@dataclass(frozen=True)
class LinearSvm:
    """Margins are standardised features [N, features] @ weights + bias."""

    mean: Tensor
    deviation: Tensor
    weights: Tensor
    bias: Tensor
    cost: float

    def margins(self, features: Tensor) -> Tensor:
        """[N, 7]; the largest names the emotion. They are no probabilities."""
        return (features - self.mean) / self.deviation @ self.weights + self.bias


def fit_svm(features: Tensor, labels: Tensor, cost: float) -> LinearSvm:
    """Minimise |w|^2 / 2 + cost x mean squared hinge, by L-BFGS; the bias is free."""
    mean, deviation = features.mean(0), features.std(0).clamp(min=1e-6)
    standardised = (features - mean) / deviation
    sides = torch.nn.functional.one_hot(labels, len(EMOTIONS)).float() * 2 - 1
    weights = torch.zeros(features.shape[1], len(EMOTIONS), requires_grad=True)
    bias = torch.zeros(len(EMOTIONS), requires_grad=True)
    optimiser = torch.optim.LBFGS([weights, bias], max_iter=STEPS, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimiser.zero_grad()
        hinge = (1 - sides * (standardised @ weights + bias)).clamp(min=0).square().sum(1).mean()
        total = weights.square().sum() / 2 + cost * hinge
        torch.autograd.backward(total)
        return total

    optimiser.step(loss)
    return LinearSvm(mean, deviation, weights.detach(), bias.detach(), cost)


def choose_svm(features: Tensor, labels: Tensor, held_out: Tensor, held_out_labels: Tensor) -> LinearSvm:
    """The cost that is right most often on the held-out rows."""
    found = [fit_svm(features, labels, cost) for cost in COSTS]
    return max(found, key=lambda one: int((one.margins(held_out).argmax(1) == held_out_labels).sum()))
