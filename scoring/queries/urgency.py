"""Where a patient and an alert sort: pure, so that its laws can be tried on everything.

Whatever a face shows, it never moves a patient below where their own words put them (decision 38), and within
one urgency words stand before faces. No check-in and too little data are never calm.
"""

from dataclasses import dataclass
from enum import IntEnum

from scoring.models import Alert
from scoring.queries.series import ShownBand

LOW_MOOD = 3
"""What a patient says at or below this stands as high as the warning line, whatever the face says."""

VERY_LOW_MOOD = 1
"""And at or below this, as high as the intervention line."""


class Urgency(IntEnum):
    """Where a row sorts. Missing data never sorts as calm (decision 38)."""

    ITEM_NINE = 0
    CALL_WANTED = 1
    INTERVENTION_ALERT = 2
    WARNING_ALERT = 3
    OVER_INTERVENTION = 4
    OVER_WARNING = 5
    NOTICE_ALERT = 6
    UNKNOWN = 7
    CALM = 8


OF_LANE = {Alert.Lane.ITEM_9: Urgency.ITEM_NINE, Alert.Lane.CALL: Urgency.CALL_WANTED}
OF_SEVERITY = {
    Alert.Severity.URGENT: Urgency.INTERVENTION_ALERT,
    Alert.Severity.INTERVENTION: Urgency.INTERVENTION_ALERT,
    Alert.Severity.WARNING: Urgency.WARNING_ALERT,
    Alert.Severity.NOTICE: Urgency.NOTICE_ALERT,
}
OF_BAND = {
    "intervention": Urgency.OVER_INTERVENTION,
    "warning": Urgency.OVER_WARNING,
    "below": Urgency.CALM,
}


@dataclass(frozen=True)
class Said:
    """What the patient says of themselves: the lowest mood of the last days, and how high a questionnaire
    lies (0 low, 1 as high as the warning line, 2 as high as the intervention line)."""

    lowest_mood: int | None = None
    questionnaire: int = 0


def alert_urgency(alert: Alert) -> Urgency:
    """The two urgent lanes first, whatever else is open; then by severity."""
    of_lane = OF_LANE.get(Alert.Lane(alert.lane))
    return OF_SEVERITY[Alert.Severity(alert.severity)] if of_lane is None else of_lane


def urgency_of_words(said: Said) -> Urgency:
    """What the words alone call for. Who says that they are well is not yet calm: that is for the data."""
    mood, form = said.lowest_mood, said.questionnaire
    if (mood is not None and mood <= VERY_LOW_MOOD) or form >= 2:
        return Urgency.OVER_INTERVENTION
    if (mood is not None and mood <= LOW_MOOD) or form == 1:
        return Urgency.OVER_WARNING
    return Urgency.CALM


def urgency_of(band: ShownBand, said: Said, alerts: tuple[Urgency, ...]) -> Urgency:
    """The highest of what the face, the words and the open alerts call for."""
    return min([OF_BAND.get(band, Urgency.UNKNOWN), urgency_of_words(said), *alerts])


def place(
    urgency: Urgency, said: Said, *, value: float | None, silent_days: float
) -> tuple[int, bool, float, float]:
    """The sort key: of one urgency first those whose own words put them there, by how low the mood is; then
    the higher score, then the longer silence."""
    by_words = urgency_of_words(said) == urgency
    rank = float(said.lowest_mood if said.lowest_mood is not None else 10) if by_words else -(value or 0.0)
    return urgency, not by_words, rank, -silent_days
