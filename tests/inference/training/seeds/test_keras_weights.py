"""A backbone is read by the names of its layers, or refused with what is wrong."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inference.training.errors import TrainingError
from inference.training.seeds.keras_weights import Parts, read_backbone, shapes_of
from inference.training.seeds.recipes import SEED_RECIPES
from inference.training.seeds.specification import Architecture, Conv, Dense, Flatten, Norm

SMALL = Architecture(
    3,
    (Conv("one", 4), Norm("two"), Flatten(), Dense("output", 7)),
    backbone=frozenset({"one", "two"}),
)


def small_parts() -> dict[str, Parts]:
    draw = np.random.default_rng(0)
    return {
        layer.name: {
            part: draw.uniform(0.5, 1, wanted).astype(np.float32)
            for part, wanted in shapes_of(layer, shape).items()
        }
        for layer, shape in SMALL.named()
        if layer.name in SMALL.backbone
    }


def write(path: Path, parts: dict[str, Parts]) -> Path:
    arrays: dict[str, Any] = {
        f"{layer}/{part}": values for layer, one in parts.items() for part, values in one.items()
    }
    np.savez(path, **arrays)
    return path


def test_layers_of_the_backbone_are_read_by_name(tmp_path: Path) -> None:
    parts = small_parts()
    extra = {**parts, "predictions": {"kernel": np.zeros((3, 1000), dtype=np.float32)}}
    found = read_backbone(write(tmp_path / "weights.npz", extra), SMALL)
    assert set(found) == {"one", "two"}
    assert (found["one"]["kernel"] == parts["one"]["kernel"]).all()


def test_missing_or_other_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="there is no file of weights at"):
        read_backbone(tmp_path / "nowhere.h5", SMALL)
    parts = small_parts()
    with pytest.raises(TrainingError, match="holds no layer 'two': it is of another network"):
        read_backbone(write(tmp_path / "half.npz", {"one": parts["one"]}), SMALL)
    parts["one"]["kernel"] = parts["one"]["kernel"].transpose(3, 2, 0, 1)
    with pytest.raises(TrainingError, match=r"kernel of 'one' is \[4, 3, 3, 3\], not \[3, 3, 3, 4\]"):
        read_backbone(write(tmp_path / "torch.npz", parts), SMALL)
    (tmp_path / "broken.npz").write_bytes(b"PK no archive")
    with pytest.raises(TrainingError, match=r"cannot be read as an \.npz"):
        read_backbone(tmp_path / "broken.npz", SMALL)


def test_h5_without_h5py_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inference.training.seeds.keras_weights.find_spec", lambda name: None)
    (tmp_path / "weights.h5").write_bytes(b"")
    with pytest.raises(TrainingError, match=r"needs h5py: .*pip install h5py"):
        read_backbone(tmp_path / "weights.h5", SMALL)


def test_backbones_have_the_names_of_keras() -> None:
    vgg16, resnet50 = (
        SEED_RECIPES[name].architecture.backbone for name in ("vgg16_transfer", "resnet50_transfer")
    )
    assert (len(vgg16), len(resnet50)) == (13, 53 * 2)
    assert {"block1_conv1", "block5_conv3"} <= vgg16
    assert {"conv1_conv", "conv2_block1_0_bn", "conv4_block6_3_conv"} <= resnet50
