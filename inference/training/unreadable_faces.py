"""How often the bare network is sure of pictures that show no readable face."""

import numpy as np
import numpy.typing as npt

from inference.engine.classify import Classifier
from inference.training.coverings import sunglasses, surgical_masks
from inference.training.layout import SIDE
from inference.training.metrics import Floats
from inference.training.non_faces import NON_FACES, non_faces, scrambled

Bytes = npt.NDArray[np.uint8]

SURE = 0.6
LIMIT = 0.05
SEED = 20_131  # not the training's
COVERINGS = {"surgical_mask": surgical_masks, "sunglasses": sunglasses}
UNLIMITED = ("sunglasses",)  # only reported
UNTAUGHT = ("house", "written_page", "sunglasses")


def sure_shares(classifier: Classifier, faces: Bytes, count: int) -> dict[str, float]:
    """Kind -> share of the pictures with a top probability of at least SURE.

    `count` pictures of each drawn kind; covered and scrambled ones of `faces` [N, 48, 48], N may be 0.
    """
    pictures = {kind: non_faces(kind, count, SIDE, seed=SEED) for kind in NON_FACES}
    if len(faces):
        pictures["scrambled"] = scrambled(faces, seed=SEED)
        pictures |= {name: cover(faces, seed=SEED) for name, cover in COVERINGS.items()}
    return {kind: sure_share(classifier.probabilities(many)) for kind, many in pictures.items()}


def sure_share(probabilities: Floats) -> float:
    return round(float((probabilities.max(1) >= SURE).mean()), 4)
