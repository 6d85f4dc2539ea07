from scoring.views.alerts import alert, resolve, take
from scoring.views.matrix import matrix, preview
from scoring.views.own_history import answer_note, own_history
from scoring.views.patients import patient
from scoring.views.triage import triage

__all__ = [
    "alert",
    "answer_note",
    "matrix",
    "own_history",
    "patient",
    "preview",
    "resolve",
    "take",
    "triage",
]
