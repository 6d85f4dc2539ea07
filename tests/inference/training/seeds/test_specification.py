"""The sources' networks have the parameters that the sources print."""

import pytest

from inference.training.seeds.recipes import SEED_RECIPES
from inference.training.seeds.specification import Architecture, Conv, Dense, Flatten, Norm, Residual
from inference.training.seeds.transferred import resnet50_body, vgg16_body

# total and trainable, as printed by the sources' model summaries
PRINTED = {
    "baseline_cnn": (1_199_495, 1_199_495),
    "moodvision_cnn": (8_859_719, 8_854_343),
    "vit_initial": (32_116_743, 32_116_103),
    "vit_deep": (3_623_239, 3_621_447),
    "vgg16_transfer": (14_718_279, 3_591),
    "resnet50_transfer": (23_883_015, 1_333_575),
    "resnet50_dropout": (23_885_383, 23_815_687),
}


@pytest.mark.parametrize("name", PRINTED)
def test_parameters_are_those_that_the_source_prints(name: str) -> None:
    architecture = SEED_RECIPES[name].architecture
    assert (architecture.parameters, architecture.trainable_parameters) == PRINTED[name]


def test_parameters_of_a_summary_whose_print_is_cut_off() -> None:
    """000, figure 9 reads 33,625,927 in all, 25,990,... trainable and 7,6... not."""
    architecture = SEED_RECIPES["vgg16_dropout"].architecture
    assert architecture.parameters == 33_625_927
    assert architecture.trainable_parameters == 25_990_663
    assert architecture.parameters - architecture.trainable_parameters == 7_635_264


def test_parameters_where_the_source_prints_none() -> None:
    """Counted by hand: 002 shows one dense layer, 004 leaves its last convolution without padding."""
    assert SEED_RECIPES["vgg_style"].architecture.parameters == 23_599_047
    assert SEED_RECIPES["oslomet_sequential"].architecture.parameters == 3_670_535


def test_every_recipe_answers_with_the_seven_emotions_from_the_stated_channels() -> None:
    for name, recipe in SEED_RECIPES.items():
        assert recipe.architecture.classes == 7, name
        names = [layer.name for layer, _ in recipe.architecture.named()]
        assert len(names) == len(set(names)), name
    rgb = {name for name, recipe in SEED_RECIPES.items() if recipe.architecture.channels == 3}
    assert rgb == {
        "moodvision_cnn",
        "vgg16_transfer",
        "vgg16_dropout",
        "resnet50_transfer",
        "resnet50_dropout",
    }


def test_backbones_end_in_the_shapes_that_the_source_prints() -> None:
    assert Residual(vgg16_body()).outputs((3, 48, 48)) == (512, 1, 1)
    assert Residual(resnet50_body()).outputs((3, 48, 48)) == (2048, 2, 2)


def test_frozen_layers_and_statistics_do_not_count_as_trainable() -> None:
    layers = (Conv("one", 4), Norm("two"), Flatten(), Dense("three", 7))
    convolution, norm, dense = 4 * 10, 16, 7 * (4 * 48 * 48 + 1)
    free = Architecture(1, layers)
    assert (free.parameters, free.trainable_parameters) == (
        convolution + norm + dense,
        convolution + norm // 2 + dense,
    )
    assert Architecture(1, layers, frozen=frozenset({"one", "two"})).trainable_parameters == dense
