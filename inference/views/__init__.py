"""Pages about photos: of the patient who sent them, of those who follow the patient, of administrators."""

from inference.views.check_ins import check_in, contest, reading_status
from inference.views.explanations import explanation, explanation_picture
from inference.views.labels import label
from inference.views.watch import close_watch_notice, watch

__all__ = [
    "check_in",
    "close_watch_notice",
    "contest",
    "explanation",
    "explanation_picture",
    "label",
    "reading_status",
    "watch",
]
