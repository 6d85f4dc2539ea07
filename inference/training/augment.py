"""Random views of a batch of faces, made in one go per batch."""

import math

import torch
from torch import Tensor
from torch.nn import functional

from inference.training.recipes import Recipe


def random_views(faces: Tensor, recipe: Recipe, side: int, generator: torch.Generator) -> Tensor:
    """float32 [N, 1, 48, 48] in 0..255 -> [N, 1, side, side]: moved, mirrored, relit, spoilt, covered."""
    moved = move(faces, recipe, side, generator)
    lit = relight(moved, recipe, generator)
    return cut_out(degrade(lit, recipe, generator), recipe, generator)


def _uniform(count: int, low: float, high: float, generator: torch.Generator) -> Tensor:
    return torch.rand(count, generator=generator) * (high - low) + low


def move(faces: Tensor, recipe: Recipe, side: int, generator: torch.Generator) -> Tensor:
    """Rotate, scale, shift and mirror by one affine sampling grid per face."""
    count = len(faces)
    limit = math.radians(recipe.rotation_degrees)
    angle = _uniform(count, -limit, limit, generator)
    zoom = _uniform(count, 1 - recipe.scale, 1 + recipe.scale, generator)
    mirror = (torch.rand(count, generator=generator) < 0.5) * 2.0 - 1.0
    # the sampling grid spans -1..1, so a share of the side is twice as much there
    shift = _uniform(2 * count, -2 * recipe.shift, 2 * recipe.shift, generator).view(count, 2)
    cosine, sine = torch.cos(angle) * zoom, torch.sin(angle) * zoom
    theta = torch.stack(
        [
            torch.stack([cosine * mirror, -sine, shift[:, 0]], 1),
            torch.stack([sine * mirror, cosine, shift[:, 1]], 1),
        ],
        1,
    )
    grid = functional.affine_grid(theta, [count, 1, side, side], align_corners=False)
    return functional.grid_sample(faces, grid, padding_mode="border", align_corners=False)


def relight(faces: Tensor, recipe: Recipe, generator: torch.Generator) -> Tensor:
    """Change contrast about the face's own mean, then brightness."""
    count = len(faces)
    contrast = _uniform(count, 1 - recipe.contrast, 1 + recipe.contrast, generator).view(-1, 1, 1, 1)
    brightness = _uniform(count, -recipe.brightness, recipe.brightness, generator).view(-1, 1, 1, 1)
    mean = faces.mean((2, 3), keepdim=True)
    return ((faces - mean) * contrast + mean + brightness).clamp(0, 255)


def degrade(faces: Tensor, recipe: Recipe, generator: torch.Generator) -> Tensor:
    """Make some faces coarse as of half the pixels, and add sensor noise to all."""
    if not recipe.blur and not recipe.noise:
        return faces
    count = len(faces)
    coarse = (torch.rand(count, generator=generator) < recipe.blur)[:, None, None, None]
    small = functional.avg_pool2d(faces, 2)
    blurred = functional.interpolate(small, size=faces.shape[-2:], mode="bilinear", align_corners=False)
    strength = _uniform(count, 0, recipe.noise, generator).view(-1, 1, 1, 1)
    noise = torch.randn(faces.shape, generator=generator) * strength
    return (torch.where(coarse, blurred, faces) + noise).clamp(0, 255)


def pair_up(faces: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor, float]:
    """Faces blended with others or with a patch of others; the partners' numbers; the share that stays.

    Zhang et al. 2018, arXiv:1710.09412 (mixup); Yun et al. 2019, arXiv:1905.04899 (CutMix).
    """
    partners = torch.randperm(len(faces), generator=generator)
    share = float(torch.rand(1, generator=generator))
    if float(torch.rand(1, generator=generator)) < 0.5:
        share = 0.5 + abs(share - 0.5)
        return faces.lerp(faces[partners], 1 - share), partners, share
    side = faces.shape[-1]
    edge = math.sqrt(1 - share) * side
    rows, columns = (_span(edge, side, generator) for _ in range(2))
    mixed = faces.clone()
    mixed[..., rows, columns] = faces[partners][..., rows, columns]
    covered = (rows.stop - rows.start) * (columns.stop - columns.start)
    return mixed, partners, 1 - covered / side**2


def _span(edge: float, side: int, generator: torch.Generator) -> slice:
    """Pixels of a span of length `edge` about a random centre, cut at the border."""
    centre = float(torch.rand(1, generator=generator)) * side
    return slice(max(0, round(centre - edge / 2)), min(side, round(centre + edge / 2)))


def cut_out(faces: Tensor, recipe: Recipe, generator: torch.Generator) -> Tensor:
    """Cover a random square with the face's mean grey. DeVries & Taylor 2017, arXiv:1708.04552."""
    count, side = len(faces), faces.shape[-1]
    covered = torch.rand(count, generator=generator) < recipe.cut_out
    low, high = recipe.cut_out_side
    half = _uniform(count, low * side / 2, high * side / 2, generator).view(-1, 1)
    centre = torch.rand(2, count, 1, generator=generator) * side
    places = torch.arange(side) + 0.5
    rows = (places - centre[0]).abs() < half
    columns = (places - centre[1]).abs() < half
    mask = (rows[:, :, None] & columns[:, None, :] & covered[:, None, None])[:, None]
    return torch.where(mask, faces.mean((2, 3), keepdim=True), faces)
