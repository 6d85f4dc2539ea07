"""Who acts, and what they write."""

from collections.abc import Callable
from dataclasses import dataclass

from clinics.models import (
    Membership,
)

Words = Callable[[str], str]
"""What to write into an encrypted column, by its label: `patients.checkin.note`."""


@dataclass(frozen=True)
class Staff:
    """Who acts; all of one clinic."""

    clinician: Membership
    administrator: Membership
    officer: Membership
