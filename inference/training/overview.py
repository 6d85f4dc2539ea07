"""What a data set holds, before anything is made of it: counts, copies, contradictions."""

from typing import TypedDict

import numpy as np

from inference.emotions import EMOTIONS
from inference.training.dataset import (
    NOT_A_FACE,
    NOT_A_FACE_LIMIT,
    SPLITS,
    Codes,
    Faces,
    groups_of,
    strict_majority,
)


class Overview(TypedDict):
    """`copies`: rows beyond the first of their picture. `contradictions`: pictures whose copies carry
    different labels, and how many rows those are. `copies_across_splits`: rows of a split that Training
    holds as well.
    """

    rows: int
    splits: dict[str, dict[str, int]]
    copies: int
    contradictions: dict[str, int]
    copies_across_splits: dict[str, int]
    votes: dict[str, int] | None


def overview(faces: Faces) -> Overview:
    groups = groups_of(faces.pixels) if faces.groups is None else faces.groups
    _, places, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    return {
        "rows": len(faces),
        "splits": {name: _class_counts(part) for name, part in _splits(faces).items()},
        "copies": int((sizes - 1).sum()),
        "contradictions": _contradictions(places, faces.labels),
        "copies_across_splits": _across(groups, faces),
        "votes": None if faces.votes is None else _votes(faces, faces.votes),
    }


def _splits(faces: Faces) -> dict[str, Codes]:
    if faces.usage is None:
        return {"all": faces.labels}
    return {
        name: faces.labels[faces.usage == code]
        for code, name in enumerate(SPLITS)
        if (faces.usage == code).any()
    }


def _class_counts(labels: Codes) -> dict[str, int]:
    counts = np.bincount(labels, minlength=len(EMOTIONS))
    return {"rows": len(labels), **{name: int(counts[code]) for code, name in enumerate(EMOTIONS)}}


def _contradictions(places: Codes, labels: Codes) -> dict[str, int]:
    first = np.zeros(places.max() + 1, dtype=np.int64)
    first[places] = labels
    differs = np.bincount(places, labels != first[places]) > 0
    return {"pictures": int(differs.sum()), "rows": int(differs[places].sum())}


def _across(groups: Codes, faces: Faces) -> dict[str, int]:
    if faces.usage is None:
        return {}
    training = groups[faces.usage == 0]
    return {
        name: int(np.isin(groups[faces.usage == code], training).sum())
        for code, name in enumerate(SPLITS)
        if code and (faces.usage == code).any()
    }


def _votes(faces: Faces, votes: Codes) -> dict[str, int]:
    majority = strict_majority(votes)
    return {
        "strict_majority": int((majority >= 0).sum()),
        "majority_is_the_label": int((majority == faces.labels).sum()),
        "not_a_face": int((votes[:, NOT_A_FACE] >= NOT_A_FACE_LIMIT).sum()),
    }


def lines(found: Overview) -> list[str]:
    """For the person at the terminal."""
    said = [
        f"{name}: {counts['rows']} rows; " + ", ".join(f"{one} {counts[one]}" for one in EMOTIONS)
        for name, counts in found["splits"].items()
    ]
    wrong = found["contradictions"]
    said.append(
        f"{found['copies']} rows are copies of another; {wrong['pictures']} pictures have copies with "
        f"different labels ({wrong['rows']} rows, which learn the mean of their labels)"
    )
    said += [
        f"{count} rows of {name} have the pixels of a Training row: those Training rows are left out"
        for name, count in found["copies_across_splits"].items()
        if count
    ]
    return said
