"""Every write of this app: photos read, readings contested, readings explained."""

from inference.services.contests import REASON_LIMIT, contest_reading, withdraw_contest
from inference.services.explanations import (
    ask_for_explanation,
    draw_waiting,
    explanations_wait,
    kept_capture,
    remove_orphans,
)
from inference.services.readings import ReadingsNotStored, drop_waiting_photos, move_readings, read_waiting

__all__ = [
    "REASON_LIMIT",
    "ReadingsNotStored",
    "ask_for_explanation",
    "contest_reading",
    "draw_waiting",
    "drop_waiting_photos",
    "explanations_wait",
    "kept_capture",
    "move_readings",
    "read_waiting",
    "remove_orphans",
    "withdraw_contest",
]
