"""The torch module and the ONNX export are the same function."""

import numpy as np
import onnxruntime
import pytest
import torch

from inference.training.augment import random_views
from inference.training.fit import class_weights
from inference.training.network import Network
from inference.training.onnx_export import export, random_arrays
from inference.training.recipes import get_recipe


def test_module_and_export_agree() -> None:
    recipe = get_recipe("smoke")
    arrays = random_arrays(recipe.architecture, seed=0)
    network = Network(recipe.architecture, recipe.dropout)
    state = {name: torch.from_numpy(values) for name, values in arrays.items()}
    unknown = network.modules.load_state_dict(state, strict=False).unexpected_keys
    assert unknown == []
    network.modules.eval()
    faces = np.random.default_rng(0).uniform(0, 255, (4, 1, 48, 48)).astype(np.float32)
    with torch.no_grad():
        expected = network(torch.from_numpy(faces))
    session = onnxruntime.InferenceSession(
        export(recipe.architecture, arrays), providers=["CPUExecutionProvider"]
    )
    found = session.run(["ferplus_logits", "label_logits"], {"faces": faces})
    for one, other in zip(expected, found, strict=True):
        np.testing.assert_allclose(one.numpy(), other, rtol=0.01, atol=0.02)


def test_module_has_the_parameters_of_the_list() -> None:
    for name in ("smoke", "resnet-1.5m"):
        architecture = get_recipe(name).architecture
        module = Network(architecture, 0.0).modules
        assert sum(one.numel() for one in module.parameters()) == architecture.trained_parameters


def test_views_keep_range_and_depend_on_the_generator_alone() -> None:
    recipe = get_recipe("smoke")
    faces = torch.arange(256).float().repeat(8, 9).view(8, 1, 48, 48)
    one, same, other = (
        random_views(faces, recipe, 32, torch.Generator().manual_seed(seed)) for seed in (1, 1, 2)
    )
    assert one.shape == (8, 1, 32, 32)
    assert one.min() >= 0
    assert one.max() <= 255
    assert torch.equal(one, same)
    assert not torch.equal(one, other)


def test_rare_classes_weigh_more_and_the_mean_stays_one() -> None:
    labels = torch.tensor([3] * 160 + [1] * 10)
    weights = class_weights(labels, 0.25)
    assert float(weights[labels].mean()) == pytest.approx(1)
    assert float(weights[1] / weights[3]) == pytest.approx(2)
