"""What every channel offers: the interface to write another one by (an SMS provider, say)."""

import uuid
from dataclasses import dataclass

from clinics.messages.outcomes import Accepted
from clinics.messages.words import Words


@dataclass(frozen=True)
class Parcel:
    """One message as it goes out, to one address."""

    id: uuid.UUID
    address: str
    words: Words
    is_urgent: bool


class Line:
    """One channel during one run. `send` returns Accepted or raises another outcome, nothing else."""

    @classmethod
    def is_set_up(cls) -> bool:
        """Whether the operator's settings are there."""
        raise NotImplementedError

    def send(self, parcel: Parcel) -> Accepted:
        """One parcel, within settings.MESSAGE_TIMEOUT_SECONDS for each answer of the other side."""
        raise NotImplementedError

    def close(self) -> None:
        """Gives back what is open; never raises."""
