"""Reads of the patient's own pages."""

from dataclasses import dataclass

from django.utils.functional import Promise

from inference.advice import ADVICE
from inference.models import Reading
from patients.models import Capture, CheckIn, PhotoOutcome

POLL_DELAYS_S = (1, 1, 2, 2, 4, 8, 15, 30, 30, 30)
UNREAD = {Capture.State.DROPPED: "consent_missing", Capture.State.DEAD: "dead"}


@dataclass(frozen=True)
class ReadingStatus:
    """What a patient may know of their photo. `state` is none, waiting, read or not_scored.

    A page that waits asks again after `delay_s`, ever more rarely, and not for ever.
    """

    state: str
    has_answers: bool
    advice: str | Promise = ""
    delay_s: int = 0
    next_poll: int = 0


def reading_status(check_in: CheckIn, *, poll: int = 0) -> ReadingStatus:
    """The state of a photo, for the page that asks for the `poll`-th time."""
    has_answers = check_in.mood is not None or bool(check_in.note)
    if check_in.photo == PhotoOutcome.NONE:
        return ReadingStatus("none", has_answers)
    if check_in.photo != PhotoOutcome.TAKEN:
        return ReadingStatus("not_scored", has_answers, ADVICE[check_in.photo])
    reading = Reading.objects.filter(check_in=check_in).only("is_scored", "reason").first()
    if reading is not None and reading.is_scored:
        return ReadingStatus("read", has_answers)
    if reading is not None:
        return ReadingStatus("not_scored", has_answers, ADVICE[reading.reason])
    if check_in.capture.state in {Capture.State.WAITING, Capture.State.CLAIMED}:
        return _waiting(has_answers, poll)
    reason = UNREAD.get(Capture.State(check_in.capture.state), "unreadable")
    return ReadingStatus("not_scored", has_answers, ADVICE[reason])


def _waiting(has_answers: bool, poll: int) -> ReadingStatus:
    if poll >= len(POLL_DELAYS_S):
        return ReadingStatus("waiting", has_answers)
    return ReadingStatus("waiting", has_answers, delay_s=POLL_DELAYS_S[poll], next_poll=poll + 1)


def contestable_reading(check_in: CheckIn) -> Reading | None:
    """What the program guessed, if it guessed at all."""
    return Reading.objects.filter(check_in=check_in, is_scored=True).only("is_contested").first()
