"""The sources' augmentations and mixup, made in one go per batch."""

import math

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from inference.training.seeds.recipes import UNCHANGED, Views


def random_views(faces: Tensor, views: Views, generator: torch.Generator) -> Tensor:
    """float32 [N, 1, 48, 48] in 0..255 -> the same: moved, mirrored, relit; edges repeat outwards."""
    if views == UNCHANGED:
        return faces
    grid = functional.affine_grid(
        _moves(len(faces), views, generator), list(faces.shape), align_corners=False
    )
    moved = functional.grid_sample(faces, grid, padding_mode="border", align_corners=False)
    low, high = views.brightness
    return (moved * _uniform(len(faces), low, high, generator).view(-1, 1, 1, 1)).clamp(0, 255)


def _uniform(count: int, low: float, high: float, generator: torch.Generator) -> Tensor:
    return torch.rand(count, generator=generator) * (high - low) + low


def _moves(count: int, views: Views, generator: torch.Generator) -> Tensor:
    """Affine matrices [N, 2, 3]: rotation, shear, zoom of each axis, mirror, shift (the grid spans -1..1)."""

    def draw(limit: float, middle: float = 0.0) -> Tensor:
        return _uniform(count, middle - limit, middle + limit, generator)

    angle, shear = draw(math.radians(views.rotation)), draw(math.radians(views.shear))
    across, down = draw(views.zoom, 1.0), draw(views.zoom, 1.0)
    if views.mirror:
        across = across * (torch.rand(count, generator=generator).round() * 2 - 1)
    shift_across, shift_down = draw(2 * views.shift_across), draw(2 * views.shift_down)
    rows = (
        torch.stack([angle.cos() * across, -(angle + shear).sin() * down, shift_across], 1),
        torch.stack([angle.sin() * across, (angle + shear).cos() * down, shift_down], 1),
    )
    return torch.stack(rows, 1)


def mix(faces: Tensor, shares: Tensor, alpha: float, draw: np.random.Generator) -> tuple[Tensor, Tensor]:
    """Each face and its label shares [N, 7] blended with another row's.

    Zhang et al. 2017, arXiv:1710.09412.
    """
    if not alpha:
        return faces, shares
    kept = torch.from_numpy(draw.beta(alpha, alpha, len(faces)).astype(np.float32))
    others = torch.from_numpy(draw.permutation(len(faces)))
    mixed = faces * kept.view(-1, 1, 1, 1) + faces[others] * (1 - kept).view(-1, 1, 1, 1)
    return mixed, shares * kept[:, None] + shares[others] * (1 - kept)[:, None]
