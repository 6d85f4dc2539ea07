"""Many courses at once are judged exactly as one judgement at a time."""

from datetime import date, timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.rules import DEFAULT_MATRIX, LinePolicy, LinesState, Score, judge_lines
from scoring.simulation.crossings import Judgements, judge_courses

LEVELS = (0.5, 0.6, 0.8, 0.95)
STEPS = st.tuples(st.integers(0, 2), st.booleans(), st.floats(0, 9), st.floats(0, 1), st.floats(0, 1))


@settings(deadline=None)
@given(st.lists(STEPS, min_size=1, max_size=25), st.booleans(), st.sampled_from([0.0, 1.0]))
def test_the_fast_judge_agrees_with_the_rules(
    steps: list[tuple[int, bool, float, float, float]], second_day: bool, rearm: float
) -> None:
    days = np.cumsum([step[0] for step in steps])
    enough = np.array([[step[1] for step in steps]])
    estimate, surely, higher = (np.array([[step[place] for step in steps]]) for place in (2, 3, 4))
    judgements = Judgements(days[None], enough, enough, estimate, surely, surely * higher)
    policy = LinePolicy(rearm_below=rearm, second_day=second_day)
    fast = judge_courses(judgements, DEFAULT_MATRIX, policy, LEVELS)
    for place, level in enumerate(LEVELS):
        state = LinesState()
        of_level = LinePolicy(evidence=level, rearm_below=rearm, second_day=second_day)
        for now, (_, is_enough, value, over, part) in enumerate(steps):
            score = Score(value, value, value, 0.1, over, over * part) if is_enough else None
            day = date(2026, 1, 1) + timedelta(days=int(days[now]))
            judged = judge_lines(state, score, day, DEFAULT_MATRIX, of_level)
            state = judged.state
            crossed = judged.event is not None and judged.event.kind == "crossed"
            assert fast.crossed[0, now, place] == crossed
            assert fast.over_warning[0, now, place] == state.warning.is_over
            assert fast.over_intervention[0, now, place] == state.intervention.is_over
