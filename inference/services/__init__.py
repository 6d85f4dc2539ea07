"""Every write of this app: photos read, and readings contested."""

from inference.services.contests import REASON_LIMIT, contest_reading, withdraw_contest
from inference.services.readings import ReadingsNotStored, drop_waiting_photos, move_readings, read_waiting

__all__ = [
    "REASON_LIMIT",
    "ReadingsNotStored",
    "contest_reading",
    "drop_waiting_photos",
    "move_readings",
    "read_waiting",
    "withdraw_contest",
]
