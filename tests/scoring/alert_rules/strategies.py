"""Patients as the rules may meet them."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from inference.emotions import EMOTIONS
from scoring.alert_rules import Answered, Closed, FaceWindow, PatientFacts, Seen, UnreadNote

NOW = datetime(2026, 3, 30, 12, tzinfo=UTC)  # the day after a clock went forward in Europe

ages = st.floats(0, 40).map(lambda days: timedelta(days=days))
moments = ages.map(lambda age: NOW - age)
answers = st.builds(
    Answered,
    at=moments,
    mood=st.none() | st.integers(0, 10),
    hours_slept=st.none() | st.floats(0, 24),
    has_photo=st.booleans(),
    heard_at=st.none() | moments,
)
shares = st.lists(st.floats(0.001, 1), min_size=7, max_size=7).map(
    lambda weights: tuple(weight / sum(weights) for weight in weights)
)
faces = st.builds(
    FaceWindow,
    shares=shares,
    score=st.floats(0, 9),
    warning_line=st.just(4.5),
    intervention_line=st.just(6.0),
    readings=st.integers(0, 30),
    is_current=st.booleans(),
)
closed = st.builds(
    Closed,
    round_id=st.uuids().map(str),
    questionnaire=st.sampled_from(["phq9", "phq8", "gad7", "phq4", "ons4"]),
    at=moments,
    total=st.integers(0, 27),
    band=st.integers(0, 4),
    previous_total=st.none() | st.integers(0, 27),
    previous_band=st.none() | st.integers(0, 4),
)


def _oldest_first(rows: list[Answered]) -> tuple[Answered, ...]:
    return tuple(sorted(rows, key=lambda row: row.at))


patients = st.builds(
    PatientFacts,
    now=st.just(NOW),
    since=st.floats(0, 400).map(lambda days: NOW - timedelta(days=days)),
    is_face_informative=st.booleans(),
    last_check_in_at=st.none() | moments,
    check_ins=st.lists(answers, max_size=20).map(_oldest_first),
    seen=st.lists(st.builds(Seen, at=moments, emotion=st.sampled_from(EMOTIONS)), max_size=20).map(
        lambda rows: tuple(sorted(rows, key=lambda row: row.at))
    ),
    face=st.none() | faces,
    happy_weeks=st.lists(st.floats(0, 1), max_size=8),
    questionnaires=st.lists(closed, max_size=3),
    unread_notes=st.lists(st.builds(UnreadNote, id=st.just("note"), written_at=moments), max_size=2),
    waits_since=st.none() | moments,
    failed_at=st.none() | moments,
    contested_at=st.none() | moments,
)
