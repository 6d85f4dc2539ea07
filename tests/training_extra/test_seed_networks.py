"""Every network of the source documents builds, answers and learns, and is as big as its specification."""

from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import pytest
import torch

from inference.training.dataset import Faces
from inference.training.errors import TrainingError
from inference.training.seeds.fit import SeedFitting, balanced_weights
from inference.training.seeds.keras_weights import read_backbone
from inference.training.seeds.linear_svm import choose_svm
from inference.training.seeds.network import SeedNetwork
from inference.training.seeds.options import SeedOrder
from inference.training.seeds.recipes import OPTIMISERS, SEED_RECIPES, VIT_VIEWS, SeedRecipe, Views
from inference.training.seeds.specification import Relu, Residual
from inference.training.seeds.views import mix, random_views
from tests.inference.training.seeds.test_keras_weights import SMALL, small_parts
from tests.inference.training.small_data import small_arrays

NAMES = sorted(SEED_RECIPES)


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def faces_of(rows: int) -> Faces:
    arrays = small_arrays(rows)
    return Faces(arrays["pixels"], arrays["label"].astype(np.int64))


def order_for(recipe: SeedRecipe) -> SeedOrder:
    return SeedOrder(Path("data"), Path("out"), recipe, seed=0, epochs=1)


@pytest.mark.parametrize("name", NAMES)
def test_network_is_as_big_as_its_specification_answers_and_takes_a_step(name: str) -> None:
    recipe = SEED_RECIPES[name]
    fitting = SeedFitting(order_for(recipe), faces_of(7), None)
    network, architecture = fitting.network, recipe.architecture
    trained = sum(one.numel() for one in network.modules.parameters())
    kept = sum(
        value.numel()
        for key, value in network.modules.state_dict().items()
        if key.split(".")[-1].startswith("running_")
    )
    assert trained + kept == architecture.parameters
    assert sum(one.numel() for one in network.trainable()) == architecture.trainable_parameters
    before = {key: value.clone() for key, value in network.modules.state_dict().items()}
    assert np.isfinite(fitting.train_epoch())
    changed = {
        key.split(".")[0]
        for key, value in network.modules.state_dict().items()
        if not torch.equal(value, before[key])
    }
    assert changed.isdisjoint(architecture.frozen)
    assert "output" in changed
    network.modules.eval()
    with torch.no_grad():
        assert network(fitting.pixels[:3].float()).shape == (3, 7)


def test_residual_adds_what_its_body_and_its_shortcut_say() -> None:
    network = SeedNetwork(SEED_RECIPES["baseline_cnn"].architecture)
    values = torch.tensor([[-1.0, 2.0]])
    assert network._apply(Residual((Relu(),)), values).tolist() == [[-1.0, 4.0]]
    assert network._apply(Residual((Relu(),), (Relu(),)), values).tolist() == [[0.0, 4.0]]


def test_keras_arrays_do_in_the_network_what_they_do_in_keras(tmp_path: Path) -> None:
    """Its kernels are [height, width, inputs, filters]; read from an .h5 of Keras's old layout."""
    parts = small_parts()
    with h5py.File(tmp_path / "weights.h5", "w") as file:
        file.attrs["layer_names"] = [name.encode() for name in parts]
        for name, one in parts.items():
            group = file.create_group(name)
            group.attrs["weight_names"] = [f"{name}_{part}:0".encode() for part in one]
            for part, values in one.items():
                group[f"{name}_{part}:0"] = values
    network = SeedNetwork(SMALL)
    network.put(read_backbone(tmp_path / "weights.h5", SMALL))
    network.modules.eval()
    faces = torch.rand(1, 3, 48, 48)
    with torch.no_grad():
        found = network._run(SMALL.layers[:2], faces)[0, :, 20, 30].numpy()
    window = faces[0, :, 19:22, 29:32].permute(1, 2, 0).numpy()
    convolved = np.einsum("hwc,hwcf->f", window, parts["one"]["kernel"]) + parts["one"]["bias"]
    norm = parts["two"]
    scaled = (convolved - norm["moving_mean"]) / np.sqrt(norm["moving_variance"] + 1e-3)
    np.testing.assert_allclose(found, scaled * norm["gamma"] + norm["beta"], rtol=1e-4)


