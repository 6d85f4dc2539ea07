"""The readings that count, as the rules want them: probabilities, and their own model's confusion."""

import uuid
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from inference import registry
from inference.emotions import EMOTIONS
from inference.engine.errors import ModelPackageError
from inference.engine.package import ModelPackage
from inference.models import Reading
from scoring.models import ModelReference
from scoring.rules import POPULATION, Confusion, confusion_of

UNKNOWN = Confusion(POPULATION)
"""What a reading of a model that nobody knows is measured against: the reference population."""


@dataclass(frozen=True)
class UsedReading:
    """`probabilities`: 7, in the order of EMOTIONS. `confusion`: of the model that answered."""

    captured_at: datetime
    model_version: str
    probabilities: tuple[float, ...]
    confusion: Confusion


def usable_readings(
    patient_ids: Collection[uuid.UUID], *, since: datetime | None = None, until: datetime | None = None
) -> dict[uuid.UUID, list[UsedReading]]:
    """Scored and uncontested readings of these patients, oldest first; patients without any are absent."""
    rows = Reading.objects.that_count().filter(patient__in=patient_ids)
    if since is not None:
        rows = rows.filter(captured_at__gte=since)
    if until is not None:
        rows = rows.filter(captured_at__lte=until)
    known = confusions()
    found: dict[uuid.UUID, list[UsedReading]] = defaultdict(list)
    columns = ("patient_id", "captured_at", "model_name", "model_version", *EMOTIONS)
    for patient_id, captured_at, name, version, *probabilities in rows.order_by(
        "captured_at", "pk"
    ).values_list(*columns):
        model = model_label(name, version)
        found[patient_id].append(
            UsedReading(captured_at, model, tuple(probabilities), known.get(model, UNKNOWN))
        )
    return dict(found)


def confusions() -> dict[str, Confusion]:
    """By model: what the clinic's readings are measured against, the model in force included."""
    stored = {row.model_version: _of_row(row) for row in ModelReference.objects.all()}
    return {**stored, **_in_force()}


def remember_reference(*, clinic_id: uuid.UUID) -> None:
    """Keeps the confusion of the model in force, for the day when another model has taken its place."""
    kept = set(ModelReference.objects.exclude(confusion=None).values_list("model_version", flat=True))
    rows = [
        ModelReference(
            clinic_id=clinic_id,
            model_version=model,
            shares=confusion.reference.tolist(),
            confusion=None if confusion.counts is None else confusion.counts.ravel().tolist(),
        )
        for model, confusion in _in_force().items()
        if model not in kept
    ]
    ModelReference.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["clinic", "model_version"],
        update_fields=["shares", "confusion"],
    )


def model_label(name: str, version: str) -> str:
    return f"{name} {version}".strip()


def known_confusion(package: ModelPackage) -> Confusion:
    """A package's own; where nothing was counted, its reference shares alone."""
    if package.confusion.any():
        return confusion_of(package.confusion)
    return Confusion(package.reference_shares)


def _of_row(row: ModelReference) -> Confusion:
    if row.confusion is None:
        return Confusion(np.array(row.shares))
    return Confusion(np.array(row.shares), np.array(row.confusion).reshape(7, 7))


def _in_force() -> dict[str, Confusion]:
    try:
        package = registry.package_in_force()
    except ModelPackageError:
        return {}  # the start has said so already; stored readings keep the confusion they were stored with
    return {package.label: known_confusion(package)}
