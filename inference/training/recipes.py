"""Named recipes: everything a training run depends on but the data, the seed and the machine."""

import math
from dataclasses import dataclass

from inference.emotions import EMOTIONS
from inference.training.errors import TrainingError
from inference.training.layers import Architecture, residual_network


@dataclass(frozen=True)
class Recipe:
    """Hyper-parameters. Shifts and covers are shares of the image's side, brightness in grey levels 0..255.

    `sizes`: (progress up to which, side of the training views). Small views first cost a third of full ones.
    `mix`: share of the batches whose faces are blended or patched in pairs. `teacher_share`: of a target that
    the package started from decides. `unreadable`: drawn non-faces and masked faces among the rows, on which
    no emotion is likelier than another. `blur`: share of faces made coarse; `noise`: grey levels, at most.
    """

    name: str
    channels: tuple[int, ...]
    blocks: tuple[int, ...]
    epochs: int
    batch: int = 128
    peak_rate: float = 0.1
    warm_up: float = 0.2
    momentum: float = 0.9
    weight_decay: float = 5e-4
    dropout: float = 0.4
    label_smoothing: float = 0.1
    imbalance_power: float = 0.25
    average_decay: float = 0.998
    rotation_degrees: float = 15.0
    scale: float = 0.15
    shift: float = 0.10
    brightness: float = 25.0
    contrast: float = 0.3
    cut_out: float = 0.5
    cut_out_side: tuple[float, float] = (0.17, 0.33)
    sizes: tuple[tuple[float, int], ...] = ((0.45, 32), (0.75, 40), (1.0, 48))
    mix: float = 0.0
    teacher_share: float = 0.0
    unreadable: int = 0
    blur: float = 0.0
    noise: float = 0.0

    @property
    def architecture(self) -> Architecture:
        return residual_network(self.channels, self.blocks, len(EMOTIONS))

    def rate(self, progress: float) -> float:
        """One-cycle learning rate at `progress` 0..1 of the run: cosine up to the peak, cosine down to 0.

        Smith & Topin 2017, arXiv:1708.07120.
        """
        if progress < self.warm_up:
            low = self.peak_rate / 25
            return low + (self.peak_rate - low) * (1 - math.cos(math.pi * progress / self.warm_up)) / 2
        left = max(0.0, (1 - progress) / (1 - self.warm_up))
        return self.peak_rate * (1 - math.cos(math.pi * left)) / 2

    def side(self, progress: float) -> int:
        """Side of the training views at `progress` 0..1 of the run."""
        return next((side for until, side in self.sizes if progress < until), self.sizes[-1][1])


RECIPES = {
    recipe.name: recipe
    for recipe in (
        Recipe("resnet-1.5m", channels=(24, 48, 96, 192), blocks=(1, 2, 2, 2), epochs=40),
        Recipe(
            "resnet-1.5m-finish",
            channels=(24, 48, 96, 192),
            blocks=(1, 2, 2, 2),
            epochs=10,
            peak_rate=0.02,
            warm_up=0.05,
            sizes=((1.0, 48),),
            rotation_degrees=10.0,
            scale=0.10,
            shift=0.05,
            brightness=20.0,
            contrast=0.2,
            cut_out=0.25,
        ),
        Recipe(
            "resnet-2.7m",
            channels=(32, 64, 128, 256),
            blocks=(1, 2, 2, 2),
            epochs=60,
            sizes=((0.25, 32), (0.55, 40), (1.0, 48)),
        ),
        Recipe(
            "resnet-2.7m-refine",
            channels=(32, 64, 128, 256),
            blocks=(1, 2, 2, 2),
            epochs=60,
            peak_rate=0.05,
            warm_up=0.1,
            dropout=0.3,
            imbalance_power=0.1,
            rotation_degrees=17.0,
            label_smoothing=0.05,
            sizes=((0.2, 32), (0.5, 40), (1.0, 48)),
            mix=0.4,
            teacher_share=0.35,
            unreadable=1800,
            blur=0.12,
            noise=6.0,
        ),
        Recipe("resnet-2.8m", channels=(32, 64, 128, 256), blocks=(2, 2, 2, 2), epochs=40),
        Recipe("smoke", channels=(4, 8), blocks=(1, 1), epochs=1, batch=32),
        Recipe(
            "smoke-refine",
            channels=(4, 8),
            blocks=(1, 1),
            epochs=1,
            batch=32,
            mix=0.5,
            teacher_share=0.3,
            unreadable=24,
            blur=0.2,
            noise=4.0,
        ),
    )
}


def get_recipe(name: str) -> Recipe:
    if name not in RECIPES:
        raise TrainingError(f"there is no recipe {name!r}; choose one of: {', '.join(sorted(RECIPES))}")
    return RECIPES[name]
