"""The training loop: two heads, one-cycle SGD, averaged weights, a checkpoint after every epoch."""

import json
import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypedDict

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from inference.emotions import EMOTIONS
from inference.engine.package import load_package
from inference.training.augment import pair_up, random_views
from inference.training.dataset import Faces, Reals, strict_majority
from inference.training.errors import TrainingError
from inference.training.initial_weights import load_package_into
from inference.training.network import Network
from inference.training.recipes import Recipe
from inference.training.soft_targets import Targets, targets_of, unreadable
from inference.training.team import ALONE, Member, team

CHECKPOINT, BEST, LOG = "checkpoint.pt", "best.pt", "training.jsonl"
EVALUATION_BATCH = 256
MEASURED_FACES = 2048  # on which norms are measured that a package had folded away
PRECISIONS = {"float32": torch.float32, "bfloat16": torch.bfloat16}


@dataclass(frozen=True)
class Plan:
    """Length of a run. With `minutes` the cycle follows the clock and ends when they are over."""

    seed: int
    epochs: int
    minutes: float | None = None


class Cycle(TypedDict):
    """A finished run, or a released package, that a further one started from."""

    recipe: str
    epochs: int
    minutes: float


def fastest_precision() -> torch.dtype:
    """bfloat16 where this processor convolves faster in it (AMX, or full-rate AVX512-BF16), else float32."""
    seconds = {}
    for precision in (torch.float32, torch.bfloat16):
        faces, weights = torch.randn(32, 64, 24, 24).to(precision), torch.randn(64, 64, 3, 3).to(precision)
        times = []
        for _ in range(15):
            started = time.monotonic()
            functional.conv2d(faces, weights, padding=1)
            times.append(time.monotonic() - started)
        seconds[precision] = min(times)
    return min(seconds, key=lambda precision: seconds[precision])


def precision_name(precision: torch.dtype) -> str:
    return next(name for name, one in PRECISIONS.items() if one == precision)


def class_weights(labels: Tensor, power: float) -> Tensor:
    """[7] proportional to frequency ** -power, so scaled that the mean over the rows is 1."""
    counts = torch.bincount(labels, minlength=len(EMOTIONS)).float()
    weights = counts.clamp(min=1) ** -power
    return weights * counts.sum() / (weights * counts).sum()


