"""What a rotation did, whom it tells, and what has to be derived anew from an index key."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

BATCH = 200


@dataclass
class Report:
    """What a rotation did. `unreadable` names rows whose value does not open: they are left as they are."""

    resealed: int = 0
    rewrapped: int = 0
    verified: int = 0
    retired: int = 0
    removed: int = 0
    unreadable: set[str] = field(default_factory=set)
    busy: int = 0

    @property
    def is_complete(self) -> bool:
        return not (self.unreadable or self.busy)


Say = Callable[[str], object]
Refresh = Callable[[uuid.UUID, int, int], int]
"""Makes up to `limit` rows anew that were derived from an older version of a clinic's index key than this."""

derived_from_index: list[Refresh] = []


def register_derived_from_index(refresh: Refresh) -> None:
    """Connected in moodvision/pipeline.py: apps that keep something derived from the index key."""
    if refresh not in derived_from_index:
        derived_from_index.append(refresh)
