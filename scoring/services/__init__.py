from scoring.services.alerts import (
    ask_for_call,
    raise_alert,
    report_failed_analysis,
    settle_alerts,
    tell_new_team,
)
from scoring.services.duties import HandledAlert, Spoken, resolve, take
from scoring.services.faces import lift_silence, silence_face
from scoring.services.judging import judge_after, judge_clinic, judge_patients
from scoring.services.notes import answer_note
from scoring.services.profiles import ProfileRefused, check_profile, save_profile
from scoring.services.rule_settings import (
    RuleDraft,
    RuleRefused,
    is_rule_on,
    save_budget,
    save_rule,
)
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
    "RuleDraft",
    "RuleRefused",
    "Spoken",
    "answer_note",
    "ask_for_call",
    "check_profile",
    "is_rule_on",
    "judge_after",
    "judge_clinic",
    "judge_patients",
    "judge_readings",
    "lift_silence",
    "merge_scores",
    "raise_alert",
    "recut_periods",
    "report_failed_analysis",
    "rescore_patient",
    "rescore_readings",
    "resolve",
    "save_budget",
    "save_profile",
    "save_rule",
    "settle_alerts",
    "silence_face",
    "take",
    "tell_new_team",
]
