"""The layer list alone knows how big the network is and how its export computes."""

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, numpy_helper

from inference.training.dataset import Faces
from inference.training.errors import TrainingError
from inference.training.layers import Conv, residual_network
from inference.training.onnx_export import export, fold, random_arrays
from inference.training.packaging import LARGEST_BYTES
from inference.training.quantise import quantise
from inference.training.recipes import RECIPES, get_recipe


def test_parameters_of_a_network_counted_by_hand() -> None:
    network = residual_network((4, 8), (1, 1), 7)
    stem, first = 4 * 9, 2 * 4 * 4 * 9
    second = 8 * 4 * 9 + 8 * 8 * 9 + 8 * 4
    heads = 2 * (8 * 7 + 7)
    channels = 4 + 4 + 4 + 8 + 8 + 8
    assert network.trained_parameters == stem + first + second + heads + 2 * channels
    assert network.exported_parameters == stem + first + second + heads + channels


def test_parameters_of_the_recipes() -> None:
    assert get_recipe("resnet-2.8m").architecture.trained_parameters == 2_798_062
    assert get_recipe("resnet-1.5m").architecture.trained_parameters == 1_565_078


def test_every_recipe_fits_its_file() -> None:
    """Weights in int8: a byte each, and a little for scales and names."""
    for recipe in RECIPES.values():
        assert recipe.architecture.exported_parameters + 150_000 <= LARGEST_BYTES, recipe.name


def test_unknown_recipe_is_refused_with_the_known() -> None:
    with pytest.raises(TrainingError, match=r"no recipe 'best'; choose one of: .*resnet-2.8m"):
        get_recipe("best")


def test_rate_rises_to_its_peak_and_falls_to_nothing() -> None:
    recipe = get_recipe("resnet-1.5m")
    assert recipe.rate(recipe.warm_up) == pytest.approx(recipe.peak_rate)
    assert recipe.rate(0) == pytest.approx(recipe.peak_rate / 25)
    assert recipe.rate(1) == 0
    rates = [recipe.rate(step / 100) for step in range(101)]
    assert max(rates) == pytest.approx(recipe.peak_rate)


def test_views_end_at_the_full_side() -> None:
    recipe = get_recipe("resnet-1.5m")
    assert (recipe.side(0.0), recipe.side(0.5), recipe.side(0.9), recipe.side(1.0)) == (32, 40, 48, 48)


def test_folding_a_norm_changes_nothing() -> None:
    conv = Conv("one", "input", 2, 3, 1)
    draw = np.random.default_rng(0)
    arrays = {
        "one.0.weight": draw.normal(0, 1, (3, 2, 1, 1)).astype(np.float32),
        **{
            f"one.1.{name}": draw.uniform(0.5, 2, 3).astype(np.float32)
            for name in ("weight", "bias", "running_mean", "running_var")
        },
    }
    pixel = np.array([0.3, -1.2])
    straight = arrays["one.0.weight"][:, :, 0, 0] @ pixel
    deviation = np.sqrt(arrays["one.1.running_var"] + 1e-5)
    normed = (straight - arrays["one.1.running_mean"]) / deviation * arrays["one.1.weight"]
    weight, bias = fold(conv, arrays)
    assert weight[:, :, 0, 0] @ pixel + bias == pytest.approx(normed + arrays["one.1.bias"], rel=1e-5)


def test_export_keeps_the_contract() -> None:
    architecture = get_recipe("resnet-1.5m").architecture
    model = export(architecture, random_arrays(architecture, seed=1))
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    faces = np.random.default_rng(0).uniform(0, 255, (3, 1, 48, 48)).astype(np.float32)
    ferplus, label, maps = session.run(
        ["ferplus_logits", "label_logits", "activation_maps"], {"faces": faces}
    )
    assert (ferplus.shape, label.shape, maps.shape) == ((3, 7), (3, 7), (3, 7, 6, 6))
    assert maps.mean((2, 3)) == pytest.approx(ferplus, rel=1e-4, abs=1e-4)
    assert [value.name for value in session.get_inputs()] == ["faces"]


def test_integers_keep_the_contract_and_the_answers() -> None:
    """Of an untrained network: its answers vary with the face, and little more can be asked of it."""
    architecture = get_recipe("smoke").architecture
    wide = export(architecture, random_arrays(architecture, seed=1))
    pixels = np.random.default_rng(0).integers(0, 256, (64, 48, 48), dtype=np.uint8)
    narrow = quantise(wide, Faces(pixels, np.zeros(64, dtype=np.int64)), seed=0)
    before, after = (
        onnxruntime.InferenceSession(one, providers=["CPUExecutionProvider"]) for one in (wide, narrow)
    )
    outputs, faces = ["ferplus_logits", "activation_maps"], {"faces": pixels[:, None].astype(np.float32)}
    expected, _ = before.run(outputs, faces)
    found, maps = after.run(outputs, faces)
    assert maps.mean((2, 3)) == pytest.approx(found, rel=1e-4, abs=1e-4)
    assert np.abs(found - expected).mean() < 0.1 * expected.std()
    stored = [
        one for one in onnx.load_from_string(narrow).graph.initializer if one.data_type == TensorProto.INT8
    ]
    assert {one.name.split("_quantized")[0] for one in stored} >= {"stem_weight", "stage1_block1_a_weight"}
    for one in stored:
        assert np.abs(numpy_helper.to_array(one).astype(int)).max() <= 64, one.name
