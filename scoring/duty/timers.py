"""When each timer of an alert is due."""

import uuid
from datetime import datetime, timedelta

from scoring.models import Alert

MINUTES = timedelta(minutes=1)


def due_at(alert: Alert, kind: str, start: datetime) -> datetime:
    """When a timer of this kind ends that starts now."""
    return start + (60 * MINUTES if alert.is_urgent_lane else 24 * 60 * MINUTES)


def is_shadow(clinic_id: uuid.UUID, lane: str) -> bool:
    """Whether alerts of this lane are recorded only: those of photos, until the clinic is live."""
    return False
