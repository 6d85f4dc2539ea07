"""A released package as the beginning of a training: its integers become float weights again.

Export folded every batch norm into its convolution, and quantisation rounded the result to seven bits. Here
each channel is rounded back by its own scale and gets a norm again that changes nothing: its statistics are
measured on faces, its gain and shift undo them. The network then answers as the package does, and can learn.
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from inference.engine.errors import ModelPackageError
from inference.engine.package import load_package
from inference.training.errors import TrainingError
from inference.training.layers import Architecture, Conv
from inference.training.network import Network

Values = npt.NDArray[np.float32]
SMALLEST_DEVIATION = 1e-3  # a channel that is always the same keeps its scale


def read_folded(package: Path, architecture: Architecture) -> dict[str, tuple[Values, Values]]:
    """Weight [outputs, inputs, k, k] and bias [outputs] of each convolution of a released package."""
    try:
        loaded = load_package(package)
        model = onnx.load_model_from_string(loaded.model)
    except ModelPackageError as error:
        raise TrainingError(str(error)) from None
    constants = {one.name: numpy_helper.to_array(one) for one in model.graph.initializer}
    return {conv.name: _folded(conv, constants, package) for conv in architecture.convolutions}


def _folded(
    conv: Conv, constants: dict[str, npt.NDArray[np.generic]], package: Path
) -> tuple[Values, Values]:
    found = tuple(_dequantised(f"{conv.name}_{part}", constants) for part in ("weight", "bias"))
    wanted = ((conv.outputs, conv.inputs, conv.kernel, conv.kernel), (conv.outputs,))
    for values, shape in zip(found, wanted, strict=True):
        if values is None or values.shape != shape:
            raise TrainingError(f"{package} is of another architecture: its layer {conv.name} does not fit")
    weight, bias = found
    assert weight is not None
    assert bias is not None
    return weight, bias


def _dequantised(name: str, constants: dict[str, npt.NDArray[np.generic]]) -> Values | None:
    """A float constant as it is; an integer one times its scale, one per first axis or one for all."""
    if name in constants:
        return np.asarray(constants[name], dtype=np.float32)
    if f"{name}_quantized" not in constants:
        return None
    integers = constants[f"{name}_quantized"].astype(np.float32)
    scale = np.asarray(_first(constants, f"{name}_scale", f"{name}_quantized_scale"), dtype=np.float32)
    zero = np.asarray(
        _first(constants, f"{name}_zero_point", f"{name}_quantized_zero_point"), dtype=np.float32
    )
    along_first = (-1,) + (1,) * (integers.ndim - 1)
    return np.asarray((integers - zero.reshape(along_first)) * scale.reshape(along_first))


def _first(constants: dict[str, npt.NDArray[np.generic]], *names: str) -> npt.NDArray[np.generic]:
    return next(constants[name] for name in names if name in constants)


def load_package_into(network: Network, package: Path, views: Tensor) -> None:
    """Make `network` answer as the package, with norms measured on `views` [N, 1, side, side] of 0..255."""
    folded = read_folded(package, network.architecture)
    with torch.no_grad():
        for conv in network.architecture.convolutions:
            weight, bias = (torch.from_numpy(values.copy()) for values in folded[conv.name])
            module = network.modules[conv.name]
            if conv.normed:
                _set_normed(module, weight, bias)
            else:
                module.weight.copy_(weight)
                module.bias.copy_(bias)
        _measure_norms(network, views)


def _parts(module: nn.Module) -> tuple[nn.Conv2d, nn.BatchNorm2d]:
    convolution, norm = module.children()
    assert isinstance(convolution, nn.Conv2d)
    assert isinstance(norm, nn.BatchNorm2d)
    return convolution, norm


def _set_normed(module: nn.Module, weight: Tensor, bias: Tensor) -> None:
    """A norm that only scales: each filter has length 1 as the optimiser likes it, the gain its length."""
    convolution, norm = _parts(module)
    length = weight.flatten(1).norm(dim=1).clamp(min=1e-8)
    convolution.weight.copy_(weight / length[:, None, None, None])
    norm.running_mean = torch.zeros_like(bias)
    norm.running_var = torch.full_like(bias, 1 - norm.eps)
    norm.weight.copy_(length)
    norm.bias.copy_(bias)


def _measure_norms(network: Network, views: Tensor) -> None:
    """Put measured statistics into every norm; its gain and shift take up the difference."""
    network.modules.eval()
    norms = [
        _parts(network.modules[conv.name])[1] for conv in network.architecture.convolutions if conv.normed
    ]
    sums = {norm: [torch.zeros(norm.num_features, dtype=torch.float64) for _ in range(2)] for norm in norms}
    counts = dict.fromkeys(norms, 0)

    def add(norm: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        assert isinstance(norm, nn.BatchNorm2d)
        values = inputs[0].double()
        sums[norm][0] += values.sum((0, 2, 3))
        sums[norm][1] += values.square().sum((0, 2, 3))
        counts[norm] += values.numel() // values.shape[1]

    handles = [norm.register_forward_pre_hook(add) for norm in norms]
    for part in views.split(128):
        network(part)
    for handle in handles:
        handle.remove()
    for norm in norms:
        mean, square = (one / counts[norm] for one in sums[norm])
        variance = (square - mean.square()).clamp(min=SMALLEST_DEVIATION**2)
        norm.running_mean, norm.running_var = mean.float(), variance.float()
        gain = norm.weight * torch.sqrt(norm.running_var + norm.eps)
        norm.bias.add_(norm.weight * norm.running_mean)
        norm.weight.copy_(gain)
