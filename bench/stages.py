"""Milliseconds of each stage of a reading: decode, detect, classify, store, and the whole."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from time import perf_counter

import cv2
import numpy as np
from django.test import override_settings

from bench import cast, photos
from bench.harness import SHARED, BenchError, Figures, interleaved, ratio, spread
from clinics import tenancy
from inference import registry, services
from inference.engine.align import align
from inference.engine.classify import Classifier
from inference.engine.decode import Decoder
from inference.engine.faces import Detector, Image
from inference.engine.haar import HaarDetector
from inference.engine.package import ModelPackage
from inference.engine.reading import Engine
from inference.engine.search import find_faces
from inference.engine.yunet import YuNetDetector
from inference.models import Reading
from moodvision import scratch

YUNET = SHARED / "models" / "face_detection_yunet_2023mar.onnx"
LIMITS_MS = {"classify_batch_1": 3.0, "reading_haar": 40.0}
BATCHES = (1, 8)
STORED_AT_ONCE = (1, 16)
PER_FACE = {f"classify_batch_{size}": size for size in BATCHES}
MEASURED = (
    "classify: one 48 x 48 image once through the network on one thread, per image; a reading passes "
    "twice, the second time mirrored. reading_haar: Engine.read of one photo. store: claim, consent, "
    "decryption, storing, scoring and access log of one check-in, in batches of 1 and 16, without the "
    "engine. Ratios of the medians."
)


def run(*, is_quick: bool = False) -> Figures:
    source, images = photos.portraits(2 if is_quick else 24)
    rounds = 1 if is_quick else 5
    package = registry.active_package()
    times = engine_times(package, images, rounds) | store_times(images, rounds)
    stages = {name: spread(values) for name, values in times.items()}
    return {
        "photos": source,
        "rounds": rounds,
        "model": f"{package.name} {package.version}",
        "ms": stages,
        "limits_ms": LIMITS_MS,
        "ratio_to_limit": {name: ratio(stages[name]["p50"], limit) for name, limit in LIMITS_MS.items()},
        "measured": MEASURED,
    }


def engine_times(package: ModelPackage, images: list[bytes], rounds: int) -> dict[str, list[float]]:
    """All stages of every photo in turn; a batch's time is shared out to its images."""
    cv2.setNumThreads(1)
    detectors: dict[str, Detector] = {"detect_haar": HaarDetector()}
    if YUNET.is_file():
        detectors["detect_yunet"] = YuNetDetector(YUNET)
    times: dict[str, list[float]] = defaultdict(list)
    with Decoder() as decoder:
        actions = classifying(package, _crops(package, decoder, images))
        engine = Engine(package, detectors["detect_haar"], decoder)
        for image in images:
            pixels = decoder.decode(image).pixels
            taken = interleaved(
                {
                    "decode": partial(decoder.decode, image),
                    **{name: partial(find_faces, one, pixels) for name, one in detectors.items()},
                    **actions,
                    "reading_haar": partial(engine.read, [image]),
                },
                rounds,
            )
            for name, values in taken.items():
                times[name] += [value / PER_FACE.get(name, 1) for value in values]
    return dict(times)


def classifying(package: ModelPackage, crops: list[Image]) -> dict[str, Callable[[], object]]:
    """Passes without the mirror image, after one of each that is not counted."""
    classifier = Classifier(replace(package, flip_average=False))
    actions: dict[str, Callable[[], object]] = {}
    for name, size in PER_FACE.items():
        actions[name] = partial(classifier.probabilities, np.resize(np.stack(crops), (size, *crops[0].shape)))
        actions[name]()
    return actions


def store_times(images: list[bytes], rounds: int) -> dict[str, list[float]]:
    """What the worker's turn takes beside the engine, for each check-in, in this process."""
    times: dict[str, list[float]] = defaultdict(list)
    with scratch.migrated_database("bench"):
        clinic = cast.make_clinic()
        patients = cast.make_patients(clinic, max(STORED_AT_ONCE))
        for _ in range(rounds + 1):
            for size in STORED_AT_ONCE:
                cast.submit(clinic, patients[:size], images)
                with override_settings(READING_BATCH=size):
                    started = perf_counter()
                    read = services.read_waiting(clinic=clinic)
                    spent_ms = (perf_counter() - started) * 1000
                if read != size:
                    raise BenchError(f"{read} of {size} check-ins were read")
                with tenancy.enter(clinic.pk):
                    newest = Reading.objects.order_by("-created_at").values_list("duration_ms", flat=True)
                    engine_ms = sum(newest[:size])
                times[f"store_batch_{size}"].append((spent_ms - engine_ms) / size)
    registry.close_engine()
    return {name: values[1:] for name, values in times.items()}  # the first turn loads the engine


def _crops(package: ModelPackage, decoder: Decoder, images: list[bytes]) -> list[Image]:
    detector = HaarDetector()
    crops = []
    for image in images:
        pixels = decoder.decode(image).pixels
        crops += [align(pixels, face, package.input) for face in find_faces(detector, pixels)[:1]]
    if not crops:
        raise BenchError("no face was found in any photo")
    return crops
