"""The table of an alert's life, move by move, and its law: nobody's alert finds somebody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from scoring.duty.transitions import TABLE, Act, Standing, State, Timer, after, is_watched, move_of

ALLOWED = {
    "open": "news call take snooze pass_on hand_over resolve",
    "taken": "news call miss reach offer accept decline lapse release snooze wake pass_on hand_over resolve",
    "not_reached": (
        "news call miss reach offer accept decline lapse release snooze wake pass_on propose hand_over "
        "resolve"
    ),
    "reached": "news call reach offer accept decline lapse release hand_over resolve",
    "resolved": "",
}
LEADS_TO = {
    ("open", "take"): "taken",
    ("open", "snooze"): "taken",
    ("taken", "miss"): "not_reached",
    ("taken", "reach"): "reached",
    ("not_reached", "reach"): "reached",
    **{(state, "resolve"): "resolved" for state in ("open", "taken", "not_reached", "reached")},
    **{(state, act): "open" for state in ("taken", "not_reached", "reached") for act in ("call", "release")},
}
EVERY = [(state, act) for state in State for act in Act]


@pytest.mark.parametrize(("state", "act"), EVERY, ids=lambda part: part.value)
def test_each_move_is_allowed_or_refused_and_leads_where_it_must(state: State, act: Act) -> None:
    move = move_of(state, act)
    assert (move is not None) == (act.value in ALLOWED[state].split())
    if move is not None:
        assert move.to.value == LEADS_TO.get((state.value, act.value), state.value)


@pytest.mark.parametrize("key", TABLE, ids=lambda key: f"{key[0].value}-{key[1].value}")
def test_each_move_from_a_watched_alert_leaves_a_watched_alert(key: tuple[State, Act]) -> None:
    timers = {
        State.OPEN: (Timer.TAKE,),
        State.TAKEN: (Timer.CONTACT, Timer.SNOOZE),
        State.NOT_REACHED: (Timer.CONTACT, Timer.SNOOZE),
        State.REACHED: (Timer.NONE,),
    }
    for timer in timers[key[0]]:
        for has_offer in (False, True):
            before = Standing(key[0], key[0] is not State.OPEN, timer, has_offer and key[0] is not State.OPEN)
            assert is_watched(before)
            assert is_watched(after(before, TABLE[key]))


def test_nothing_happens_to_what_is_resolved_or_in_shadow() -> None:
    assert all(move_of("resolved", act) is None and move_of("shadow", act) is None for act in Act)


@given(st.lists(st.sampled_from(Act)))
def test_no_order_of_acts_loses_an_alert(acts: list[Act]) -> None:
    standing = Standing()
    for act in acts:
        move = move_of(standing.state, act)
        standing = standing if move is None else after(standing, move)
        assert is_watched(standing)


class Life(RuleBasedStateMachine):
    """As hypothesis would live it; the same machine runs on the database in test_machine.py."""

    def __init__(self) -> None:
        super().__init__()
        self.standing = Standing()
        self.resolved = 0

    @rule(act=st.sampled_from(Act))
    def do(self, act: Act) -> None:
        move = move_of(self.standing.state, act)
        if move is not None:
            self.standing = after(self.standing, move)

    @precondition(lambda self: self.standing.state is State.RESOLVED)
    @rule()
    def raise_anew(self) -> None:
        self.standing, self.resolved = Standing(), self.resolved + 1

    @invariant()
    def nobody_forgets_it(self) -> None:
        assert is_watched(self.standing)


TestLife = Life.TestCase
