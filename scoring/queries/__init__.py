from scoring.queries.alert_list import SHOWS, AlertList, ListedAlert, Show, alert_list
from scoring.queries.alert_page import AlertBackground, ToldEvent, alert_background, told_events
from scoring.queries.calls import OwnCall, Wish, own_call
from scoring.queries.faces import face_silences, own_wish
from scoring.queries.handover import DowntimeSheet, Handover, downtime_sheet, handover
from scoring.queries.history import OwnHistory, open_notes, own_history
from scoring.queries.profiles import profile_versions
from scoring.queries.record import PatientPage, patient_page
from scoring.queries.rule_facts import silent_faces
from scoring.queries.series import PeriodPoint, ShownBand, period_series
from scoring.queries.told import has_item_nine
from scoring.queries.triage import Triage, TriageRow, triage
from scoring.queries.urgency import Urgency

__all__ = [
    "SHOWS",
    "AlertBackground",
    "AlertList",
    "DowntimeSheet",
    "Handover",
    "ListedAlert",
    "OwnCall",
    "OwnHistory",
    "PatientPage",
    "PeriodPoint",
    "Show",
    "ShownBand",
    "ToldEvent",
    "Triage",
    "TriageRow",
    "Urgency",
    "Wish",
    "alert_background",
    "alert_list",
    "downtime_sheet",
    "face_silences",
    "handover",
    "has_item_nine",
    "open_notes",
    "own_call",
    "own_history",
    "own_wish",
    "patient_page",
    "period_series",
    "profile_versions",
    "silent_faces",
    "told_events",
    "triage",
]