def test_file_that_is_no_h5_is_refused(tmp_path: Path) -> None:
    (tmp_path / "weights.h5").write_bytes(b"no such thing")
    with pytest.raises(TrainingError, match="cannot be read as a Keras file"):
        read_backbone(tmp_path / "weights.h5", SMALL)


def test_balanced_weights_are_those_of_source_000() -> None:
    counts = [3995, 436, 4097, 7215, 4830, 3171, 4965]
    labels = torch.cat([torch.full((count,), label) for label, count in enumerate(counts)])
    printed = [1.03, 9.40, 1.00, 0.568, 0.849, 1.29, 0.826]
    assert balanced_weights(labels).tolist() == pytest.approx(printed, rel=0.005)


@pytest.mark.parametrize("optimiser", OPTIMISERS)
def test_every_optimiser_lowers_the_loss(optimiser: str) -> None:
    recipe = replace(SEED_RECIPES["baseline_cnn"], optimiser=optimiser, rate=0.003, views=Views(), batch=21)
    fitting = SeedFitting(order_for(recipe), faces_of(210), None)
    losses = [fitting.train_epoch() for _ in range(4)]
    assert losses[-1] < losses[0]


def test_loss_that_is_no_number_stops_the_run() -> None:
    fitting = SeedFitting(order_for(SEED_RECIPES["baseline_cnn"]), faces_of(14), None)
    with torch.no_grad():
        fitting.network.modules["conv1"].weight.fill_(np.nan)
    with pytest.raises(TrainingError, match="the loss became nan in epoch 1"):
        fitting.train_epoch()


def test_rate_drops_where_the_held_out_loss_does_not_fall() -> None:
    recipe = SEED_RECIPES["oslomet_sequential"]
    fitting = SeedFitting(order_for(recipe), faces_of(7), None)
    for _ in range(1 + recipe.patience):
        fitting.slow_down(1.0)
    assert fitting.optimiser.param_groups[0]["lr"] == pytest.approx(recipe.rate * recipe.drop)


def test_views_keep_shape_and_range_and_depend_on_the_generator_alone() -> None:
    faces = torch.arange(256).float().repeat(8, 9).view(8, 1, 48, 48)
    one, same, other = (
        random_views(faces, VIT_VIEWS, torch.Generator().manual_seed(seed)) for seed in (1, 1, 2)
    )
    assert one.shape == faces.shape
    assert one.min() >= 0
    assert one.max() <= 255
    assert torch.equal(one, same)
    assert not torch.equal(one, other)
    assert random_views(faces, Views(), torch.Generator()) is faces
    mirrored = random_views(faces, Views(mirror=True), torch.Generator().manual_seed(0))
    for face, view in zip(faces, mirrored, strict=True):
        assert torch.allclose(view, face, atol=1e-2) or torch.allclose(view, face.flip(2), atol=1e-2)


def test_mixup_blends_faces_and_labels_by_the_same_share() -> None:
    shares = torch.eye(7)
    faces = torch.arange(7.0).view(7, 1, 1, 1).expand(7, 1, 48, 48)
    mixed, blended = mix(faces, shares, 0.2, np.random.default_rng(0))
    assert torch.allclose(blended.sum(1), torch.ones(7))
    assert torch.allclose(mixed[:, 0, 0, 0], blended @ torch.arange(7.0), atol=1e-5)
    assert mix(faces, shares, 0.0, np.random.default_rng(0))[0] is faces


def test_support_vector_machine_separates_what_can_be_separated() -> None:
    labels = torch.arange(70) % 7
    features = torch.eye(7)[labels] + 0.05 * torch.randn(70, 7, generator=torch.Generator().manual_seed(0))
    machine = choose_svm(features[:35], labels[:35], features[35:], labels[35:])
    assert (machine.margins(features).argmax(1) == labels).all()
