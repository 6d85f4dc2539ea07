"""The training loop of the sources: one head, cross-entropy on the original labels, a checkpoint an epoch."""

import json
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from inference.emotions import EMOTIONS
from inference.training.dataset import Faces
from inference.training.errors import TrainingError
from inference.training.metrics import Floats
from inference.training.seeds.network import SeedNetwork, probabilities
from inference.training.seeds.options import SeedOrder
from inference.training.seeds.recipes import UNCHANGED, SeedRecipe
from inference.training.seeds.views import mix, random_views

CHECKPOINT, BEST, LOG = "checkpoint.pt", "best.pt", "training.jsonl"
MOMENTUM = 0.9
Entry = dict[str, float]


def balanced_weights(labels: Tensor) -> Tensor:
    """[7] rows / (classes x rows of the class), as scikit-learn's "balanced"."""
    counts = torch.bincount(labels, minlength=len(EMOTIONS)).float()
    return counts.sum() / (len(EMOTIONS) * counts.clamp(min=1))


def optimiser_of(recipe: SeedRecipe, parameters: list[Any]) -> torch.optim.Optimizer:
    if recipe.optimiser == "sgd":
        return torch.optim.SGD(parameters, lr=recipe.rate, momentum=MOMENTUM, nesterov=True)
    kind = {"adam": torch.optim.Adam, "nadam": torch.optim.NAdam}[recipe.optimiser]
    return kind(parameters, lr=recipe.rate, eps=1e-7)  # Keras's epsilon


class SeedFitting:
    """One run: everything a checkpoint has to hold. Without held-out rows nothing is chosen but the end."""

    def __init__(self, order: SeedOrder, fitted: Faces, held_out: Faces | None) -> None:
        torch.manual_seed(order.seed)
        self.order, self.recipe, self.held_out = order, order.recipe, held_out
        self.pixels = torch.from_numpy(fitted.pixels)[:, None]
        self.labels = torch.from_numpy(fitted.labels)
        ones = torch.ones(len(EMOTIONS))
        self.class_weights = balanced_weights(self.labels) if self.recipe.balanced else ones
        self.network = SeedNetwork(self.recipe.architecture)
        if self.recipe.standardised:
            self.network.standardise(fitted)
        self.optimiser = optimiser_of(self.recipe, self.network.trainable())
        self.epoch, self.seconds, self.best, self.waited = 0, 0.0, -math.inf, 0
        self.lowest_loss = math.inf
        self.log: list[Entry] = []

    @property
    def is_over(self) -> bool:
        late = self.order.minutes is not None and self.seconds >= 60 * self.order.minutes
        return self.epoch >= self.order.epochs or (late and self.epoch > 0)

    def train_epoch(self) -> float:
        """One pass in an order that depends on seed and epoch alone; the mean loss, without l2."""
        seed = self.order.seed * 100_003 + self.epoch
        generator, draw = torch.Generator().manual_seed(seed), np.random.default_rng(seed)
        rows = torch.randperm(len(self.pixels), generator=generator)
        self.network.train()
        batches = [part for part in rows.split(self.recipe.batch) if len(part) > 1]  # a norm needs two
        losses = [self._step(batch, generator, draw) for batch in batches]
        self.epoch += 1
        return float(np.mean(losses))

    def _step(self, batch: Tensor, generator: torch.Generator, draw: np.random.Generator) -> float:
        faces = random_views(self.pixels[batch].float(), self.recipe.views, generator)
        shares = functional.one_hot(self.labels[batch], len(EMOTIONS)).float()
        faces, shares = mix(faces, shares, self.recipe.mixup, draw)
        losses = functional.cross_entropy(self.network(faces), shares, reduction="none")
        loss = (losses * (shares @ self.class_weights)).mean()
        if not torch.isfinite(loss):
            raise TrainingError(f"the loss became {loss.item()} in epoch {self.epoch + 1}")
        self.optimiser.zero_grad(set_to_none=True)
        torch.autograd.backward(loss + self.network.decay())
        self.optimiser.step()
        return float(loss.item())

    def measure(self) -> Entry:
        if self.held_out is None:
            return {}
        found: Floats = probabilities(self.network, self.held_out)
        right = found[np.arange(len(found)), self.held_out.labels]
        return {
            "held_out_accuracy": float((found.argmax(1) == self.held_out.labels).mean()),
            "held_out_loss": float(-np.log(np.maximum(right, 1e-7)).mean()),
        }

    def slow_down(self, loss: float) -> None:
        """Keras's ReduceLROnPlateau."""
        self.waited = 0 if loss < self.lowest_loss else self.waited + 1
        self.lowest_loss = min(self.lowest_loss, loss)
        if self.recipe.patience and self.waited >= self.recipe.patience:
            self.waited = 0
            for group in self.optimiser.param_groups:
                group["lr"] *= self.recipe.drop

    def state(self) -> dict[str, Any]:
        names = ("epoch", "seconds", "best", "waited", "lowest_loss", "log")
        return {
            "network": self.network.modules.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "progress": {name: getattr(self, name) for name in names},
            "run": self._run_name(),
        }

    def _run_name(self) -> list[Any]:
        """What may not change between the halves of a run."""
        recipe = self.recipe
        choices = [recipe.optimiser, recipe.rate, recipe.batch, recipe.balanced, recipe.mixup]
        return [recipe.name, self.order.seed, *choices, recipe.views == UNCHANGED]

    def restore(self, state: dict[str, Any]) -> None:
        if state.get("run") != self._run_name():
            raise TrainingError("the checkpoint is of another recipe, seed or choice of options")
        self.network.modules.load_state_dict(state["network"])
        self.optimiser.load_state_dict(state["optimiser"])
        for name, value in state["progress"].items():
            setattr(self, name, value)


def fit(fitting: SeedFitting, run: Path, say: Callable[[str], None]) -> None:
    """Train to the end; the network has the weights of the best epoch on the held-out rows afterwards."""
    run.mkdir(parents=True, exist_ok=True)
    if fitting.order.resume and (run / CHECKPOINT).is_file():
        fitting.restore(torch.load(run / CHECKPOINT, weights_only=True))
        say(f"resumed after epoch {fitting.epoch}")
    while not fitting.is_over:
        entry = _epoch(fitting)
        score = entry.get("held_out_accuracy", float(fitting.epoch))
        if score >= fitting.best:
            fitting.best = score
            torch.save(fitting.network.modules.state_dict(), run / BEST)
        fitting.log.append(entry)
        (run / LOG).write_text("".join(json.dumps(line) + "\n" for line in fitting.log))
        torch.save(fitting.state(), run / "checkpoint.tmp")
        (run / "checkpoint.tmp").replace(run / CHECKPOINT)
        say(json.dumps(entry))
    fitting.network.modules.load_state_dict(torch.load(run / BEST, weights_only=True))


def _epoch(fitting: SeedFitting) -> Entry:
    started = time.monotonic()
    loss = fitting.train_epoch()
    found = {name: round(value, 5) for name, value in fitting.measure().items()}
    if found:
        fitting.slow_down(found["held_out_loss"])
    seconds = time.monotonic() - started
    fitting.seconds += seconds
    return {"epoch": fitting.epoch, "loss": round(loss, 5), **found, "seconds": round(seconds, 1)}
