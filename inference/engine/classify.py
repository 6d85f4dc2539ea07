"""The ONNX classifier: calibrated probabilities of our seven emotions, and the exact class activation map."""

from collections.abc import Sequence

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from inference.emotions import EMOTIONS
from inference.engine.errors import ModelPackageError
from inference.engine.formats import Crops, Floats
from inference.engine.package import ModelPackage

Doubles = NDArray[np.float64]


class Classifier:
    """One ONNX Runtime session on one thread. Faces are uint8 or float32 [N, H, W] grey or [N, H, W, 3] RGB.

    Grey levels are 0..255; what else the model wants (size, colour, scaling) is made of its manifest.
    """

    def __init__(self, package: ModelPackage) -> None:
        """Raises `ModelPackageError` when the file is no model or not what its manifest says."""
        self.package = package
        self._session = _open_session(package)
        self._input = package.input.name or self._session.get_inputs()[0].name
        self._takes_one = self._session.get_inputs()[0].shape[0] == 1

    def probabilities(self, faces: Crops) -> Doubles:
        """Calibrated [N, 7], rows sum to 1: softmax(mean logits of face and mirror image / temperature).

        Temperature scaling: Guo et al. 2017, "On Calibration of Modern Neural Networks".
        """
        return normalised(self.folded(faces))

    def folded(self, faces: Crops) -> Doubles:
        """As `probabilities`, but rows sum to less than 1 where the model sees a class that is not ours.

        Whether a face is too uncertain to be scored is judged by these: a face that the model takes for
        something else is not sad because sadness comes next.
        """
        [logits] = self._mean_logits(faces, self.package.heads.emotions)
        return self._fold(logits, self.package.temperature)

    def both_heads(self, faces: Crops) -> tuple[Doubles, Doubles]:
        """`probabilities`, and the same of the original-label head with its own temperature, in one pass.

        A model with one head gives the same twice.
        """
        heads = self.package.heads
        emotions, *labels = self._mean_logits(faces, *filter(None, (heads.emotions, heads.labels)))
        ours = normalised(self._fold(emotions, self.package.temperature))
        return ours, (normalised(self._fold(labels[0], self.package.label_temperature)) if labels else ours)

    @property
    def has_maps(self) -> bool:
        return bool(self.package.heads.maps)

    def explain(self, face: Crops) -> Floats:
        """How much each place of one face [side, side] speaks for each emotion: [7, side, side], in logits.

        Exact (Zhou et al. 2016): the head is linear after the average pool, so the mean over each map is that
        emotion's logit before temperature. Averaged over face and mirror image like the logits. Raises
        ModelPackageError for a model without maps.
        """
        if not self.has_maps:
            raise ModelPackageError(f"{self.package.label} has no activation maps")
        side = self.package.input.side
        [both] = self._run(face[None], [self.package.heads.maps])
        maps = (self.package.folding.T @ both.mean(axis=1)[0].reshape(len(self.package.folding), -1)).reshape(
            len(EMOTIONS), *both.shape[-2:]
        )
        smooth = np.stack([cv2.resize(one, (side, side)) for one in maps.astype(np.float32)])
        drift = maps.mean(axis=(1, 2)) - smooth.mean(
            axis=(1, 2)
        )  # interpolation moves the mean at the borders
        return np.asarray(smooth + drift[:, None, None], dtype=np.float32)

    def _fold(self, logits: Doubles, temperature: float) -> Doubles:
        return np.asarray(softmax(logits / temperature) @ self.package.folding)

    def _mean_logits(self, faces: Crops, *outputs: str) -> list[Doubles]:
        if not len(faces):
            return [np.empty((0, len(self.package.folding))) for _ in outputs]
        found = (one.astype(np.float64) for one in self._run(faces, outputs))
        if self.package.heads.kind == "probabilities":
            found = (np.log(np.maximum(one, np.finfo(np.float32).tiny)) for one in found)
        return [one.mean(axis=1) for one in found]

    def _run(self, faces: Crops, outputs: Sequence[str]) -> list[Floats]:
        """Each output for each face and its mirror image, [N, 1 or 2, ...]; maps are mirrored back."""
        if not self.package.flip_average:
            batch = self.package.input.tensor(faces)
            return [found[:, None] for found in self._answers(outputs, batch)]
        both = self.package.input.tensor(np.concatenate([faces, faces[:, :, ::-1]]))
        return [_paired(found) for found in self._answers(outputs, both)]

    def _answers(self, outputs: Sequence[str], batch: Floats) -> list[Floats]:
        """Of one pass; of one pass for each face where the file was exported for one at a time.

        Raises ModelPackageError where the network cannot compute them: its file fixes less than it needs.
        """
        try:
            if not self._takes_one:
                found = list(self._session.run(outputs, {self._input: batch}))
            else:
                passes = [self._session.run(outputs, {self._input: face[None]}) for face in batch]
                found = [np.concatenate(parts) for parts in zip(*passes, strict=True)]
        except Exception as error:  # the runtime's own exception classes are not public
            raise ModelPackageError(
                f"{self.package.label}: {len(batch)} faces cannot be read ({str(error).splitlines()[0]})"
            ) from None
        for name, values in zip(outputs, found, strict=True):
            if values.shape[:2] != (len(batch), len(self.package.folding)):
                raise ModelPackageError(
                    f"{self.package.label}: {name} of {len(batch)} faces came as {list(values.shape)}"
                )
        return found


