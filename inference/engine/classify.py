"""The ONNX classifier: calibrated probabilities and the exact class activation map of the FER+ head."""

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from inference.emotions import EMOTIONS
from inference.engine.errors import ModelPackageError
from inference.engine.package import INPUT_SIDE, ModelPackage

INPUT: Final = "faces"
OUTPUTS: Final = ("ferplus_logits", "label_logits", "activation_maps")

Floats = NDArray[np.float32]


class Classifier:
    """One ONNX Runtime session on one thread. Faces are uint8 or float32 [N, 48, 48], grey 0..255."""

    def __init__(self, package: ModelPackage) -> None:
        """Raises `ModelPackageError` when the file is no model or not of our layout."""
        self.package = package
        self._session = _open_session(package)

    def probabilities(self, faces: NDArray[np.uint8] | Floats) -> NDArray[np.float64]:
        """Calibrated [N, 7], rows sum to 1: softmax(mean logits of face and mirror image / temperature).

        Temperature scaling: Guo et al. 2017, "On Calibration of Modern Neural Networks".
        """
        [logits] = self._mean_logits(faces, "ferplus_logits")
        return softmax(logits / self.package.temperature)

    def both_heads(
        self, faces: NDArray[np.uint8] | Floats
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """`probabilities`, and the same of the original-label head with its own temperature, in one pass."""
        ferplus, label = self._mean_logits(faces, "ferplus_logits", "label_logits")
        return softmax(ferplus / self.package.temperature), softmax(label / self.package.label_temperature)

    def explain(self, face: NDArray[np.uint8] | Floats) -> Floats:
        """How much each place of one face [48, 48] speaks for each emotion: [7, 48, 48], in logits.

        Exact (Zhou et al. 2016): the head is linear after the average pool, so the mean over each map is that
        emotion's logit before temperature. Averaged over face and mirror image like the logits.
        """
        [both] = self._run(face[None], ["activation_maps"])
        maps = both.mean(axis=1)[0]
        smooth = np.stack([cv2.resize(one, (INPUT_SIDE, INPUT_SIDE)) for one in maps])
        drift = maps.mean(axis=(1, 2)) - smooth.mean(
            axis=(1, 2)
        )  # interpolation moves the mean at the borders
        return np.asarray(smooth + drift[:, None, None], dtype=np.float32)

    def _mean_logits(self, faces: NDArray[np.uint8] | Floats, *outputs: str) -> list[NDArray[np.float64]]:
        if not len(faces):
            return [np.empty((0, len(EMOTIONS))) for _ in outputs]
        return [one.mean(axis=1, dtype=np.float64) for one in self._run(faces, outputs)]

    def _run(self, faces: NDArray[np.uint8] | Floats, outputs: Sequence[str]) -> list[Floats]:
        """Each output for each face and its mirror image, [N, 1 or 2, ...]; maps are mirrored back."""
        batch = faces.astype(np.float32)[:, None]
        if not self.package.flip_average:
            return [found[:, None] for found in self._session.run(outputs, {INPUT: batch})]
        both = np.concatenate([batch, batch[..., ::-1]])
        return [_paired(found) for found in self._session.run(outputs, {INPUT: both})]


def _paired(found: Floats) -> Floats:
    """Answers to N faces and then to their mirror images -> [N, 2, ...]."""
    straight, mirrored = np.split(found, 2)
    if mirrored.ndim == 4:
        mirrored = mirrored[..., ::-1]
    return np.stack([straight, mirrored], axis=1)


def softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Along the last axis, without overflow."""
    powers: NDArray[np.float64] = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


def _open_session(package: ModelPackage) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(package.model, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # the runtime's own exception classes are not public
        raise ModelPackageError(
            f"{package.name}: the file is not a model ({str(error).splitlines()[0]})"
        ) from None
    _check_layout(package.name, session)
    return session


def _check_layout(name: str, session: onnxruntime.InferenceSession) -> None:
    inputs = {one.name: tuple(one.shape[1:]) for one in session.get_inputs()}
    outputs = {one.name: tuple(one.shape[1:2]) for one in session.get_outputs()}
    if inputs != {INPUT: (1, INPUT_SIDE, INPUT_SIDE)}:
        raise ModelPackageError(
            f"{name}: the model's input must be {INPUT} [N, 1, {INPUT_SIDE}, {INPUT_SIDE}]"
        )
    for output in OUTPUTS:
        if outputs.get(output) != (len(EMOTIONS),):
            raise ModelPackageError(
                f"{name}: the model must have an output {output} [N, {len(EMOTIONS)}, ...]"
            )