class Fitting:
    """One run over the training rows: everything a checkpoint has to hold."""

    def __init__(self, recipe: Recipe, fitted: Faces, held_out: Faces, plan: Plan) -> None:
        torch.manual_seed(plan.seed)
        self.recipe, self.plan = recipe, plan
        self.precision = fastest_precision()
        self.held_out = held_out
        self.pixels = torch.from_numpy(fitted.pixels)[:, None]
        self.targets = targets_of(fitted)
        self.label_weights = class_weights(torch.from_numpy(fitted.labels), recipe.imbalance_power)
        self.network = Network(recipe.architecture, recipe.dropout)
        self.averaged = Network(recipe.architecture, 0.0)
        self.averaged.modules.load_state_dict(self.network.modules.state_dict())
        self.averaged.modules.eval()
        decayed, free = self.network.decayed_and_free()
        self.optimizer = torch.optim.SGD(
            [{"params": decayed, "weight_decay": recipe.weight_decay}, {"params": free, "weight_decay": 0.0}],
            lr=recipe.rate(0.0),
            momentum=recipe.momentum,
            nesterov=True,
        )
        self.epoch = 0
        self.seconds = 0.0
        self.best = -math.inf
        self.log: list[dict[str, float]] = []
        self.earlier: list[Cycle] = []
        self.member: Member = ALONE
        self.fitted_rows = len(fitted)
        self.begun: dict[str, Tensor] | None = None

    @property
    def steps_per_epoch(self) -> int:
        return max(1, len(self.pixels) // self.recipe.batch)

    def progress(self, step: int, seconds: float) -> float:
        """How much of the run is done, 0..1: by steps, or by the clock where that is further."""
        by_steps = step / (self.plan.epochs * self.steps_per_epoch)
        by_clock = seconds / (60 * self.plan.minutes) if self.plan.minutes else 0.0
        return min(1.0, max(by_steps, by_clock))

    def train_epoch(self) -> float:
        """One pass, cut short where the time is up, in an order that depends on seed and epoch alone."""
        generator = torch.Generator().manual_seed(self.plan.seed * 100_003 + self.epoch)
        order = torch.randperm(len(self.pixels), generator=generator)
        if self.member.rank:
            generator.manual_seed(generator.initial_seed() + 7_919_000 * self.member.rank)
        self.network.modules.train()
        started, losses = time.monotonic(), [math.nan]
        for number in range(self.steps_per_epoch):
            step = self.epoch * self.steps_per_epoch + number
            progress = self.member.agree(self.progress(step, self.seconds + time.monotonic() - started))
            if progress >= 1.0:
                break
            batch = order[number * self.recipe.batch : (number + 1) * self.recipe.batch]
            losses.append(self._step(step, progress, self.member.part(batch), generator))
        self.epoch += 1
        return float(np.nanmean(losses))

    def _step(self, step: int, progress: float, batch: Tensor, generator: torch.Generator) -> float:
        for group in self.optimizer.param_groups:
            group["lr"] = self.recipe.rate(progress)
        views = random_views(self.pixels[batch].float(), self.recipe, self.recipe.side(progress), generator)
        targets = self.targets.rows(batch)
        if self.recipe.mix and float(torch.rand(1, generator=generator)) < self.recipe.mix:
            views, partners, share = pair_up(views, generator)
            targets = targets.blend(targets.rows(partners), share)
        loss = self._loss(views, targets)
        if not torch.isfinite(loss):
            raise TrainingError(f"the loss became {loss.item()} in epoch {self.epoch + 1}, step {step}")
        self.optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        self.member.average_gradients(self.network.modules.parameters())
        self.optimizer.step()
        self._average(step)
        return float(loss.item())

    def _loss(self, views: Tensor, targets: Targets) -> Tensor:
        """Label head: smoothed, rare classes weigh more. FER+ head: unweighted, so its shares stay true."""
        with torch.autocast("cpu", torch.bfloat16, enabled=self.precision == torch.bfloat16):
            ferplus, label = self.network(views)
        label_loss = functional.cross_entropy(
            label.float(),
            targets.labels,
            weight=self.label_weights,
            label_smoothing=self.recipe.label_smoothing,
        )
        share_losses = -(targets.shares * functional.log_softmax(ferplus.float(), 1)).sum()
        return label_loss + share_losses / targets.weights.sum().clamp(min=1)

    def _average(self, step: int) -> None:
        """Exponential moving average of weights and norms, shorter at the very start."""
        keep = min(self.recipe.average_decay, (1 + step) / (10 + step))
        with torch.no_grad():
            for mean, current in zip(self.averaged.state(), self.network.state(), strict=True):
                mean.lerp_(current, 1 - keep)

    def measure(self) -> dict[str, float]:
        """Accuracy of the averaged weights on the held-out rows, without mirroring."""
        ferplus, label = predict(self.averaged, self.held_out)
        figures = {"held_out_accuracy": float((label.argmax(1) == self.held_out.labels).mean())}
        if self.held_out.votes is not None:
            majority = strict_majority(self.held_out.votes)
            clear = majority >= 0
            figures["held_out_ferplus_accuracy"] = float((ferplus.argmax(1) == majority)[clear].mean())
        return figures

    def state(self) -> dict[str, Any]:
        return {
            "network": self.network.modules.state_dict(),
            "averaged": self.averaged.modules.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "progress": {
                "epoch": self.epoch,
                "seconds": self.seconds,
                "best": self.best,
                "log": self.log,
            },
            "recipe": self.recipe.name,
            "plan": asdict(self.plan),
            "precision": precision_name(self.precision),
            "earlier": self.earlier,
        }

    def start_from(self, state: dict[str, Any]) -> None:
        """Begin a further cycle with the averaged weights of a finished one."""
        try:
            self.network.modules.load_state_dict(state["averaged"])
        except RuntimeError as error:
            raise TrainingError("the run to start from is of another architecture") from error
        self.averaged.modules.load_state_dict(state["averaged"])
        progress = state["progress"]
        self.log = progress["log"]
        cycle: Cycle = {
            "recipe": state["recipe"],
            "epochs": progress["epoch"],
            "minutes": round(progress["seconds"] / 60, 1),
        }
        self.earlier = [*state["earlier"], cycle]

    def measured_views(self) -> Tensor:
        """Views of some training faces, the same for a seed, on which norms are measured."""
        draw = torch.Generator().manual_seed(self.plan.seed)
        rows = torch.randperm(self.fitted_rows, generator=draw)[:MEASURED_FACES]
        return random_views(self.pixels[rows].float(), self.recipe, self.recipe.side(1.0), draw)

    def start_from_package(self, package: Path) -> None:
        """Begin with the weights of a released package, and go on with its log."""
        load_package_into(self.network, package, self.measured_views())
        self.averaged.modules.load_state_dict(self.network.modules.state_dict())
        self.begun = {name: value.clone() for name, value in self.averaged.modules.state_dict().items()}
        self.earlier = load_package(package).manifest.get("training", {}).get("cycles", [])
        if (package / LOG).is_file():
            self.log = [json.loads(line) for line in (package / LOG).read_text().splitlines()]

    def add_unreadable(self, fitted: Faces) -> None:
        """Put the recipe's non-faces and masked faces among the rows."""
        if not self.recipe.unreadable:
            return
        pixels, targets = unreadable(fitted, self.recipe, seed=self.plan.seed)
        self.pixels = torch.cat([self.pixels, torch.from_numpy(pixels)[:, None]])
        self.targets = self.targets.followed_by(targets)

    def restore(self, state: dict[str, Any]) -> None:
        if (state["recipe"], state["plan"]["seed"]) != (self.recipe.name, self.plan.seed):
            raise TrainingError("the checkpoint is of another recipe or seed")
        self.network.modules.load_state_dict(state["network"])
        self.averaged.modules.load_state_dict(state["averaged"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.epoch, self.best = state["progress"]["epoch"], state["progress"]["best"]
        self.seconds = state["progress"]["seconds"]
        self.log = state["progress"]["log"]
        self.earlier = state["earlier"]
        self.precision = PRECISIONS[state["precision"]]


def predict(network: Network, faces: Faces) -> tuple[Reals, Reals]:
    """FER+ and label logits [N, 7] in evaluation mode, in float32 as the exported file."""
    network.modules.eval()
    parts = []
    for start in range(0, len(faces), EVALUATION_BATCH):
        pixels = torch.from_numpy(faces.pixels[start : start + EVALUATION_BATCH])[:, None].float()
        with torch.no_grad():
            parts.append(network(pixels))
    ferplus, label = (torch.cat(side).float().numpy() for side in zip(*parts, strict=True))
    return ferplus, label


def load_checkpoint(run: Path) -> dict[str, Any]:
    if not (run / CHECKPOINT).is_file():
        raise TrainingError(f"there is no finished epoch to start from in {run}")
    state: dict[str, Any] = torch.load(run / CHECKPOINT, weights_only=True)
    return state


def fit(fitting: Fitting, out: Path, *, resume: bool, say: Callable[[str], None], workers: int = 1) -> None:
    """Train to the last epoch; `out` gets the last checkpoint, the best averaged weights and the log."""
    out.mkdir(parents=True, exist_ok=True)
    if resume and (out / CHECKPOINT).is_file():
        fitting.restore(load_checkpoint(out))
        say(f"resumed after epoch {fitting.epoch}")
    with team(workers, lambda member: _follow(fitting, member)) as fitting.member:
        while not _is_over(fitting):
            _save(fitting, _epoch(fitting), out, say)
    fitting.member = ALONE


def _is_over(fitting: Fitting) -> bool:
    done = fitting.progress(fitting.epoch * fitting.steps_per_epoch, fitting.seconds)
    return fitting.member.agree(done) >= 1.0


def _follow(fitting: Fitting, member: Member) -> None:
    """What the other members of a team do: train, and leave the rest to rank 0."""
    fitting.member = member
    while not _is_over(fitting):
        fitting.train_epoch()


def _save(fitting: Fitting, entry: dict[str, float], out: Path, say: Callable[[str], None]) -> None:
    score = float(np.mean([value for name, value in entry.items() if name.startswith("held_out")]))
    try:
        if score >= fitting.best:
            fitting.best = score
            torch.save(fitting.averaged.modules.state_dict(), out / BEST)
        fitting.log.append(entry)
        (out / LOG).write_text("".join(json.dumps(line) + "\n" for line in fitting.log))
        torch.save(fitting.state(), out / "checkpoint.tmp")
        (out / "checkpoint.tmp").replace(out / CHECKPOINT)
    except (OSError, RuntimeError) as error:  # PyTorch's own writer says a full disk as RuntimeError
        raise TrainingError(f"epoch {fitting.epoch} cannot be saved to {out}: {error}") from None
    say(json.dumps(entry))


def _epoch(fitting: Fitting) -> dict[str, float]:
    started = time.monotonic()
    progress = fitting.progress(fitting.epoch * fitting.steps_per_epoch, fitting.seconds)
    loss = fitting.train_epoch()
    figures = {name: round(value, 5) for name, value in fitting.measure().items()}
    fitting.seconds += time.monotonic() - started
    return {
        "epoch": len(fitting.log) + 1,
        "progress": round(progress, 4),
        "side": fitting.recipe.side(progress),
        "rate": round(fitting.recipe.rate(progress), 6),
        "loss": round(loss, 5),
        **figures,
        "seconds": round(time.monotonic() - started, 1),
    }
