"""The readings that count, as the rules want them: probabilities, and their own model's reference shares."""

import uuid
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from inference import registry
from inference.emotions import EMOTIONS
from inference.engine.errors import ModelPackageError
from inference.models import Reading
from scoring.models import ModelReference
from scoring.rules import DEFAULT_PRIOR

POPULATION = tuple((DEFAULT_PRIOR / DEFAULT_PRIOR.sum()).tolist())
"""The reference population: what a reading of a model that nobody knows is measured against."""


@dataclass(frozen=True)
class UsedReading:
    """`probabilities` and `reference`: 7 each, in the order of EMOTIONS."""

    captured_at: datetime
    model_version: str
    probabilities: tuple[float, ...]
    reference: tuple[float, ...]


def usable_readings(
    patient_ids: Collection[uuid.UUID], *, since: datetime | None = None, until: datetime | None = None
) -> dict[uuid.UUID, list[UsedReading]]:
    """Scored and uncontested readings of these patients, oldest first; patients without any are absent."""
    rows = Reading.objects.that_count().filter(patient__in=patient_ids)
    if since is not None:
        rows = rows.filter(captured_at__gte=since)
    if until is not None:
        rows = rows.filter(captured_at__lte=until)
    references = reference_shares()
    found: dict[uuid.UUID, list[UsedReading]] = defaultdict(list)
    columns = ("patient_id", "captured_at", "model_name", "model_version", *EMOTIONS)
    for patient_id, captured_at, name, version, *probabilities in rows.order_by(
        "captured_at", "pk"
    ).values_list(*columns):
        model = model_label(name, version)
        found[patient_id].append(
            UsedReading(captured_at, model, tuple(probabilities), references.get(model, POPULATION))
        )
    return dict(found)


def reference_shares() -> dict[str, tuple[float, ...]]:
    """By model: what the clinic's readings were measured against, the model in force included."""
    known = {row.model_version: tuple(row.shares) for row in ModelReference.objects.all()}
    return {**known, **_in_force()}


def remember_reference(*, clinic_id: uuid.UUID) -> None:
    """Keeps the reference of the model in force, for the day when another model has taken its place."""
    rows = [
        ModelReference(clinic_id=clinic_id, model_version=model, shares=list(shares))
        for model, shares in _in_force().items()
    ]
    ModelReference.objects.bulk_create(rows, ignore_conflicts=True)


def model_label(name: str, version: str) -> str:
    return f"{name} {version}".strip()


def _in_force() -> dict[str, tuple[float, ...]]:
    try:
        package = registry.active_package()
    except ModelPackageError:
        return {}  # the start has said so already; stored readings keep the reference they were stored with
    return {model_label(package.name, package.version): tuple(package.reference_shares.tolist())}
