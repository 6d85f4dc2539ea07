from scoring.views.alerts import alert, resolve, take
from scoring.views.faces import lift_silence, own_face, silence_face
from scoring.views.matrix import matrix, preview
from scoring.views.own_history import answer_note, own_history
from scoring.views.patients import patient
from scoring.views.rules import figures, rule, rule_budget, rule_preview, rules
from scoring.views.triage import triage

__all__ = [
    "alert",
    "answer_note",
    "figures",
    "lift_silence",
    "matrix",
    "own_face",
    "own_history",
    "patient",
    "preview",
    "resolve",
    "rule",
    "rule_budget",
    "rule_preview",
    "rules",
    "silence_face",
    "take",
    "triage",
]
