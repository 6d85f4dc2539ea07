"""The exported network in eight-bit integers: a third of the time of a pass, half the bytes of float16.

Static quantisation (Jacob et al. 2018, arXiv:1712.05877): one scale per output channel of a weight, one per
map, chosen on faces that were trained on. Weights keep to seven bits: a processor without VNNI adds pairs of
products in 16 bits, where eight-bit weights could overflow, so that two machines would answer differently.
The two heads stay in float32: the activation maps are exact as ever.
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path

import numpy as np
import numpy.typing as npt
from onnxruntime.quantization import (
    CalibrationDataReader,
    CalibrationMethod,
    QuantFormat,
    QuantType,
    quantize_static,
)

from inference.training.dataset import Faces

FACES = 1024  # on which the ranges of the maps are measured
BATCH = 64
KEPT_IN_FLOAT = [
    "activation_maps",
    "ferplus_logits_pooled",
    "ferplus_logits",
    "label_maps",
    "label_logits_pooled",
    "label_logits",
]

Batch = dict[str, npt.NDArray[np.float32]]


class _Batches(CalibrationDataReader):  # type: ignore[misc]  # ONNX Runtime has no types
    """The interface that ONNX Runtime reads its calibration faces by."""

    def __init__(self, pixels: npt.NDArray[np.uint8]) -> None:
        self._batches: Iterator[Batch] = (
            {"faces": pixels[start : start + BATCH, None].astype(np.float32)}
            for start in range(0, len(pixels), BATCH)
        )

    def get_next(self) -> Batch | None:
        return next(self._batches, None)


def quantise(model: bytes, faces: Faces, *, seed: int) -> bytes:
    """An ONNX file with float32 weights -> the same network in integers, its ranges measured on `faces`."""
    count = min(len(faces), FACES)
    whole = count - count % BATCH or count  # the histograms want batches of one size
    rows = np.random.default_rng(seed).permutation(len(faces))[:whole]
    with tempfile.TemporaryDirectory() as folder:
        wide, narrow = Path(folder) / "wide.onnx", Path(folder) / "narrow.onnx"
        wide.write_bytes(model)
        with redirect_stdout(sys.stderr):  # it tells its progress, and our commands print JSON
            quantize_static(
                wide,
                narrow,
                _Batches(faces.pixels[rows]),
                quant_format=QuantFormat.QDQ,
                activation_type=QuantType.QUInt8,
                weight_type=QuantType.QInt8,
                per_channel=True,
                reduce_range=True,
                calibrate_method=CalibrationMethod.Percentile,
                nodes_to_exclude=KEPT_IN_FLOAT,
            )
        return narrow.read_bytes()
