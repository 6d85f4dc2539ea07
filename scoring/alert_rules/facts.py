"""What is known of one patient at one moment: all that a rule may look at."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from statistics import median
from typing import NamedTuple, Self

from scoring.rules.score import Score

ENOUGH_FOR_A_BASELINE = 5
"""Moods said before: with fewer there is no own middle to compare with."""


class Answered(NamedTuple):
    """One check-in: own mood 0 to 10, hours slept 0 to 24, whether a photo was taken. Each may be missing.

    `at` is the patient's moment; `heard_at`, ours: a phone without a net sends later. A tuple, for there are
    hundreds of thousands of them.
    """

    at: datetime
    mood: int | None = None
    hours_slept: float | None = None
    has_photo: bool = False
    heard_at: datetime | None = None


class Seen(NamedTuple):
    """The most probable emotion of one scored reading that counts."""

    at: datetime
    emotion: str


@dataclass(frozen=True, slots=True)
class FaceWindow:
    """The newest judged window. `shares`: 7, in the order of EMOTIONS. `is_current`: enough, and not
    old. `over`: the whole score, where the lines are walked again for days that are past."""

    shares: Sequence[float]
    score: float
    warning_line: float
    intervention_line: float
    readings: int
    is_current: bool
    over: Score | None = None


@dataclass(frozen=True, slots=True)
class Crossing:
    """A line of the score that was crossed now: `line` is warning or intervention."""

    line: str
    score: float
    readings: int


@dataclass(frozen=True, slots=True)
class Closed:
    """A questionnaire that was closed with a total. `band`, `previous_band`: 0 is the lowest band."""

    round_id: str
    questionnaire: str
    at: datetime
    total: int
    band: int
    previous_total: int | None = None
    previous_band: int | None = None


@dataclass(frozen=True, slots=True)
class UnreadNote:
    """A note of a check-in that nobody has read."""

    id: str
    written_at: datetime


@dataclass(frozen=True, slots=True)
class PatientFacts:
    """One patient as of `now`. Sequences run from the oldest to the newest and reach back far enough.

    `since`: followed and able to check in from then on. `happy_weeks`: the estimated share of *happy* in
    earlier weeks that held enough. `waits_since`: the newest wish for a call that stands. `zone`: of the days
    and nights that the patient lives by.
    """

    now: datetime
    since: datetime
    is_followed: bool = True
    is_restricted: bool = False
    is_face_informative: bool = True
    last_check_in_at: datetime | None = None
    check_ins: Sequence[Answered] = ()
    seen: Sequence[Seen] = ()
    face: FaceWindow | None = None
    crossing: Crossing | None = None
    happy_weeks: Sequence[float] = ()
    questionnaires: Sequence[Closed] = ()
    unread_notes: Sequence[UnreadNote] = ()
    waits_since: datetime | None = None
    failed_at: datetime | None = None
    contested_at: datetime | None = None
    zone: tzinfo = UTC

    @property
    def counts_face(self) -> bool:
        """Who paused the analysis paused that of the face: what they say themselves is heard as before."""
        return self.is_face_informative and not self.is_restricted

    def about(self, questionnaire: str) -> Self:
        """The same patient, of the questionnaires only this one."""
        return replace(
            self, questionnaires=[row for row in self.questionnaires if row.questionnaire == questionnaire]
        )

    def recent(self, days: float) -> list[Answered]:
        """Check-ins of the last days."""
        start = self.now - timedelta(days=days)
        return [row for row in self.check_ins if start < row.at <= self.now]

    def heard_lately(self, days: float) -> list[Answered]:
        """Check-ins that reached us in the last days, whenever they were made."""
        start = self.now - timedelta(days=days)
        return [row for row in self.check_ins if start < (row.heard_at or row.at) <= self.now]

    def middle_mood_before(self, moment: datetime, days: float) -> float | None:
        """The median of the moods said in these days before a moment; None while they are too few."""
        start = moment - timedelta(days=days)
        moods = [row.mood for row in self.check_ins if start <= row.at < moment and row.mood is not None]
        return float(median(moods)) if len(moods) >= ENOUGH_FOR_A_BASELINE else None
