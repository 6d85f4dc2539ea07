"""What `train_classifier` refuses for the recipes of the source documents, before it needs PyTorch."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from inference.training.errors import TrainingError
from inference.training.seeds.options import order_of, refuse_for_others
from inference.training.seeds.recipes import SEED_RECIPES, UNCHANGED

NOTHING: dict[str, Any] = dict.fromkeys(
    (
        *("start", "epochs", "minutes", "limit", "folds", "head", "optimiser", "rate", "batch", "views"),
        *("class_weights", "mixup", "pretrained", "from_scratch"),
    )
)


def options(**given: Any) -> dict[str, Any]:
    return {**NOTHING, "data": Path("data"), "out": Path("out"), "seed": 0, "resume": False, **given}


def test_without_choices_the_source_decides() -> None:
    recipe = SEED_RECIPES["vit_initial"]
    order = order_of(recipe, options())
    assert order.recipe == recipe
    assert (order.epochs, order.head, order.folds) == (recipe.epochs, "softmax", None)


def test_choices_replace_what_the_source_did() -> None:
    chosen = options(
        optimiser="sgd", rate=0.01, batch=16, views="none", class_weights="balanced", mixup=0.0, epochs=3
    )
    order = order_of(SEED_RECIPES["vit_initial"], chosen)
    recipe = order.recipe
    assert (recipe.optimiser, recipe.rate, recipe.batch, recipe.mixup) == ("sgd", 0.01, 16, 0.0)
    assert (recipe.views, recipe.balanced, order.epochs) == (UNCHANGED, True, 3)
    weighted = SEED_RECIPES["moodvision_cnn"]
    assert weighted.balanced
    assert not order_of(weighted, options(class_weights="none")).recipe.balanced


def test_backbone_comes_from_a_file_or_is_trained_by_word() -> None:
    transfer = SEED_RECIPES["vgg16_transfer"]
    with pytest.raises(TrainingError, match=r"name Keras's file with --pretrained .* or say --from-scratch"):
        order_of(transfer, options())
    with pytest.raises(TrainingError, match="exclude each other"):
        order_of(transfer, options(pretrained=Path("vgg16.h5"), from_scratch=True))
    with pytest.raises(TrainingError, match="baseline_cnn has no pre-trained part"):
        order_of(SEED_RECIPES["baseline_cnn"], options(from_scratch=True))
    assert order_of(transfer, options(pretrained=Path("vgg16.h5"))).recipe.architecture.frozen
    trained = order_of(transfer, options(from_scratch=True)).recipe.architecture
    assert trained.trainable_parameters == trained.parameters == 14_718_279


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"folds": 1}, "--folds must be from 2"),
        ({"folds": 5, "head": "svm"}, "--head svm is not for --folds"),
        ({"rate": 0.0}, "--rate must be above 0"),
        ({"batch": 0}, "--batch must be above 0"),
        ({"mixup": -0.1}, "--mixup must be 0 or above"),
        ({"start": Path("run")}, "--start is for our own recipes"),
        ({"initial_weights": Path("package")}, "--initial-weights is for our own recipes"),
    ],
)
def test_choices_that_make_no_sense_are_refused(given: dict[str, Any], told: str) -> None:
    with pytest.raises(TrainingError, match=told):
        order_of(SEED_RECIPES["baseline_cnn"], options(**given))


def test_our_own_recipes_have_none_of_these_choices() -> None:
    refuse_for_others(options())
    with pytest.raises(TrainingError, match="--folds, --class-weights: only for the recipes of the source"):
        refuse_for_others(options(folds=10, class_weights="none"))


def test_without_pytorch_a_seed_is_refused_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "inference.management.commands.train_classifier.find_spec",
        lambda name: None if name == "torch" else 1,
    )
    with pytest.raises(CommandError, match=r"training needs torch: .*pip install torch"):
        call_command("train_classifier", "--data", "x", "--out", "y", "--recipe", "baseline_cnn")


def test_counts_choices_folds_and_figures_need_no_pytorch() -> None:
    names = ("specification", "recipes", "options", "folds", "figures", "keras_weights")
    imports = "; ".join(f"import inference.training.seeds.{name}" for name in names)
    program = f"import sys; sys.modules['torch'] = None; {imports}"
    subprocess.run([sys.executable, "-c", program], check=True)
