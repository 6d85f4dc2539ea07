"""What is said of pictures that show no readable face: how often the model is sure all the same."""

import io
from collections import Counter
from collections.abc import Iterator

import cv2
import numpy as np
from django.conf import settings
from numpy.typing import NDArray
from PIL import Image

from bench.harness import SHARED, Figures
from bench.peer import every_nth
from bench.photos import portraits
from bench.stages import YUNET
from inference import registry
from inference.engine.classify import Classifier
from inference.engine.package import ModelPackage
from inference.engine.reading import Engine, load_engine
from inference.training.dataset import SIDE, load_faces
from inference.training.non_faces import NON_FACES, non_faces
from inference.training.unreadable_faces import COVERINGS, LIMIT, SEED, SURE, sure_shares

PHOTO_SIDE = 480
FER2013 = SHARED / "data" / "fer2013"
MEASURED = (
    "Share with a top probability of .6 or more; at most .05 is asked for. classifier: drawn pictures and "
    "covered faces of PublicTest (without FER-2013, none of the latter) given to the network as if a face "
    "had been found in them. engine: the same kinds as photos of 480 x 480, and portraits with drawn masks "
    "and glasses, through detection, quality and abstention. The training shows the network noise, drawings, "
    "backs of heads, patterns, scrambled and masked faces of other seeds, but no hands and cars. Sunglasses "
    "are reported, not limited."
)

Bytes = NDArray[np.uint8]


def run(*, is_quick: bool = False) -> Figures:
    package = registry.active_package()
    count = 20 if is_quick else 200
    photos = portraits(2 if is_quick else 30)[1]
    return {
        "model": f"{package.name} {package.version}",
        "limit": LIMIT,
        "classifier": classifier_shares(package, count),
        **{f"engine_{name}": seen for name, seen in by_detector(count // 10, photos).items()},
        "measured": MEASURED,
    }


def by_detector(count: int, photos: list[bytes]) -> dict[str, Figures]:
    found = {}
    for name, file in (("haar", None), ("yunet", YUNET)):
        if file is not None and not file.is_file():
            continue
        engine = load_engine(settings.WEIGHTS_DIR, file)
        try:
            found[name] = engine_shares(engine, count, photos)
        finally:
            engine.close()
    return found


def classifier_shares(package: ModelPackage, count: int) -> dict[str, float]:
    """Of each kind, the share that the bare network is sure of."""
    faces = np.empty((0, SIDE, SIDE), np.uint8)
    if FER2013.is_dir():
        faces = every_nth(load_faces(FER2013).split("PublicTest"), count).pixels
    return sure_shares(Classifier(package), faces, count)


def engine_shares(engine: Engine, count: int, photos: list[bytes]) -> dict[str, Figures]:
    """Of each kind: the share scored with a sure emotion, and why the others were not scored."""
    pictures = {kind: _as_photos(non_faces(kind, count, PHOTO_SIDE, seed=SEED)) for kind in NON_FACES}
    for name in COVERINGS:
        pictures[name] = list(_covered(engine, photos, name))
    return {kind: _said_of(engine, many) for kind, many in pictures.items() if many}


def _said_of(engine: Engine, pictures: list[bytes]) -> Figures:
    readings = [engine.read([picture])[0] for picture in pictures]
    sure = [max(one.probabilities) >= SURE for one in readings if one.probabilities is not None]
    reasons = Counter(one.reason or "scored" for one in readings)
    return {"n": len(readings), "sure": round(sum(sure) / len(readings), 4), "outcomes": dict(reasons)}


def _as_photos(pictures: Bytes) -> list[bytes]:
    return [_jpeg(np.repeat(one[..., None], 3, axis=2)) for one in pictures]


def _covered(engine: Engine, photos: list[bytes], name: str) -> Iterator[bytes]:
    """The photos in which a face is found, with a covering drawn over the square that frames it."""
    for photo in photos:
        [found] = engine.read([photo])
        if found.box is None:
            continue
        with Image.open(io.BytesIO(photo)) as opened:
            pixels = np.array(opened.convert("RGB"))
        left, top, side, _ = found.box
        if min(left, top) < 0 or left + side > pixels.shape[1] or top + side > pixels.shape[0]:
            continue
        square = pixels[top : top + side, left : left + side]
        grey = np.asarray(cv2.cvtColor(square, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
        drawn = COVERINGS[name](grey[None], seed=SEED + side)[0]
        changed = np.abs(drawn.astype(int) - grey) > 6
        square[changed] = drawn[changed][:, None]
        yield _jpeg(pixels)


def _jpeg(pixels: Bytes) -> bytes:
    packed = io.BytesIO()
    Image.fromarray(pixels).save(packed, "JPEG", quality=90)
    return packed.getvalue()
