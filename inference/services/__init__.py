"""Every write of this app: photos read, readings contested, readings explained."""

from inference.services.contests import REASON_LIMIT, contest_reading, withdraw_contest
from inference.services.explanations import (
    ask_for_explanation,
    draw_waiting,
    explanations_wait,
    kept_capture,
    remove_orphans,
)
from inference.services.labels import label_reading
from inference.services.readings import ReadingsNotStored, drop_waiting_photos, move_readings, read_waiting
from inference.services.watch import is_watch_due, watch
from inference.services.watch_notices import close_watch_notice

__all__ = [
    "REASON_LIMIT",
    "ReadingsNotStored",
    "ask_for_explanation",
    "close_watch_notice",
    "contest_reading",
    "draw_waiting",
    "drop_waiting_photos",
    "explanations_wait",
    "is_watch_due",
    "kept_capture",
    "label_reading",
    "move_readings",
    "read_waiting",
    "remove_orphans",
    "watch",
    "withdraw_contest",
]
