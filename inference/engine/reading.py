"""The engine: decode, find the face, judge it, classify; one reading for each image, whatever the image."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

import cv2
import numpy as np
from numpy.typing import NDArray

from inference.emotions import EMOTIONS
from inference.engine.align import align
from inference.engine.classify import Classifier, normalised
from inference.engine.decode import DecodedImage, Decoder
from inference.engine.errors import NotScored, Unreadable
from inference.engine.explaining import METHODS, Faithfulness, faithfulness, overlay, regions
from inference.engine.faces import Detector, Image
from inference.engine.formats import InputFormat
from inference.engine.haar import HaarDetector
from inference.engine.package import ModelPackage, load_package
from inference.engine.quality import SMALLEST_FACE_PX, Quality, judge, refusal, refusal_without_face
from inference.engine.search import find_faces
from inference.engine.yunet import YuNetDetector

JUDGED = InputFormat()
"""Quality is judged on the same crop for every model, so that a model does not decide what is blurred."""


@dataclass(frozen=True)
class Timings:
    """Milliseconds of wall clock for one image; a batch's classification is shared out evenly."""

    decode: float = 0.0
    detect: float = 0.0
    classify: float = 0.0
    total: float = 0.0


@dataclass(frozen=True)
class FaceReading:
    """What the engine says of one image.

    `reason` is None exactly when `scored`; then `probabilities` (in the order of EMOTIONS, sum 1) and
    `label` are given. `withheld`: of an `uncertain` face what the network said all the same, in the order of
    EMOTIONS, less than 1 in sum where it saw a class that is not ours; it is for the log, and for no score.
    `faces`: how many count. `box`: left, top, width, height of the largest, in pixels of
    the upright original. `quality` is given when exactly one face was found.
    """

    scored: bool
    reason: str | None
    faces: int = 0
    box: tuple[int, int, int, int] | None = None
    probabilities: tuple[float, ...] | None = None
    label: str | None = None
    quality: Quality | None = None
    milliseconds: Timings = Timings()
    withheld: tuple[float, ...] | None = None


@dataclass(frozen=True)
class Explained:
    """A PNG of the face with the map over it, the map's weight by region, and how faithful the map is."""

    picture: bytes
    regions: dict[str, float]
    faithfulness: Faithfulness


@dataclass(frozen=True)
class _Look:
    """An image after detection: its reading so far, and the face to classify unless it was refused."""

    reading: FaceReading
    crop: Image | None = None
    judged: Image | None = None


class Engine:
    """Reads faces. Not thread-safe: one for each worker process, made after the fork."""

    def __init__(self, package: ModelPackage, detector: Detector, decoder: Decoder) -> None:
        self.package = package
        self.detector = detector
        self.decoder = decoder
        self._classifier = Classifier(package)

    def read(self, images: Sequence[bytes]) -> list[FaceReading]:
        """One reading for each image, in order; the faces are classified in one batch. Raises for none."""
        looks = [self._look(data) for data in images]
        crops = [look.crop for look in looks if look.crop is not None]
        started = perf_counter()
        folded = iter(self._classifier.folded(np.stack(crops)) if crops else ())
        share_ms = _since(started) / max(len(crops), 1)
        return [
            look.reading if look.crop is None else self._score(look.reading, next(folded), share_ms)
            for look in looks
        ]

    def explain(self, image: bytes) -> NDArray[np.float32]:
        """The map [7, 48, 48] over the aligned face (see `Classifier.explain`); raises `NotScored`."""
        look = self._look(image)
        if look.crop is None:
            raise NotScored(look.reading.reason or "no_face")
        return self._classifier.explain(look.crop)

    def explained(self, image: bytes, method: str, emotion: int) -> "Explained":
        """A photo explained by one of METHODS; raises `NotScored`, or ModelPackageError without maps."""
        look = self._look(image)
        if look.crop is None:
            raise NotScored(look.reading.reason or "no_face")
        importance = METHODS[method](self._classifier, look.crop, emotion)
        return Explained(
            overlay(look.crop, importance),
            regions(importance),
            faithfulness(self._classifier, look.crop, emotion, importance),
        )

    def face(self, image: bytes) -> Image:
        """The aligned face, uint8 [48, 48], on which quality is judged: what our own network is given.

        Raises `NotScored`.
        """
        look = self._look(image)
        if look.judged is None:
            raise NotScored(look.reading.reason or "no_face")
        return look.judged

    def close(self) -> None:
        self.decoder.close()

    def _look(self, data: bytes) -> _Look:
        started = perf_counter()
        try:
            decoded = self.decoder.decode(data)
        except Unreadable:
            spent = _since(started)
            return _Look(FaceReading(False, "unreadable", milliseconds=Timings(decode=spent, total=spent)))
        decode_ms = _since(started)
        look = self._find(decoded)
        total = _since(started)
        timings = Timings(decode=decode_ms, detect=total - decode_ms, total=total)
        return replace(look, reading=replace(look.reading, milliseconds=timings))

    def _find(self, decoded: DecodedImage) -> _Look:
        if min(decoded.pixels.shape[:2]) < SMALLEST_FACE_PX:  # a strip, of which a detector makes nothing
            return _Look(FaceReading(False, "face_too_small"))
        faces = find_faces(self.detector, decoded.pixels)
        if not faces:
            return _Look(FaceReading(False, refusal_without_face(decoded.pixels)))
        box = faces[0].box(decoded.scale)
        if len(faces) > 1:
            return _Look(FaceReading(False, "several_faces", len(faces), box))
        judged = align(decoded.pixels, faces[0], JUDGED)
        quality = judge(faces[0], judged)
        reason = refusal(quality)
        refused = FaceReading(False, reason, 1, box, quality=quality)
        if reason:
            return _Look(refused)
        wanted = self.package.input
        is_same = wanted.crop_margin == JUDGED.crop_margin and wanted.shape == JUDGED.shape
        crop = judged if is_same else align(decoded.pixels, faces[0], wanted)
        return _Look(refused, crop, judged)

    def _score(self, reading: FaceReading, folded: NDArray[np.float64], classify_ms: float) -> FaceReading:
        spent = reading.milliseconds
        timed = replace(
            reading, milliseconds=replace(spent, classify=classify_ms, total=spent.total + classify_ms)
        )
        if folded.max() < self.package.abstain_below:
            return replace(timed, reason="uncertain", withheld=tuple(float(share) for share in folded))
        shares = normalised(folded)
        return replace(
            timed,
            scored=True,
            probabilities=tuple(float(share) for share in shares),
            label=EMOTIONS[int(shares.argmax())],
        )


def load_engine(weights_dir: Path, detector_file: Path | None = None) -> Engine:
    """An engine with YuNet where its file was installed, else Haar; raises `ModelPackageError` with one line.

    OpenCV is held to one thread: workers scale by processes.
    """
    package = load_package(weights_dir)
    cv2.setNumThreads(1)
    is_installed = detector_file is not None and detector_file.is_file()
    detector: Detector = YuNetDetector(detector_file) if detector_file and is_installed else HaarDetector()
    return Engine(package, detector, Decoder())


def _since(started: float) -> float:
    return (perf_counter() - started) * 1000
