from scoring.queries.faces import face_silences, own_wish
from scoring.queries.history import OwnHistory, open_notes, own_history
from scoring.queries.profiles import profile_versions
from scoring.queries.record import PatientPage, alert_history, patient_page
from scoring.queries.series import PeriodPoint, ShownBand, period_series
from scoring.queries.triage import Triage, TriageRow, triage
from scoring.queries.urgency import Urgency

__all__ = [
    "OwnHistory",
    "PatientPage",
    "PeriodPoint",
    "ShownBand",
    "Triage",
    "TriageRow",
    "Urgency",
    "alert_history",
    "face_silences",
    "open_notes",
    "own_history",
    "own_wish",
    "patient_page",
    "period_series",
    "profile_versions",
    "triage",
]
