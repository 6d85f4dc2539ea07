from inference.models.labels import ReadingLabel
from inference.models.readings import (
    Explanation,
    ModelPin,
    Reading,
    ReadingContest,
    ReadingQuerySet,
    Reason,
    RegisteredModel,
    ShadowReading,
)
from inference.models.watch import WatchNotice, WatchWeek

__all__ = [
    "Explanation",
    "ModelPin",
    "Reading",
    "ReadingContest",
    "ReadingLabel",
    "ReadingQuerySet",
    "Reason",
    "RegisteredModel",
    "ShadowReading",
    "WatchNotice",
    "WatchWeek",
]
