"""What `train_classifier` takes besides for the recipes of the source documents, without PyTorch."""

from argparse import ArgumentParser
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from inference.training.errors import TrainingError
from inference.training.seeds.recipes import OPTIMISERS, UNCHANGED, SeedRecipe

HEADS = ("softmax", "svm")
NAMES = (
    "folds",
    "head",
    "optimiser",
    "rate",
    "batch",
    "views",
    "class_weights",
    "mixup",
    "pretrained",
    "from_scratch",
)
LARGEST_FOLDS = 100


@dataclass(frozen=True)
class SeedOrder:
    """What the person at the terminal asked for; `recipe` has their choices in it."""

    data: Path
    out: Path
    recipe: SeedRecipe
    seed: int
    epochs: int
    minutes: float | None = None
    resume: bool = False
    limit: int | None = None
    folds: int | None = None
    head: str = "softmax"
    pretrained: Path | None = None
    from_scratch: bool = False


def add_options(parser: ArgumentParser) -> None:
    group = parser.add_argument_group("only for the recipes of the source documents (docs/models.md)")
    group.add_argument("--folds", type=int, help="cross-validate over the Training rows instead")
    group.add_argument("--head", choices=HEADS, help="svm: also judge a linear SVM on the last features")
    group.add_argument("--optimiser", choices=OPTIMISERS, help="instead of the recipe's")
    group.add_argument("--rate", type=float, help="learning rate, instead of the recipe's")
    group.add_argument("--batch", type=int, help="rows a step, instead of the recipe's")
    group.add_argument("--views", choices=("source", "none"), help="none: faces as they are")
    group.add_argument("--class-weights", choices=("balanced", "none"), help="instead of the recipe's")
    group.add_argument("--mixup", type=float, help="alpha of the mixing shares; 0 for none")
    group.add_argument("--pretrained", type=Path, help="Keras weights of the backbone: .h5 or .npz")
    group.add_argument("--from-scratch", action="store_true", default=None, help="train the backbone too")


def refuse_for_others(options: dict[str, Any]) -> None:
    """Our own recipes have none of these choices."""
    given = [name for name in NAMES if options.get(name) is not None]
    if given:
        named = ", ".join(f"--{name.replace('_', '-')}" for name in given)
        raise TrainingError(f"{named}: only for the recipes of the source documents")


def order_of(recipe: SeedRecipe, options: dict[str, Any]) -> SeedOrder:
    """Refuses what does not fit the recipe, before anything is read."""
    for name in ("start", "initial_weights"):
        if options.get(name) is not None:
            raise TrainingError(f"--{name.replace('_', '-')} is for our own recipes")
    for name in ("rate", "batch"):
        if options[name] is not None and options[name] <= 0:
            raise TrainingError(f"--{name} must be above 0")
    if options["mixup"] is not None and options["mixup"] < 0:
        raise TrainingError("--mixup must be 0 or above")
    if options["folds"] is not None and not 2 <= options["folds"] <= LARGEST_FOLDS:
        raise TrainingError(f"--folds must be from 2 to {LARGEST_FOLDS}")
    if options["folds"] is not None and options["head"] == "svm":
        raise TrainingError("--head svm is not for --folds")
    _require_backbone(recipe, options)
    return SeedOrder(
        data=options["data"],
        out=options["out"],
        recipe=_chosen(recipe, options),
        seed=options["seed"],
        epochs=options["epochs"] or recipe.epochs,
        minutes=options["minutes"],
        resume=options["resume"],
        limit=options["limit"],
        folds=options["folds"],
        head=options["head"] or "softmax",
        pretrained=options["pretrained"],
        from_scratch=bool(options["from_scratch"]),
    )


def _require_backbone(recipe: SeedRecipe, options: dict[str, Any]) -> None:
    """A backbone is read from a file or trained, by the person's word: never silently left at random."""
    given = options["pretrained"] is not None, bool(options["from_scratch"])
    if not recipe.pretrained:
        if any(given):
            raise TrainingError(f"{recipe.name} has no pre-trained part: its source trained it from nothing")
        return
    if given == (False, False):
        raise TrainingError(
            f"{recipe.name} starts from weights that were trained on ImageNet: name Keras's file with "
            "--pretrained FILE (.h5 or .npz), or say --from-scratch to train all of it from nothing"
        )
    if given == (True, True):
        raise TrainingError("--pretrained and --from-scratch exclude each other")


def _chosen(recipe: SeedRecipe, options: dict[str, Any]) -> SeedRecipe:
    named = {name: options[name] for name in ("optimiser", "rate", "batch", "mixup")}
    changes: dict[str, Any] = {name: value for name, value in named.items() if value is not None}
    if options["views"] == "none":
        changes["views"] = UNCHANGED
    if options["class_weights"] is not None:
        changes["balanced"] = options["class_weights"] == "balanced"
    if options["from_scratch"]:
        changes["architecture"] = replace(recipe.architecture, frozen=frozenset())
    return replace(recipe, **changes)
