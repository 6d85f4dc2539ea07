from scoring.services.alerts import (
    ask_for_call,
    raise_alert,
    report_failed_analysis,
    settle_alerts,
    tell_new_team,
)
from scoring.services.duties import HandledAlert, Spoken, resolve, take
from scoring.services.notes import answer_note
from scoring.services.profiles import ProfileRefused, check_profile, save_profile
from scoring.services.standings import (
    judge_readings,
    merge_scores,
    recut_periods,
    rescore_patient,
    rescore_readings,
)

__all__ = [
    "HandledAlert",
    "ProfileRefused",
    "Spoken",
    "answer_note",
    "ask_for_call",
    "check_profile",
    "judge_readings",
    "merge_scores",
    "raise_alert",
    "recut_periods",
    "report_failed_analysis",
    "rescore_patient",
    "rescore_readings",
    "resolve",
    "save_profile",
    "settle_alerts",
    "take",
    "tell_new_team",
]
