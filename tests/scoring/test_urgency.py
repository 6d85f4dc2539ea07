"""Laws of the triage order: no face moves a patient below their own words; nothing unknown is calm."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.models import Alert
from scoring.queries.series import ShownBand
from scoring.queries.urgency import Said, Urgency, alert_urgency, place, urgency_of, urgency_of_words

bands = st.sampled_from(get_args(ShownBand))
words = st.builds(Said, lowest_mood=st.none() | st.integers(0, 10), questionnaire=st.integers(0, 2))
alerts = st.lists(st.sampled_from(list(Urgency)[:7]), max_size=4).map(tuple)
values = st.none() | st.floats(0, 9)


@given(bands, bands, words, alerts, values, values)
def test_no_face_moves_a_patient_below_their_words(
    band: ShownBand,
    other: ShownBand,
    said: Said,
    open_alerts: tuple[Urgency, ...],
    value: float,
    another: float,
) -> None:
    """Whatever two faces show: who says they are low is never behind what the words call for."""
    for shown in (band, other):
        assert urgency_of(shown, said, open_alerts) <= urgency_of_words(said)
    urgency = urgency_of_words(said)
    if urgency < Urgency.CALM:
        assert place(urgency, said, value=value, silent_days=0) == place(
            urgency, said, value=another, silent_days=0
        )


@given(bands, words, words, values, values)
def test_of_one_urgency_words_stand_before_faces(
    band: ShownBand, low: Said, other: Said, value: float, another: float
) -> None:
    urgency = urgency_of_words(low)
    if urgency < Urgency.CALM and urgency_of_words(other) != urgency:
        assert place(urgency, low, value=value, silent_days=0) < place(
            urgency, other, value=another, silent_days=0
        )


@given(words)
def test_what_is_not_known_is_never_calm(said: Said) -> None:
    for band in ("no_check_in", "not_enough_data", "not_informative"):
        assert urgency_of(band, said, ()) < Urgency.CALM


@given(bands, words, alerts)
def test_an_urgent_lane_stands_above_everything(
    band: ShownBand, said: Said, open_alerts: tuple[Urgency, ...]
) -> None:
    assert urgency_of(band, said, (*open_alerts, Urgency.ITEM_NINE)) == Urgency.ITEM_NINE
    rest = tuple(one for one in open_alerts if one > Urgency.CALL_WANTED)
    assert urgency_of(band, said, rest) > Urgency.CALL_WANTED


@pytest.mark.parametrize("severity", Alert.Severity.values)
def test_no_severity_stands_before_an_urgent_lane(severity: str) -> None:
    of = {lane: alert_urgency(Alert(lane=lane, severity=severity)) for lane in Alert.Lane.values}
    assert of["item_9"] < of["call"] < min(of["face"], of["routine"])
