"""How often a patient's page asks again whether somebody has what they said."""

from dataclasses import dataclass

OFTEN, POLLS_OFTEN = 5, 24
SELDOM, MOST_POLLS = 30, 120


@dataclass(frozen=True)
class Poll:
    """The number of the next time the page asks, and after how many seconds."""

    number: int
    delay_s: int


def next_poll(number: str) -> Poll | None:
    """After the poll of this number, as an address named it; None: the page asks no more by itself."""
    is_number = number.isascii() and number.isdigit() and len(number) < 4
    poll = int(number) if is_number else MOST_POLLS
    return Poll(poll + 1, OFTEN if poll < POLLS_OFTEN else SELDOM) if poll < MOST_POLLS else None
