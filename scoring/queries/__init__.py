from scoring.queries.alert_list import SHOWS, AlertList, ListedAlert, Show, alert_list
from scoring.queries.alert_page import AlertBackground, ToldEvent, alert_background, told_events
from scoring.queries.history import OwnHistory, open_notes, own_history
from scoring.queries.profiles import profile_versions
from scoring.queries.record import PatientPage, patient_page
from scoring.queries.series import PeriodPoint, ShownBand, period_series
from scoring.queries.triage import Triage, TriageRow, Urgency, triage

__all__ = [
    "SHOWS",
    "AlertBackground",
    "AlertList",
    "ListedAlert",
    "OwnHistory",
    "PatientPage",
    "PeriodPoint",
    "Show",
    "ShownBand",
    "ToldEvent",
    "Triage",
    "TriageRow",
    "Urgency",
    "alert_background",
    "alert_list",
    "open_notes",
    "own_history",
    "patient_page",
    "period_series",
    "profile_versions",
    "told_events",
    "triage",
]
