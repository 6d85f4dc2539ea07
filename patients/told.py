"""Whether the clinic has an answer: asked of the app that rings it, registered in moodvision/pipeline.py.

Sent is not told. Without a confirmation, or when nobody can say, the answer is no: the patient is then asked
to call.
"""

import uuid
from collections.abc import Callable

from patients.models import Patient

Confirmation = Callable[[Patient, uuid.UUID], bool]
"""Whether somebody has the last question of this round on an open screen, took it, or opened a message."""

_registered: list[Confirmation] = []


def register(confirmation: Confirmation) -> None:
    if confirmation not in _registered:
        _registered.append(confirmation)


def is_told(patient: Patient, round_id: uuid.UUID) -> bool:
    return any(confirmation(patient, round_id) for confirmation in _registered)
