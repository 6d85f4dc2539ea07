from scoring.services.alerts import (
    HandledAlert,
    acknowledge,
    ask_for_call,
    report_failed_analysis,
    resolve,
    settle_alerts,
    tell_new_team,
)
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
    "acknowledge",
    "answer_note",
    "ask_for_call",
    "check_profile",
    "judge_readings",
    "merge_scores",
    "recut_periods",
    "report_failed_analysis",
    "rescore_patient",
    "rescore_readings",
    "resolve",
    "save_profile",
    "settle_alerts",
    "tell_new_team",
]
