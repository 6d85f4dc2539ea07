"""The life of an alert as one table: what may happen to it in which state, and what follows. Pure.

    open -> taken (owner) -> reached | not reached -> resolved

No open alert is without an owner or a running timer: `is_watched` says so of what each move leaves, and the
tests walk the table move by move.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    OPEN = "open"
    TAKEN = "taken"
    NOT_REACHED = "not_reached"
    REACHED = "reached"
    RESOLVED = "resolved"


class Act(StrEnum):
    """What can happen. NEWS: again, and no worse; CALL: again, and somebody is needed anew."""

    NEWS = "news"
    CALL = "call"
    TAKE = "take"
    MISS = "miss"
    REACH = "reach"
    OFFER = "offer"
    ACCEPT = "accept"
    DECLINE = "decline"
    LAPSE = "lapse"
    RELEASE = "release"
    SNOOZE = "snooze"
    WAKE = "wake"
    PASS_ON = "pass_on"  # noqa: S105  no password
    PROPOSE = "propose"
    HAND_OVER = "hand_over"
    RESOLVE = "resolve"


class Owner(StrEnum):
    """Whose it is after a move."""

    STAYS = "stays"
    ACTOR = "actor"
    RECEIVER = "receiver"
    NOBODY = "nobody"


class Timer(StrEnum):
    """What runs after a move. STAYS: what ran before, to the same moment; NONE: nothing."""

    STAYS = "stays"
    TAKE = "take"
    CONTACT = "contact"
    SNOOZE = "snooze"
    NONE = "none"


class Offer(StrEnum):
    """Whether a colleague is being asked after a move."""

    STAYS = "stays"
    MADE = "made"
    GONE = "gone"


@dataclass(frozen=True)
class Move:
    to: State
    owner: Owner = Owner.STAYS
    timer: Timer = Timer.STAYS
    offer: Offer = Offer.STAYS


OWNED = (State.TAKEN, State.NOT_REACHED, State.REACHED)
AWAITED = (State.TAKEN, State.NOT_REACHED)
"""Owned, and the patient has not been spoken to: the contact timer runs, or the alert is set aside."""

UNRESOLVED = (State.OPEN, *OWNED)
BACK_TO_OPEN = Move(State.OPEN, Owner.NOBODY, Timer.TAKE, Offer.GONE)
DONE = Move(State.RESOLVED, Owner.STAYS, Timer.NONE, Offer.GONE)


def _table() -> dict[tuple[State, Act], Move]:
    table = {
        (State.OPEN, Act.CALL): BACK_TO_OPEN,
        (State.OPEN, Act.TAKE): Move(State.TAKEN, Owner.ACTOR, Timer.CONTACT),
        (State.OPEN, Act.SNOOZE): Move(State.TAKEN, Owner.ACTOR, Timer.SNOOZE),
        (State.OPEN, Act.PASS_ON): Move(State.OPEN, timer=Timer.TAKE),
        (State.NOT_REACHED, Act.PROPOSE): Move(State.NOT_REACHED),
    }
    for state in UNRESOLVED:
        table[state, Act.NEWS] = Move(state)
        table[state, Act.HAND_OVER] = Move(state)
        table[state, Act.RESOLVE] = DONE
    for state in OWNED:
        table[state, Act.CALL] = BACK_TO_OPEN
        table[state, Act.RELEASE] = BACK_TO_OPEN
        table[state, Act.OFFER] = Move(state, offer=Offer.MADE)
        table[state, Act.ACCEPT] = Move(state, Owner.RECEIVER, offer=Offer.GONE)
        table[state, Act.DECLINE] = Move(state, offer=Offer.GONE)
        table[state, Act.LAPSE] = Move(state, offer=Offer.GONE)
        table[state, Act.REACH] = Move(State.REACHED, timer=Timer.NONE)
    for state in AWAITED:
        table[state, Act.MISS] = Move(State.NOT_REACHED)
        table[state, Act.SNOOZE] = Move(state, timer=Timer.SNOOZE)
        table[state, Act.WAKE] = Move(state, timer=Timer.CONTACT)
        table[state, Act.PASS_ON] = Move(state, timer=Timer.CONTACT)
    return table


TABLE: Mapping[tuple[State, Act], Move] = _table()


def move_of(state: str, act: Act) -> Move | None:
    """What this act does in this state; None where it may not happen (a shadow has no life at all)."""
    return TABLE.get((State(state), act)) if state in list(State) else None


@dataclass(frozen=True)
class Standing:
    """What the table speaks of: enough to say whether an alert can be forgotten."""

    state: State = State.OPEN
    has_owner: bool = False
    timer: Timer = Timer.TAKE
    has_offer: bool = False


def after(standing: Standing, move: Move) -> Standing:
    owner = {Owner.STAYS: standing.has_owner, Owner.NOBODY: False}.get(move.owner, True)
    timer = standing.timer if move.timer is Timer.STAYS else move.timer
    offer = {Offer.STAYS: standing.has_offer, Offer.MADE: True}.get(move.offer, False)
    return Standing(move.to, owner, timer, offer)


def is_watched(standing: Standing) -> bool:
    """Nobody's alert has a timer that finds somebody; an owned one whose patient was not spoken to has one
    that reminds; a resolved one has neither timer nor offer."""
    if standing.state is State.OPEN:
        return standing.timer is Timer.TAKE and not standing.has_owner and not standing.has_offer
    if standing.state in AWAITED:
        return standing.has_owner and standing.timer in {Timer.CONTACT, Timer.SNOOZE}
    if standing.state is State.REACHED:
        return standing.has_owner and standing.timer is Timer.NONE
    return standing.timer is Timer.NONE and not standing.has_offer