def _paired(found: Floats) -> Floats:
    """Answers to N faces and then to their mirror images -> [N, 2, ...]."""
    straight, mirrored = np.split(found, 2)
    if mirrored.ndim == 4:
        mirrored = mirrored[..., ::-1]
    return np.stack([straight, mirrored], axis=1)


def softmax(logits: Doubles) -> Doubles:
    """Along the last axis, without overflow."""
    powers: Doubles = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


def normalised(folded: Doubles) -> Doubles:
    """Rows that sum to 1; one of which nothing is left is all the same."""
    total = folded.sum(axis=-1, keepdims=True)
    return np.where(total > 0, folded / np.where(total > 0, total, 1), 1 / len(EMOTIONS))


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
    _check_layout(package, session)
    return session


def _check_layout(package: ModelPackage, session: onnxruntime.InferenceSession) -> None:
    """What is fixed in the file must be what the manifest says; a free dimension fits everything."""
    wanted = package.input
    inputs = session.get_inputs()
    if len(inputs) != 1 or (wanted.name and inputs[0].name != wanted.name):
        raise ModelPackageError(f"{package.name}: the model's only input must be {wanted.name or 'one'}")
    if not _fits(inputs[0].shape[1:], wanted.shape) or inputs[0].type != "tensor(float)":
        raise ModelPackageError(
            f"{package.name}: the model's input is {inputs[0].type} {inputs[0].shape}, "
            f"the manifest says tensor(float) [N, {', '.join(map(str, wanted.shape))}]"
        )
    if isinstance(inputs[0].shape[0], int) and inputs[0].shape[0] != 1:
        raise ModelPackageError(
            f"{package.name}: the model takes {inputs[0].shape[0]} faces at a time and no other number: "
            "export it for any number (a dynamic first axis), or for one"
        )
    _check_outputs(package, {one.name: one.shape for one in session.get_outputs()})


def _check_outputs(package: ModelPackage, shapes: dict[str, Sequence[int | str | None]]) -> None:
    """The heads are [N, classes], the maps [N, classes, h, w]."""
    classes = len(package.folding)
    for output in package.heads.outputs:
        rank = 4 if output == package.heads.maps else 2
        found = shapes.get(output)
        if found is None:
            names = ", ".join(shapes)
            raise ModelPackageError(f"{package.name}: the model has no output {output}, only {names}")
        if len(found) != rank or not _fits(found[1:2], (classes,)):
            places = ", h, w" if rank == 4 else ""
            raise ModelPackageError(
                f"{package.name}: the model's output {output} is {found}, "
                f"the manifest says [N, {classes}{places}]"
            )


def _fits(found: Sequence[int | str | None], wanted: Sequence[int]) -> bool:
    return len(found) == len(wanted) and all(
        not isinstance(one, int) or one == other for one, other in zip(found, wanted, strict=True)
    )
