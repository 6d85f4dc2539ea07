from scoring.queries.handover import DowntimeSheet, Handover, downtime_sheet, handover
from scoring.queries.history import OwnHistory, open_notes, own_history
from scoring.queries.profiles import profile_versions
from scoring.queries.record import PatientPage, alert_history, patient_page
from scoring.queries.series import PeriodPoint, ShownBand, period_series
from scoring.queries.told import has_item_nine
from scoring.queries.triage import Triage, TriageRow, Urgency, triage

__all__ = [
    "DowntimeSheet",
    "Handover",
    "OwnHistory",
    "PatientPage",
    "PeriodPoint",
    "ShownBand",
    "Triage",
    "TriageRow",
    "Urgency",
    "alert_history",
    "downtime_sheet",
    "handover",
    "has_item_nine",
    "open_notes",
    "own_history",
    "patient_page",
    "period_series",
    "profile_versions",
    "triage",
]
