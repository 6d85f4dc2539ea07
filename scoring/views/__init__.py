from scoring.views.alerts import alert, alert_list
from scoring.views.duties import (
    answer_offer,
    attempt,
    confirm_unreached,
    give_back,
    hand_over,
    offer,
    propose_unreached,
    resolve,
    snooze,
    take,
)
from scoring.views.faces import lift_silence, own_face, silence_face
from scoring.views.handover import downtime_sheet, handover, print_downtime_sheet
from scoring.views.matrix import matrix, preview
from scoring.views.own_calls import own_call
from scoring.views.own_history import answer_note, own_history
from scoring.views.patients import patient
from scoring.views.rules import figures, rule, rule_budget, rule_preview, rules
from scoring.views.triage import triage

__all__ = [
    "alert",
    "alert_list",
    "answer_note",
    "answer_offer",
    "attempt",
    "confirm_unreached",
    "downtime_sheet",
    "figures",
    "give_back",
    "hand_over",
    "handover",
    "lift_silence",
    "matrix",
    "offer",
    "own_call",
    "own_face",
    "own_history",
    "patient",
    "preview",
    "print_downtime_sheet",
    "propose_unreached",
    "resolve",
    "rule",
    "rule_budget",
    "rule_preview",
    "rules",
    "silence_face",
    "snooze",
    "take",
    "triage",
]
